"""Drafts of the policy: opened on the version in force, changed entry by entry or as text, each step kept, and nothing lost when two write at once."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from difflib import unified_diff
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from janji.decision.layout import Layout, write_layout
from janji.documents.edits import Anchor, Edit, Refused, add_entry, apply
from janji.documents.tree import Mapping as Block
from janji.documents.tree import Node, read_tree
from janji.errors import Conflict, Diagnostic, Invalid, Unknown
from janji.files.laws import load_law
from janji.files.policies import FIRST, LAYOUT
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import parse_files
from janji.staff.roles import Staff
from janji.store import drafts as store
from janji.store import policies
from janji.store.database import transaction
from janji.store.drafts import DraftRow as DraftRow  # faces show them
from janji.store.drafts import StepRow as StepRow
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place
from janji.terms.processing import Severity
from janji.versions import forms
from janji.versions.forms import Found, Sheet
from janji.versions.merging import merge
from janji.workflows.house import House
from janji.workflows.in_force import digest_of
from janji.workflows.policies import Opened

LONGEST_NAME = 120
NOTHING = 0
"""The number of the version that a draft of the first one changes."""
MOST_DRAFTS = 50
"""Drafts that may be open at once."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as its newest step left it: all its files, what they are read over, and what the check says."""

    row: DraftRow
    step: StepRow
    base: dict[str, str]
    files: dict[str, str]
    opened: Opened

    @property
    def policy(self) -> Policy:
        """The policy as it is written; every step leaves one that can be read."""
        if self.opened.parsed.policy is None:
            raise Invalid(say(N_("the draft cannot be read any more")), say(N_("take the last change back, or discard the draft")))
        return self.opened.parsed.policy

    @property
    def law(self) -> LawPack:
        """The law that the draft stands under."""
        if self.opened.law is None:
            raise Invalid(say(N_("the draft names a law that is not known here")), say(N_("take the last change back, or discard the draft")))
        return self.opened.law

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """What must be mended before anybody can agree to it."""
        return tuple(item for item in self.opened.checked.diagnostics if item.severity is Severity.ERROR)

    @property
    def digest(self) -> str:
        """What names this very text, as `policy publish` names it."""
        return _digest(_held(self.files), str(self.policy.law))

    @property
    def open(self) -> bool:
        """Whether it can still be changed."""
        return self.row.state == "open"

    @property
    def live(self) -> bool:
        """Whether it is neither published nor discarded."""
        return self.row.closed is None

    @property
    def changed(self) -> tuple[str, ...]:
        """The files that are otherwise than in the version that it stands on."""
        return tuple(name for name, text in sorted(self.files.items()) if self.base.get(name) != text)

    @property
    def trees(self) -> dict[str, Node | None]:
        """What stands in each file."""
        return {name: _tree(name, text) for name, text in self.files.items()}

    def find(self, section: str, name: str = "") -> Found | None:
        """Where an entry stands."""
        return forms.find(self.trees, FIRST, section, name)

    def patch(self) -> str:
        """The change as a patch of the operator's files, as `patch -p1` and `git apply` take it."""
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for name in self.changed
            for line in unified_diff(
                self.base.get(name, "").splitlines(keepends=True), self.files[name].splitlines(keepends=True), f"a/{name}" if name in self.base else "/dev/null", f"b/{name}"
            )
        )


