"""Fideslang files (systems, datasets, policies, organisations) to activities, and what of them has no place here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from janji.documents.tree import Mapping, Node, Scalar, Sequence
from janji.importer.activities import Activity, Kind, Party, Said, as_is
from janji.importer.draft import Draft, Evidence, OpenDecision, Unmapped, name_of
from janji.importer.words import Words
from janji.terms.messages import N_, Message, say
from janji.terms.places import Place
from janji.terms.processing import LegalBasis, Trait

RESOURCES = ("system", "dataset", "policy", "organization", "data_category", "data_use", "data_subject")
_NO_PLACE = N_("the model has no place for it")
_SYSTEM_READ = {
    "fides_key", "name", "description", "privacy_declarations", "administrating_department", "organization_fides_key",
    "dataset_references", "legal_basis_for_transfers",
}  # fmt: skip
_DECLARATION_READ = {
    "name", "data_categories", "data_use", "data_subjects", "legal_basis_for_processing", "retention_period",
    "dataset_references", "third_parties",
}  # fmt: skip
_ORGANISATION_READ = {"fides_key", "name", "description"}
_DATASET_READ = {"fides_key", "name", "description", "collections", "organization_fides_key"}
_DIMENSIONS = ("data_categories", "data_uses", "data_subjects")
_FIELD_READ = {"name", "description", "data_categories", "fields"}


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a fideslang policy: what it speaks of, and how each dimension must match."""

    name: str
    title: str
    place: Place
    data: tuple[str, ...]
    uses: tuple[str, ...]
    subjects: tuple[str, ...]
    exact: bool


@dataclass(slots=True)
class Resources:
    """What fideslang files declare, gathered from one or more of them."""

    activities: list[Activity] = field(default_factory=list)
    controller: Said | None = None
    stored: dict[str, Place] = field(default_factory=dict)
    """The categories that fields of datasets hold, and where each is first named."""
    rules: list[Rule] = field(default_factory=list)
    unmapped: list[Unmapped] = field(default_factory=list)
    titles: dict[str, Said] = field(default_factory=dict)
    """The names that files give to categories of their own."""


def gather(roots: Iterable[Node], words: Words) -> Resources:
    """Everything that the documents declare; what is read and finds no place is in `unmapped`."""
    found = Resources()
    documents = list(roots)
    for root in documents:
        for item in _items(root, "data_category", found, note=True):
            key = _text(item, "fides_key")
            if key and (name := _text(item, "name")):
                found.titles[key.words] = name
    for root in documents:
        if not isinstance(root, Mapping):
            found.unmapped.append(Unmapped(root.place, "-", "", say(N_("a fideslang file is a block of resources"))))
            continue
        for kind, _ in root.pairs:
            if kind not in RESOURCES:
                found.unmapped.append(Unmapped(kind.place, kind, "", say(_NO_PLACE)))
        for item in _items(root, "organization", found):
            _organisation(item, found)
        for item in _items(root, "system", found):
            _system(item, found, words)
        for item in _items(root, "dataset", found):
            _dataset(item, found)
        for item in _items(root, "policy", found):
            _policy(item, found)
        for own in ("data_use", "data_subject"):
            for item in _items(root, own, found):
                found.unmapped.append(Unmapped(item.place, f"{own}.{_words(item, 'fides_key')}", "", say(_NO_PLACE)))
    return found


def finish(draft: Draft, found: Resources) -> None:
    """Add to a draft made of the activities what their files say besides: categories stored, and prohibitions."""
    draft.unmapped += found.unmapped
    for key, place in found.stored.items():
        if key not in draft.sections["data"]:
            why = say(N_("a dataset holds it and no declaration uses it"))
            draft.unmapped.append(Unmapped(place, "data_categories", key, why))
    for rule in found.rules:
        _prohibit(draft, rule)


