"""What the company and the authority keep, made from a finished policy: registers and assessments in every form."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from janji.documents.shapes import nearest
from janji.errors import Invalid
from janji.files.registers import (
    assessment,
    csv_document,
    document_name,
    json_bytes,
    page,
    workbook,
)
from janji.files.writing import write_files
from janji.law.model import LawPack
from janji.policy.model import Policy
from janji.registers.assessments import ImpactState
from janji.registers.book import Register, Registers, registers
from janji.registers.dpv import graph
from janji.registers.plain import plain
from janji.registers.tables import Table, tables
from janji.terms.messages import N_, Tongue, say
from janji.workflows.policies import Opened

if TYPE_CHECKING:
    from janji.workflows.in_force import Published


class Form(StrEnum):
    """The forms in which registers are written to files."""

    CSV = "csv"
    JSON = "json"
    XLSX = "xlsx"
    JSONLD = "jsonld"
    HTML = "html"
    MARKDOWN = "md"


ALL = frozenset(Register)


@dataclass(frozen=True, slots=True)
class Kept:
    """The registers of an opened policy, ready to be shown or written; `purpose` when one assessment was asked for."""

    policy: Policy
    law: LawPack
    found: Registers
    wanted: frozenset[Register]
    purpose: str | None = None

    @property
    def tables(self) -> tuple[Table, ...]:
        """The registers as tables."""
        return tables(self.found)

    def json(self, tongue: Tongue) -> Any:
        """The registers as `schema/register.json` describes them."""
        return plain(self.found, tongue)


def keep(opened: Opened, at: datetime, wanted: Iterable[Register], purpose: str | None = None) -> Kept:
    """The registers `wanted` of a policy without errors, as of the day of `at` (UTC, as decisions count days).

    Raises `Invalid` when the policy has errors, or there is no such purpose.
    """
    return _keep(*opened.whole, at, wanted, purpose)


def keep_published(published: Published, at: datetime, wanted: Iterable[Register], purpose: str | None = None) -> Kept:
    """The same of a published policy; raises `Invalid` when there is no such purpose."""
    return _keep(published.policy, published.law, at, wanted, purpose)


def _keep(policy: Policy, law: LawPack, at: datetime, wanted: Iterable[Register], purpose: str | None) -> Kept:
    chosen = frozenset(wanted)
    if purpose is not None and chosen != {Register.ASSESSMENTS}:
        raise Invalid(
            say(N_("`--purpose` asks for one assessment, so it goes with the register of assessments")),
            say(N_("add `--register assessments`, or leave `--purpose` out")),
        )
    if purpose is not None and purpose not in policy.purposes:
        raise Invalid(say(N_("there is no purpose `{purpose}`"), purpose=purpose), nearest(purpose, policy.purposes))
    found = registers(policy, law, at.astimezone(UTC).date(), chosen, purpose)
    return Kept(policy, law, found, chosen, purpose)


def one_file(kept: Kept, form: Form, tongue: Tongue) -> bytes:
    """The registers in one form as the bytes of one file; raises `Invalid` where the form cannot hold them."""
    if form is Form.JSON:
        return json_bytes(kept.json(tongue))
    if form is Form.JSONLD:
        return _linked(kept)
    if form is Form.MARKDOWN or (form is Form.HTML and kept.purpose is not None):
        return _documents(kept, form, tongue)
    if form is Form.HTML:
        return page(kept.found, kept.tables, tongue, linked=False)
    if form is Form.XLSX:
        return workbook(kept.found, kept.tables, tongue)
    if len(kept.wanted) > 1:
        raise Invalid(
            say(N_("a CSV file holds one register, and several were asked for")),
            say(N_("name a folder with `-o registers/`, or one register with `--register`")),
        )
    return csv_document(kept.tables[0], tongue)


def write_registers(kept: Kept, form: Form, tongue: Tongue, target: Path, folder: bool) -> tuple[Path, ...]:
    """Write the registers to `target`, a file or a `folder`, and give the paths written.

    In a folder each register of a CSV has its own file, and a page has the assessment documents beside it.
    """
    if not folder:
        write_files({target: one_file(kept, form, tongue)})
        return (target,)
    files: dict[str, bytes] = {}
    if form is Form.CSV:
        files = {f"{table.register}.csv": csv_document(table, tongue) for table in kept.tables}
    elif form is Form.HTML and kept.purpose is None:
        files = _pages(kept, tongue)
    elif kept.purpose is not None:
        files = {f"assessment-{kept.purpose}.{form}": one_file(kept, form, tongue)}
    else:
        name = str(next(iter(kept.wanted))) if len(kept.wanted) == 1 else "registers"
        files = {f"{name}.{form}": one_file(kept, form, tongue)}
    written = {target / name: data for name, data in files.items()}
    write_files(written)
    return tuple(written)


def _pages(kept: Kept, tongue: Tongue) -> dict[str, bytes]:
    """The page of registers, and the document of each assessment that is needed beside it."""
    name = str(next(iter(kept.wanted))) if len(kept.wanted) == 1 else "registers"
    files = {f"{name}.html": page(kept.found, kept.tables, tongue, linked=True)}
    if kept.found.assessments is not None:
        rows = _activities(kept)
        for study in kept.found.assessments.items:
            made = assessment(kept.found, study, rows[study.id], tongue, "assessment.html")
            files[document_name(study.id)] = made
    return files


def _documents(kept: Kept, form: Form, tongue: Tongue) -> bytes:
    """The assessments as documents, one after the other."""
    if kept.found.assessments is None or kept.wanted != {Register.ASSESSMENTS}:
        raise Invalid(
            say(N_("only assessments are written as Markdown")),
            say(N_("add `--register assessments`, or choose another `--format`")),
        )
    held = [
        study
        for study in kept.found.assessments.items
        if kept.purpose is not None or study.impact.state is not ImpactState.NOT_NEEDED
    ]
    if not held:
        return (tongue.translate(N_("No purpose meets a trigger of the law.")) + "\n").encode("utf-8")
    rows, template = _activities(kept), f"assessment.{form}"
    return b"\n".join(assessment(kept.found, study, rows[study.id], tongue, template) for study in held)


def _activities(kept: Kept) -> dict[str, Any]:
    """The processing activities by purpose, for the description in each assessment."""
    record = kept.found.processing or registers(
        kept.policy, kept.law, kept.found.day, {Register.PROCESSING}
    ).processing  # fmt: skip
    return {item.id: item for item in record.items} if record else {}


def _linked(kept: Kept) -> bytes:
    """The record of processing as linked data."""
    if kept.found.processing is None:
        raise Invalid(
            say(N_("only the record of processing is written as JSON-LD")),
            say(N_("write `--register processing`, or choose another `--format`")),
        )
    return json_bytes(graph(kept.policy, kept.law, kept.found.processing.items))