@dataclass(frozen=True, slots=True)
class Clash:
    """A field that somebody else changed meanwhile: what stands there now; who that was stands in the step."""

    now: str


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a form: the draft as it is now, whether something was written, and else why not, field by field, with what was typed."""

    draft: Draft
    sheet: Sheet | None = None
    written: bool = False
    fields: Mapping[str, tuple[Diagnostic | Message, ...]] = field(default_factory=dict)
    clashes: Mapping[str, Clash] = field(default_factory=dict)
    problem: Invalid | None = None
    text: str = ""


def open_draft(house: House, staff: Staff, id: UUID) -> Draft:
    """A new draft on the version in force; the one that is there when the same form comes again.

    Raises `Invalid` when nothing is in force to begin from, and `Conflict` when very many are open.
    """
    if house.published is None:
        raise Invalid(say(N_("no policy is in force yet")), say(N_("begin the first version by its text")))
    if store.read(id) is None:
        if len(store.open_drafts()) >= MOST_DRAFTS:
            raise Conflict(say(N_("very many drafts are open")), say(N_("discard those that nobody works on")))
        now, number = house.runtime.now(), house.published.number
        with transaction():
            store.insert(DraftRow(id=id, base=number, opened=now), StepRow(draft=id, revision=0, base=number, files={}, what="", staff=staff.id, name=staff.name, at=now))
    return read_draft(id)


def open_first(house: House, staff: Staff, id: UUID, text: str) -> Draft | tuple[Diagnostic, ...]:
    """A draft of the first version from the text of its one file; the mistakes for which it cannot be read, when it cannot.

    Raises `Conflict` when a version is in force already, or very many drafts are open.
    """
    if house.published is not None:
        raise Conflict(say(N_("a version is in force already")), say(N_("begin a draft on it")))
    files = {FIRST: _line_ends(text, "\n")}
    opened = opened_of(files)
    if opened.parsed.policy is None or opened.parsed.diagnostics or opened.law is None:
        return tuple(item for item in opened.checked.diagnostics if item.severity is Severity.ERROR)
    if store.read(id) is None:
        if len(store.open_drafts()) >= MOST_DRAFTS:
            raise Conflict(say(N_("very many drafts are open")), say(N_("discard those that nobody works on")))
        now = house.runtime.now()
        with transaction():
            store.insert(DraftRow(id=id, base=NOTHING, opened=now), StepRow(draft=id, revision=0, base=NOTHING, files=files, what="", staff=staff.id, name=staff.name, at=now))
    return read_draft(id)


def read_draft(id: UUID, revision: int | None = None, *, locked: bool = False) -> Draft:
    """A draft, as it is or as one of its steps left it; raises `Invalid` when there is none."""
    row = store.read(id, locked=locked)
    step = None if row is None else store.step(id, row.revision if revision is None else revision)
    version = None if step is None or step.base == NOTHING else policies.version(step.base)
    if row is None or step is None or (version is None and step.base != NOTHING):
        raise Unknown(say(N_("there is no such draft")), say(N_("look at the list of drafts")))
    base = {} if version is None else dict(version.files)
    files = {**base, **step.files}
    return Draft(row, step, base, files, _opened(_held(files)))


def open_drafts() -> tuple[tuple[DraftRow, StepRow], ...]:
    """Every draft that somebody works on or that waits for its day, with its newest step."""
    return store.open_drafts()


def closed_drafts(size: int = 20) -> tuple[DraftRow, ...]:
    """The drafts that were published or discarded last."""
    return store.closed_drafts(size)


def steps(id: UUID) -> tuple[StepRow, ...]:
    """Who changed what in a draft, the newest first."""
    return store.history(id)


def sheet_of(draft: Draft, section: str, name: str = "") -> tuple[Sheet, Mapping[str, list[Diagnostic]], list[Diagnostic]] | None:
    """An entry of a draft as a form, with what the check found about each of its fields and about the whole; `None` where there is no such entry."""
    if forms.record_of(section) is None:
        return None
    found = draft.find(section, name)
    if found is None:
        return (forms.sheet(section, None, draft.policy, draft.law), {}, []) if section in forms.PARTS and not name else None
    made = forms.sheet(section, found.node, draft.policy, draft.law)
    return made, *forms.beside(found, draft.trees, made, draft.opened.checked.diagnostics)


def sheet_in(files: Mapping[str, str], section: str, name: str = "") -> Sheet | None:
    """An entry of a published version as a form to read; `None` where there is no such entry."""
    opened = _opened(_held(files))
    if forms.record_of(section) is None or opened.parsed.policy is None or opened.law is None:
        return None
    found = forms.find({file: _tree(file, text) for file, text in files.items()}, FIRST, section, name)
    if found is None and (section not in forms.PARTS or name):
        return None
    return forms.sheet(section, None if found is None else found.node, opened.parsed.policy, opened.law)


def save_entry(house: House, staff: Staff, id: UUID, seen: int, section: str, name: str, typed: Mapping[str, str]) -> Saved:
    """Write what was typed into an entry, as it was shown at the step `seen`.

    What somebody else changed meanwhile stays, unless the same field was typed otherwise: then nothing is written, and both are given
    back. A value that no policy may hold is given back beside its field too; what the check says of a value that can be written does not
    stop it. Raises `Invalid` when there is no such entry, and `Conflict` when the draft cannot be changed any more.
    """
    with transaction():
        draft = changeable(id)
        then = draft if seen == draft.row.revision else read_draft(id, seen)
        shown, now = sheet_of(then, section, name), sheet_of(draft, section, name)
        if shown is None or now is None:
            raise Invalid(say(N_("there is no such entry in the draft any more")), say(N_("somebody took it out; look at the steps of the draft")))
        mine, theirs = forms.changed(shown[0].inputs, typed), _moved(shown[0], now[0])
        values = {held.name: held.value for held in now[0].inputs}
        form = forms.with_typed(now[0], {**values, **{key: typed[key] for key in mine if key in typed}})
        clashes = {key: Clash(values[key]) for key, text in mine.items() if key in theirs and text != theirs[key]}
        wrong = forms.strange(now[0].inputs, typed)
        if clashes or wrong:
            return Saved(draft, form, clashes=clashes, fields={key: (message,) for key, message in wrong.items()})
        wanted = {key: text for key, text in mine.items() if key not in theirs}
        if not wanted:
            return Saved(draft, now[0])
        found = draft.find(section, name)
        if found is None:
            return _put(house, staff, draft, form, section, name, lambda: _begin_part(draft, section, forms.values(now[0], wanted)))
        return _put(house, staff, draft, form, section, name, lambda: _edit(draft, found.file, forms.edits(found, now[0], wanted)))


def add_new(house: House, staff: Staff, id: UUID, section: str, name: str, typed: Mapping[str, str]) -> Saved:
    """Put a new entry at the end of its section. What cannot be written is given back beside its field; the name's field is called `entry-id`."""
    with transaction():
        draft = changeable(id)
        empty = forms.sheet(section, None, draft.policy, draft.law)
        form, wanted = forms.with_typed(empty, typed), forms.changed(empty.inputs, typed)
        wrong = forms.strange(empty.inputs, typed)
        bad = name_problem(draft, section, name)
        if bad is not None:
            wrong["entry-id"] = bad
        if not wanted and bad is None:
            wrong[empty.inputs[0].name] = say(N_("nothing is written here"))
        if wrong:
            return Saved(draft, form, fields={key: (message,) for key, message in wrong.items()})
        return _put(house, staff, draft, form, section, name, lambda: _added(draft, section, name, forms.values(empty, wanted)))