def _prohibit(draft: Draft, rule: Rule) -> None:
    """A rule as a prohibition; only where it forbids exactly what the rule forbids, never more and never less."""
    live = draft.live("purposes")
    purposes = tuple(
        name for name, purpose in live.items()
        if any(_under(use, above) for use in purpose.tags for above in rule.uses)
    )  # fmt: skip
    data = tuple(key for key in draft.live("data") if any(_under(key, above) for above in rule.data))
    left: Message | None = None
    if not rule.exact or rule.subjects:
        left = say(N_("a prohibition here is of any of the data for any of the uses, whoever the person is"))
    elif (rule.data and not data) or (rule.uses and not purposes) or not (rule.data or rule.uses):
        left = say(N_("nothing that the starting model permits falls under it"))
    if left is not None:
        draft.unmapped.append(Unmapped(rule.place, f"policy.rules.{rule.name}", rule.title, left))
        return
    name = name_of(rule.name)
    while draft.entry("prohibitions", name):
        name += "-more"
    values: dict[str, object] = {"title": rule.title}
    values |= {key: held for key, held in (("purposes", purposes), ("data", data)) if held}
    draft.add("prohibitions", name, values, Evidence(rule.place, rule.name))
    draft.decide("prohibitions", name, OpenDecision(
        f"prohibitions.{name}", say(N_("is this forbidden for good?")),
        say(N_("a rule of fideslang checks declarations; a prohibition here wins over everything")), rule.place,
    ))  # fmt: skip


def _under(key: str, above: str) -> bool:
    """Whether a dotted key is `above` or lies below it."""
    return key == above or key.startswith(above + ".")


def _organisation(item: Mapping, found: Resources) -> None:
    name = _text(item, "name") or _text(item, "fides_key")
    if found.controller is None:
        found.controller = name
    elif name:
        why = say(N_("a policy has one controller, and the register names several"))
        found.unmapped.append(Unmapped(name.place, "organization", name.words, why))
    _rest(item, _ORGANISATION_READ, "organization", found)


def _system(item: Mapping, found: Resources, words: Words) -> None:
    title = _text(item, "name") or _text(item, "fides_key") or Said("-", item.place)
    path = f"system.{_words(item, 'fides_key')}"
    declarations = list(_items(item, "privacy_declarations", found, path))
    for number, declaration in enumerate(declarations):
        _declaration(declaration, f"{path}.privacy_declarations[{number}]", title, item, found, words)
    if not declarations:
        found.unmapped.append(Unmapped(item.place, path, title.words, say(N_("the system declares no processing"))))
    _rest(item, _SYSTEM_READ, path, found)


def _declaration(
    item: Mapping, path: str, system: Said, holder: Mapping, found: Resources, words: Words
) -> None:
    use = _text(item, "data_use") or Said("")
    title = _text(item, "name") or (use if use.words else Said(system.words, item.place))
    said = _text(item, "legal_basis_for_processing")
    basis = words.value_of("basis", said.words) if said else None
    retention = _text(item, "retention_period")
    if retention and retention.words.isdecimal():
        retention = Said(f"{int(retention.words)} days", retention.place) if int(retention.words) else None
    elif retention and words.period_of(retention.words) is None:
        found.unmapped.append(Unmapped(retention.place, f"{path}.retention_period", retention.words, say(N_("it is not one period"))))
        retention = None
    subjects = _list(item, "data_subjects")
    notes: list[Message] = []
    if subjects:
        notes.append(say(N_("persons: {words}"), words=", ".join(subject.words for subject in subjects)))
    if use.words:
        notes.append(say(N_("data use: {words}"), words=use.words))
    if description := _text(holder, "description"):
        notes.append(as_is(description.words))
    third = _text(item, "third_parties")
    traits: tuple[Trait, ...] = words.traits_of(use.words)
    found.activities.append(Activity(
        title=title, basis=LegalBasis(basis) if basis else None, basis_said=said,
        data=tuple(Kind(found.titles.get(kind.words, Said(_spoken(kind.words), kind.place)), kind.words)
                   for kind in _list(item, "data_categories")),
        system=system, owner=_text(holder, "administrating_department"), retention=retention,
        parties=(Party(third),) if third else (), safeguards=_text(holder, "legal_basis_for_transfers"),
        traits=traits, notes=tuple(notes), tags=(use.words,) if use.words else (),
    ))  # fmt: skip
    _rest(item, _DECLARATION_READ, path, found)


def _spoken(key: str) -> str:
    """A dotted key as words: `user.contact.email` is `contact email`."""
    return key.removeprefix("user.").replace(".", " ").replace("_", " ")


