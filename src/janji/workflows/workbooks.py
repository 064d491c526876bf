"""A policy as a workbook and back: exported, compared, edited in place, read again, checked, and written as a whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from janji.documents.edits import Refused
from janji.errors import Conflict, Diagnostic, Invalid
from janji.files.laws import load_law
from janji.files.policies import read_parts
from janji.files.reading import read_file
from janji.files.translations import LANGUAGES, load_tongue
from janji.files.workbooks import read_book, write_book
from janji.files.writing import write_files
from janji.importer.sheets import Shown, shown
from janji.importer.workbook import Comparison, compare, edited
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import Parsed, parse_files
from janji.terms.messages import N_, Tongue, say
from janji.terms.places import Place
from janji.terms.processing import Severity


@dataclass(frozen=True, slots=True)
class Exported:
    """A workbook that was written, and how many rows each of its sheets has."""

    path: Path
    sheets: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What a workbook changes in a policy, and the files that were written, if any."""

    policy: str
    workbook: Path
    comparison: Comparison
    warnings: int
    files: tuple[Path, ...] = ()
    """The files of the policy that change."""
    written: bool = False


@dataclass(slots=True)
class _Parts:
    """A policy's files: where they lie, what was parsed of them, and their bytes."""

    folder: Path
    first: str
    parsed: Parsed
    parts: dict[str, bytes] = field(default_factory=dict)

    @property
    def policy(self) -> Policy:
        """The policy as it is written. Raises `Invalid` when a part of it cannot be read."""
        if self.parsed.policy is None or self.parsed.diagnostics:
            raise Invalid(
                say(N_("the policy has mistakes: {count}"), count=len(self.parsed.diagnostics)),
                say(N_("`janji check` shows each with its place and help")),
                [_seen(item, self.folder) for item in self.parsed.diagnostics],
            )
        return self.parsed.policy


def export_book(policy: Path, target: Path) -> Exported:
    """Write the policy as a workbook. Raises `Conflict` when the file is there: it may hold somebody's work."""
    if target.exists():
        raise Conflict(say(N_("there is a file already: `{path}`"), path=target),
                       say(N_("name another file with `-o`; nothing is overwritten")))  # fmt: skip
    held = _Parts(*read_parts(policy))
    tongues = _tongues()
    sheets = shown(held.policy, tongues)
    title = [held.policy.title.get(tongue.language) for tongue in tongues]
    write_files({target: write_book(f"{held.policy.id} {held.policy.version}", title, sheets, tongues)})
    return Exported(target, sheets)


def import_book(workbook: Path, policy: Path, tongue: Tongue, *, write: bool, remove: bool) -> Compared:
    """What a workbook changes in the policy; with `write`, the policy's files are edited where they change.

    Raises `Invalid` with every problem when a cell cannot be understood, an edit cannot be made safely, or the policy
    would not be sound; then nothing is written.
    """
    held = _Parts(*read_parts(policy))
    before = held.policy
    found = compare(before, read_book(workbook), _tongues(), tongue.language, remove)
    if found.problems:
        raise Invalid(
            say(N_("`{path}` has mistakes: {count}"), path=workbook, count=len(found.problems)),
            say(N_("nothing was written; correct the cells and import again")), found.problems,
        )  # fmt: skip
    made = _edited(held, before, found)
    after = parse_files(held.first, made)
    if after.policy != found.intended or after.diagnostics:
        raise Invalid(say(N_("the policy's text cannot be edited safely as the workbook asks")),
                      say(N_("make the change in the YAML by hand; nothing was written")))  # fmt: skip
    warnings = _sound(held, after)
    changed = {held.folder / name: data for name, data in made.items() if data != held.parts[name]}
    if write and changed:
        if any(read_file(held.folder / name) != data for name, data in held.parts.items()):
            raise Conflict(say(N_("the policy was changed while the workbook was read")), say(N_("import again")))
        write_files(changed)
    return Compared(str(before.id), workbook, found, warnings, tuple(changed), bool(write and changed))


def _tongues() -> list[Tongue]:
    return [load_tongue(language) for language in LANGUAGES]


def _edited(held: _Parts, policy: Policy, found: Comparison) -> dict[str, bytes]:
    """The bytes of every file of the policy after the edits."""
    try:
        return edited(held.parts, held.first, policy, found)
    except Refused as refused:
        place = Place(str(held.folder / refused.place.file), refused.place.line, refused.place.column)
        raise Invalid(
            say(N_("the text at {place} cannot be edited without losing a comment or its form"), place=place),
            say(N_("make the change in the YAML by hand; nothing was written")),
        ) from None


def _sound(held: _Parts, after: Parsed) -> int:
    """How many warnings the policy has afterwards. Raises `Invalid` when it would have an error."""
    law = load_law(after.policy.law) if after.policy is not None else None
    found = check(after, law).diagnostics
    errors = [_seen(item, held.folder) for item in found if item.severity is Severity.ERROR]
    if errors:
        raise Invalid(
            say(N_("with these changes the policy would have mistakes: {count}"), count=len(errors)),
            say(N_("nothing was written; correct the workbook and import again")), errors,
        )  # fmt: skip
    return sum(1 for item in found if item.severity is Severity.WARNING)


def _seen(found: Diagnostic, folder: Path) -> Diagnostic:
    place = Place(str(folder / found.place.file), found.place.line, found.place.column) if found.place.file else found.place
    return Diagnostic(found.code, found.severity, found.message, place, found.help)