def name_problem(draft: Draft, section: str, name: str) -> Message | None:
    """What is wrong with a name for a new entry; `None` when it is good."""
    if not forms.is_name(name):
        return say(N_("a name has letters, digits, `.`, `-` and `_` only, begins with a letter or digit, and is at most 120 characters long"))
    return say(N_("there is an entry of this name already")) if draft.find(section, name) is not None else None


def remove_entry(house: House, staff: Staff, id: UUID, seen: int, section: str, name: str) -> Draft:
    """Take an entry out. Raises `Conflict` when the draft was changed since the step `seen`, and `Invalid` when it cannot be done without losing a comment."""
    with transaction():
        draft = changeable(id, seen)
        found = draft.find(section, name)
        if found is None or not found.named:
            raise Invalid(say(N_("there is no such entry in the draft any more")), say(N_("somebody took it out; look at the steps of the draft")))
        saved = _put(house, staff, draft, None, section, name, lambda: _edit(draft, found.file, [Edit(found.anchor, (), remove=True)]))
        if saved.problem is not None:
            raise saved.problem
        return saved.draft


def save_file(house: House, staff: Staff, id: UUID, seen: int, file: str, text: str) -> Saved:
    """Write a whole file as it was typed. Where somebody else changed the same lines meanwhile, nothing is written and both texts are given back."""
    with transaction():
        draft = changeable(id)
        then = draft if seen == draft.row.revision else read_draft(id, seen)
        if file not in draft.files or file not in then.files:
            raise Invalid(say(N_("the draft has no such file")), say(N_("look at the list of its files")))
        text = _line_ends(text, draft.files[file])
        pieces = merge(then.files[file], text, draft.files[file])
        if any(piece.clash for piece in pieces):
            return Saved(draft, clashes={file: Clash(draft.files[file])}, text=text)
        text = "".join(piece.mine for piece in pieces)
        if text == draft.files[file]:
            return Saved(draft, text=text)
        files = {**draft.files, file: text}
        opened = _opened(_held(files))
        if opened.parsed.policy is None or opened.parsed.diagnostics or opened.law is None:
            here = tuple(item for item in opened.checked.diagnostics if item.severity is Severity.ERROR)
            return Saved(draft, text=text, fields={file: here}, problem=Invalid(say(N_("the file was not saved, for it could not be read any more")), say(N_("correct what is told here; what you typed is kept"))))
        return Saved(new_step(house, staff, draft, files, opened, file), written=True, text=text)