def _dataset(item: Mapping, found: Resources) -> None:
    path = f"dataset.{_words(item, 'fides_key')}"
    _rest(item, _DATASET_READ, path, found)
    for collection in _items(item, "collections", found, path):
        inside = f"{path}.{_words(collection, 'name')}"
        waiting = [(inside, node) for node in _items(collection, "fields", found, inside)]
        while waiting:
            above, node = waiting.pop()
            here = f"{above}.{_words(node, 'name')}"
            for kind in _list(node, "data_categories"):
                found.stored.setdefault(kind.words, kind.place)
            waiting += [(here, part) for part in _items(node, "fields", found, here)]
            _rest(node, _FIELD_READ, here, found)


def _policy(item: Mapping, found: Resources) -> None:
    path = f"policy.{_words(item, 'fides_key')}"
    for number, rule in enumerate(_items(item, "rules", found, path)):
        data, uses, subjects = (_dimension(rule, name) for name in _DIMENSIONS)
        name = _words(rule, "name")
        found.rules.append(Rule(
            name if name != "-" else f"{_words(item, 'fides_key')}-{number + 1}",
            (_text(item, "description") or _text(item, "name") or Said(name)).words, rule.place,
            data[0], uses[0], subjects[0], exact=data[1] and uses[1] and subjects[1],
        ))  # fmt: skip
        _rest(rule, {"name", *_DIMENSIONS}, f"{path}.rules[{number}]", found)
    _rest(item, {"fides_key", "name", "description", "rules", "organization_fides_key"}, path, found)


def _dimension(rule: Mapping, name: str) -> tuple[tuple[str, ...], bool]:
    """The values of one dimension of a rule, and whether `any of these` is what it means."""
    node = _get(rule, name)
    if isinstance(node, Mapping):
        values = tuple(said.words for said in _list(node, "values"))
        matches = _text(node, "matches")
        return values, not values or (matches.words if matches else "ANY") == "ANY"
    return (), node is None


def _get(node: Node, key: str) -> Node | None:
    if isinstance(node, Mapping):
        for name, value in node.pairs:
            if name == key and not (isinstance(value, Scalar) and value.absent):
                return value
    return None


def _items(node: Node, key: str, found: Resources, path: str = "", note: bool = False) -> Iterator[Mapping]:
    """The blocks in a list under a key; anything else there is reported, unless it is only looked at (`note`)."""
    held = _get(node, key)
    here = f"{path}.{key}".lstrip(".")
    if held is not None and not isinstance(held, Sequence) and not note:
        found.unmapped.append(Unmapped(held.place, here, "", say(N_("a list is wanted here"))))
    for item in held.items if isinstance(held, Sequence) else ():
        if isinstance(item, Mapping):
            yield item
        elif not note:
            found.unmapped.append(Unmapped(item.place, here, "", say(N_("a block of `name: value` lines is wanted here"))))


def _text(node: Node, key: str) -> Said | None:
    held = _get(node, key)
    if isinstance(held, Scalar) and held.word.strip():
        return Said(held.word.strip(), held.place)
    return None


def _words(node: Node, key: str) -> str:
    said = _text(node, key)
    return said.words if said else "-"


def _list(node: Node, key: str) -> list[Said]:
    held = _get(node, key)
    items = held.items if isinstance(held, Sequence) else [held] if isinstance(held, Scalar) else []
    return [Said(item.word.strip(), item.place) for item in items if isinstance(item, Scalar) and item.word.strip()]


def _rest(item: Mapping, read: set[str], path: str, found: Resources) -> None:
    """Every key that says something and was not read is reported with its path."""
    for key, value in item.pairs:
        empty = isinstance(value, Scalar) and (value.absent or value.word == "false")
        if key in read or empty or (isinstance(value, Sequence | Mapping) and not _held(value)):
            continue
        words = str(value.word) if isinstance(value, Scalar) else ""
        found.unmapped.append(Unmapped(key.place, f"{path}.{key}", words, say(_NO_PLACE)))


def _held(value: Sequence | Mapping) -> bool:
    return bool(value.items if isinstance(value, Sequence) else value.pairs)


