"""A register imported: read as it was written, put together as a starting model, checked, and written into a folder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from pathlib import Path

from janji.documents.tree import Node, read_tree
from janji.errors import Conflict, Corrupt, Diagnostic, Invalid
from janji.files.dictionaries import load_words
from janji.files.laws import law_names, load_law
from janji.files.policies import FIRST
from janji.files.reading import read_file
from janji.files.tables import read_csv, read_sheet
from janji.files.translations import LANGUAGES, load_tongue
from janji.files.writing import write_files
from janji.importer import fideslang, yaml_text
from janji.importer.activities import About, Activity, Said, assemble
from janji.importer.columns import (
    ColumnMapping,
    Table,
    mapping_text,
    propose,
    read_mapping,
    read_rows,
)  # fmt: skip
from janji.importer.draft import Unmapped, name_of
from janji.importer.report import Report, report_json, report_text
from janji.importer.words import Words
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.parser import parse_text
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.processing import Severity

MAPPING = "mapping.yaml"
REPORT, REPORT_JSON = "report.txt", "report.json"


class Source(StrEnum):
    """What a starting model is made from."""

    TEXT = "text"
    FIDES = "fides"
    CSV = "csv"
    XLSX = "xlsx"


def import_register(
    source: Source, files: Sequence[Path], folder: Path, effective: date, tongue: Tongue,
    law: str | None = None, mapping: Path | None = None,
) -> Report:
    """Make a starting model from registers and write it into `folder`, with a report and, if proposed, the mapping.

    The model binds from `effective`; the report is written in `tongue`.

    Raises `Invalid` when a file cannot be understood, and `Conflict` when there is a policy in the folder: nothing is
    ever overwritten.
    """
    words = load_words()
    pack = _law(law or words.law)
    if (folder / FIRST).exists():
        raise Conflict(
            say(N_("there is a policy already: `{path}`"), path=folder / FIRST),
            say(N_("name a new folder with `-o`; nothing is overwritten")),
        )
    read = ", ".join(path.name for path in files)
    remarks: list[Message] = []
    proposed = ""
    if source is Source.FIDES:
        roots = [_document(path) for path in files]
        found = fideslang.gather(roots, words)
        about = About(_named(found.controller, files), pack, effective, found.controller, source=read)
        draft = assemble(found.activities, about, words)
        fideslang.finish(draft, found)
    else:
        chosen = _mapping(mapping) if mapping is not None else None
        tables = [_table(source, path, chosen, remarks) for path in files]
        if chosen is None:
            chosen = _proposed(tables[0], words)
            proposed = mapping_text(chosen)
            remarks.append(say(N_("the columns were matched by their headings: look at `{path}`"), path=folder / MAPPING))
        activities, controller, unmapped = _rows(tables, chosen, words)
        about = About(_named(controller, files), pack, effective, controller, source=read)
        draft = assemble(activities, about, words)
        draft.unmapped += unmapped
    if not draft.sections["purposes"]:
        raise Invalid(say(N_("no activity was found in {files}"), files=read),
                      say(N_("look at `--from`, and at the row of the headings in the mapping")))  # fmt: skip
    return _write(tongue, Report(str(source), tuple(map(str, files)), (), draft, tuple(remarks), proposed), folder, pack)


def _write(tongue: Tongue, report: Report, folder: Path, law: LawPack) -> Report:
    tongues = [load_tongue(language) for language in LANGUAGES]
    first = [
        spoken.translate(line) for spoken in tongues for line in (
            N_("A starting model, made from a register. It permits what stands here and nothing else."),
            N_("Answer each `decide` and take it out; lines that begin with #| come in when they are decided."),
        )
    ]  # fmt: skip
    text = yaml_text.write(report.draft, tongues, first).encode()
    found = check(parse_text(text), law).diagnostics
    wrong = next((item for item in found if item.severity is Severity.ERROR), None)
    if wrong is not None:
        raise Corrupt(
            say(N_("the starting model would not be sound at {place}: {problem}"), place=wrong.place, problem=wrong.message),
            say(N_("nothing was written; please report the register's row that is named in it")),
        )
    names = ([MAPPING] if report.mapping else []) + [REPORT, REPORT_JSON, FIRST]
    report = replace(report, written=tuple(str(folder / name) for name in names))
    held = json.dumps(report_json(report, tongue), ensure_ascii=False, indent=2) + "\n"
    texts = {MAPPING: report.mapping.encode(), REPORT: report_text(report, tongue).encode(),
             REPORT_JSON: held.encode(), FIRST: text}  # fmt: skip
    write_files({folder / name: texts[name] for name in names})
    return report


def _law(name: str) -> LawPack:
    pack = load_law(name)
    if pack is None:
        words = ", ".join(f"`{item}`" for item in law_names())
        raise Invalid(say(N_("there is no law pack `{law}`"), law=name), say(N_("known here: {words}"), words=words))
    return pack


def _named(controller: Said | None, files: Sequence[Path]) -> str:
    return name_of(controller.words if controller else files[0].stem, "policy")


def _document(path: Path) -> Node:
    tree = read_tree(str(path), read_file(path))
    if tree.root is None or tree.diagnostics:
        raise _mistakes(path, tree.diagnostics)
    return tree.root


def _mistakes(path: Path, diagnostics: Sequence[Diagnostic]) -> Invalid:
    if not diagnostics:
        return Invalid(say(N_("there is nothing in `{path}`"), path=path))
    return Invalid(say(N_("`{path}` has mistakes: {count}"), path=path, count=len(diagnostics)), None, diagnostics)


def _mapping(path: Path) -> ColumnMapping:
    mapping, diagnostics = read_mapping(str(path), read_file(path))
    if mapping is None:
        raise _mistakes(path, diagnostics)
    return mapping


def _table(source: Source, path: Path, mapping: ColumnMapping | None, remarks: list[Message]) -> Table:
    if source is Source.XLSX:
        return read_sheet(path, mapping.sheet if mapping else None)
    table, encoding = read_csv(path)
    if encoding != "UTF-8":
        remarks.append(say(N_("`{path}` was read as {encoding}"), path=path, encoding=encoding))
    return table


def _proposed(table: Table, words: Words) -> ColumnMapping:
    mapping = propose(table, words)
    if mapping is None:
        raise Invalid(
            say(N_("no heading in `{path}` names an activity or a purpose"), path=table.name),
            say(N_("write a mapping with `columns:` and give it with `--mapping`")),
        )
    return mapping


def _rows(
    tables: Sequence[Table], mapping: ColumnMapping, words: Words
) -> tuple[list[Activity], Said | None, list[Unmapped]]:
    activities: list[Activity] = []
    unmapped: list[Unmapped] = []
    controller: Said | None = None
    for table in tables:
        rows = read_rows(table, mapping, words)
        if rows.diagnostics:
            raise _mistakes(Path(table.name), rows.diagnostics)
        activities += rows.activities
        unmapped += rows.unmapped
        controller = controller or rows.controller
    return activities, controller, unmapped