def go_back(house: House, staff: Staff, id: UUID, seen: int, to: int) -> Draft:
    """The draft as an earlier step left it, as a step of its own, so that this can be taken back too.

    Raises `Conflict` when the draft was changed since the step `seen`.
    """
    with transaction():
        draft = changeable(id, seen)
        if not 0 <= to < draft.row.revision:
            raise Invalid(say(N_("the draft has no such step")), say(N_("look at the steps of the draft")))
        before = read_draft(id, to)
        step = replace(before.step, revision=draft.row.revision + 1, what="back", staff=staff.id, name=staff.name, at=house.runtime.now())
        _written(replace(draft, row=replace(draft.row, base=before.step.base)), step)
        return read_draft(id)


def discard(house: House, id: UUID, seen: int) -> None:
    """Let go of a draft; its steps are kept. Raises `Conflict` when it was changed since, is published, or waits for its day."""
    with transaction():
        draft = changeable(id, seen)
        store.write(replace(draft.row, state="discarded", approval=None, closed=house.runtime.now()))


def zipped(files: Mapping[str, str], layout: Layout | None = None) -> bytes:
    """Files of a policy as a ZIP, with the layout of the record beside them when there is one."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in sorted(files.items()):
            book.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), text.encode("utf-8"))
        if layout is not None:
            book.writestr(zipfile.ZipInfo(LAYOUT, (1980, 1, 1, 0, 0, 0)), write_layout(layout).encode("utf-8"))
    return held.getvalue()


def uses(draft: Draft, section: str, name: str) -> tuple[tuple[str, str], ...]:
    """The other entries that name an entry, each by its section and name."""
    named = [one.word.place for one in draft.opened.parsed.references if one.section == forms.attribute(section) and one.word == name]
    found = dict.fromkeys(where for place in named if (where := entry_at(draft, place)) is not None)
    return tuple(where for where in found if where != (section, name))


def differing(draft: Draft) -> tuple[tuple[str, str, str], ...]:
    """The entries that a draft changes, as section, name and `new`, `changed` or `gone`."""
    before, after, found = opened_of(draft.base).parsed.policy, draft.policy, []
    if before is None:
        return tuple((section, str(name), "new") for section in forms.sections() for name in getattr(after, forms.attribute(section)))
    if any(getattr(before, key) != getattr(after, key) for key in forms.OF_WHOLE):
        found.append((forms.WHOLE, "", "changed"))
    found += [(key, "", "changed") for key in forms.PARTS if getattr(before, key) != getattr(after, key)]
    for section in forms.sections():
        old, new = getattr(before, forms.attribute(section)), getattr(after, forms.attribute(section))
        for name in {**old, **new}:
            if old.get(name) != new.get(name):
                found.append((section, str(name), "gone" if name not in new else "new" if name not in old else "changed"))
    return tuple(found)


def new_findings(draft: Draft) -> tuple[Diagnostic, ...]:
    """What the check says of the draft and does not say of the version that it stands on."""
    before = Counter((item.code, str(item.message)) for item in opened_of(draft.base).checked.diagnostics)
    found = []
    for item in draft.opened.checked.diagnostics:
        key = (item.code, str(item.message))
        if before[key] > 0:
            before[key] -= 1
        else:
            found.append(item)
    return tuple(found)


def entry_at(draft: Draft, place: Place) -> tuple[str, str] | None:
    """The section and name of the entry in which a place lies; `None` for one in no entry that has a form."""
    return forms.entry_at(draft.trees, FIRST, place)


def opened_of(files: Mapping[str, str]) -> Opened:
    """Files of a policy, read and checked."""
    return _opened(_held(files))


def changeable(id: UUID, seen: int | None = None) -> Draft:
    """A draft to change, locked; raises `Conflict` when it is closed, waits for its day, or was changed since the step `seen`."""
    draft = read_draft(id, locked=True)
    if not draft.live:
        raise Conflict(say(N_("this draft is closed")), say(N_("begin a new one")))
    if not draft.open:
        raise Conflict(say(N_("this draft waits for its day, and is not changed meanwhile")), say(N_("cancel the publication first")))
    if seen is not None and seen != draft.row.revision:
        raise Conflict(say(N_("somebody changed the draft meanwhile, and nothing was done")), say(N_("look at it again, then decide")))
    return draft


def _moved(then: Sheet, now: Sheet) -> dict[str, str]:
    """What is written otherwise now than when a form was shown, by field."""
    before = {held.name: forms.cleaned(held, held.value) for held in then.inputs}
    return {held.name: forms.cleaned(held, held.value) for held in now.inputs if before.get(held.name, "") != forms.cleaned(held, held.value)}


def _edit(draft: Draft, file: str, edits: list[Edit]) -> tuple[str, str]:
    return file, apply(file, draft.files[file], edits)


def _begin_part(draft: Draft, section: str, values: Mapping[str, object]) -> tuple[str, str]:
    root = draft.trees[FIRST]
    if root is None:
        raise Invalid(say(N_("the draft cannot be read any more")))
    return _edit(draft, FIRST, [Edit(Anchor(root.place, False), (section,), dict(values))])


def _added(draft: Draft, section: str, name: str, values: dict[str, object]) -> tuple[str, str]:
    entries = list(getattr(draft.policy, forms.attribute(section)).values())
    file = str(entries[-1].place.file) if entries else next((file for file, root in draft.trees.items() if isinstance(root, Block) and any(key == section for key, _ in root.pairs)), FIRST)
    return file, add_entry(file, draft.files[file], section, name, values)


def _put(house: House, staff: Staff, draft: Draft, form: Sheet | None, section: str, name: str, edit: Callable[[], tuple[str, str]]) -> Saved:
    """Make an edit, read the whole again, and keep it when nothing but the entry changed and the entry can be read."""
    by_hand = say(N_("change it in the text of the file, where nothing is lost"))
    try:
        file, text = edit()
    except Refused as refused:
        return Saved(draft, form, problem=Invalid(say(N_("the text at {place} cannot be edited without losing a comment or its form"), place=refused.place), by_hand))
    files = {**draft.files, file: text}
    opened = _opened(_held(files))
    trees = {**draft.trees, file: _tree(file, text)}
    found = forms.find(trees, FIRST, section, name)
    if found is not None and opened.law is not None and form is not None:
        after = forms.sheet(section, found.node, opened.parsed.policy or draft.policy, opened.law)
        fields, whole = forms.beside(found, trees, after, opened.parsed.diagnostics)
        if fields or whole:
            first = next(iter(whole), None)
            return Saved(draft, form, fields={key: tuple(items) for key, items in fields.items()}, problem=None if first is None else Invalid(first.message, first.help))
    if opened.parsed.policy is None or opened.law is None or opened.parsed.diagnostics or not forms.nothing_else(draft.policy, opened.parsed.policy, section, name):
        return Saved(draft, form, problem=Invalid(say(N_("the text cannot be edited safely in this place")), by_hand))
    return Saved(new_step(house, staff, draft, files, opened, f"{section}.{name}".rstrip(".")), form, written=True)


def new_step(house: House, staff: Staff, draft: Draft, files: dict[str, str], opened: Opened, what: str, base: dict[str, str] | None = None) -> Draft:
    """Keep the files as a new step."""
    over = draft.base if base is None else base
    kept = {name: text for name, text in files.items() if over.get(name) != text}
    step = StepRow(draft=draft.row.id, revision=draft.row.revision + 1, base=draft.row.base, files=kept, what=what, staff=staff.id, name=staff.name, at=house.runtime.now())
    return _written(replace(draft, files=files, base=over, opened=opened), step)


def _written(draft: Draft, step: StepRow) -> Draft:
    """Store a step. Whoever agreed before agreed to another text."""
    row = replace(draft.row, revision=step.revision, approval=None)
    store.add(step)
    store.write(row)
    return replace(draft, row=row, step=step)


def _line_ends(text: str, before: str) -> str:
    """A text that a browser sent with the line ends of the file, and with its last one."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    if before.endswith("\n") and not plain.endswith("\n"):
        plain += "\n"
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain


def _held(files: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(files.items()))


@lru_cache(maxsize=16)
def _opened(files: tuple[tuple[str, str], ...]) -> Opened:
    """The same files are read and checked once a process."""
    parsed = parse_files(FIRST, {name: text.encode("utf-8") for name, text in files})
    law = load_law(parsed.policy.law) if parsed.policy is not None else None
    return Opened(Path(), parsed, check(parsed, law), law, None)


@lru_cache(maxsize=64)
def _tree(name: str, text: str) -> Node | None:
    return read_tree(name, text.encode("utf-8")).root


@lru_cache(maxsize=64)
def _digest(files: tuple[tuple[str, str], ...], law: str) -> str:
    return digest_of(dict(files), law)
