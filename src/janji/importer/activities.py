"""Activities of a register, however it was written, put together as a starting model that guesses no legal basis."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from janji.importer.draft import Draft, Evidence, OpenDecision, is_name, name_of
from janji.importer.words import Words, plain
from janji.law.model import Evidence as Proof
from janji.law.model import LawPack
from janji.terms.messages import N_, Message, say
from janji.terms.places import NOWHERE, Place
from janji.terms.processing import (
    Disposal,
    LegalBasis,
    Operation,
    RecipientClass,
    Role,
    SourceKind,
    Trait,
)  # fmt: skip

UNDECIDED = "undecided"
"""The trigger of a period of which the register does not say from which event it is counted."""
_SOURCES = {
    SourceKind.DIRECT: N_("the person"), SourceKind.THIRD_PARTY: N_("somebody else"),
    SourceKind.OBSERVED: N_("observed"), SourceKind.DERIVED: N_("derived from other data"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Said:
    """Words as they stood in a register, and where."""

    words: str
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Kind:
    """A category of data that an activity uses; `key` when the register has a name of its own for it."""

    title: Said
    key: str = ""
    specific: bool = False


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who receives data in an activity, as far as the register says."""

    name: Said
    role: Role | None = None
    kind: RecipientClass | None = None
    country: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """What a register says about one activity. `basis` only when the register names exactly one that is known."""

    title: Said
    basis: LegalBasis | None = None
    basis_said: Said | None = None
    key: str = ""
    data: tuple[Kind, ...] = ()
    system: Said | None = None
    owner: Said | None = None
    system_country: str | None = None
    obligation: Said | None = None
    agreement: Said | None = None
    parties: tuple[Party, ...] = ()
    retention: Said | None = None
    disposal: Disposal | None = None
    safeguards: Said | None = None
    sources: tuple[SourceKind, ...] = ()
    measures: tuple[Said, ...] = ()
    traits: tuple[Trait, ...] = ()
    notes: tuple[Message, ...] = ()
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What a starting model is about: its name, law, first day and controller; `controller` may be unknown."""

    policy: str
    law: LawPack
    effective: date
    controller: Said | None = None
    country: str | None = None
    source: str = ""


@dataclass(slots=True)
class _Joined:
    """Rows of one activity with one basis."""

    first: Activity
    rows: list[Activity] = field(default_factory=list)
    name: str = ""


def as_is(words: str) -> Message:
    """Words of the register as a message that is the same in every language."""
    return Message("{words}", (("words", words),))


def assemble(activities: Iterable[Activity], about: About, words: Words, draft: Draft | None = None) -> Draft:
    """The starting model of a register.

    An activity without one clear legal basis and its evidence, without data, or without a period is kept out of the
    policy and becomes an open decision. What a person must look at stands as `decide` in its entry.
    """
    draft = Draft() if draft is None else draft
    _head(draft, about)
    joined = _join(activities)
    _Assembly(draft, about, words).run(joined)
    left_out = sum(1 for held in draft.sections.get("purposes", {}).values() if held.missing)
    controller = draft.head["controller"]
    if left_out and isinstance(controller, dict):
        asked = say(
            N_("activities that permit nothing until their comment under `purposes` is decided: {count}"), count=left_out
        )
        controller["decide"] = (*controller.get("decide", ()), asked)
    return draft


def _head(draft: Draft, about: About) -> None:
    asked: list[Message] = []
    if about.controller is None:
        asked.append(say(N_("what is the legal name of the controller?")))
    if about.country is None:
        asked.append(say(N_("which is the home country of the controller?")))
    asked.append(say(N_("to which address may people write, and who is the data protection officer?")))
    name = about.controller.words if about.controller else about.policy
    jurisdiction = about.law.jurisdiction
    controller: dict[str, object] = {"name": name, "country": about.country or jurisdiction, "decide": tuple(asked)}
    draft.head = {
        "policy": about.policy,
        "version": 1,
        "title": say(N_("Starting model made from {source}"), source=about.source or about.policy),
        "law": about.law.id,
        "effective": about.effective.isoformat(),
        "controller": controller,
    }
    place = about.controller.place if about.controller else NOWHERE
    draft.decisions += [
        OpenDecision("controller", what, say(N_("no register says it in a form that can be relied on")), place)
        for what in asked
    ]


def _join(activities: Iterable[Activity]) -> list[_Joined]:
    """The activities, rows that speak of the same one with the same basis put together; each with its own name."""
    found: dict[tuple[str, LegalBasis | None, str], _Joined] = {}
    names = _Names()
    for activity in activities:
        unknown = plain(activity.basis_said.words) if activity.basis is None and activity.basis_said else ""
        key = (activity.key or plain(activity.title.words), activity.basis, unknown)
        held = found.get(key)
        if held is None:
            held = found[key] = _Joined(activity, name=names.free(name_of(activity.key or activity.title.words)))
        held.rows.append(activity)
    return list(found.values())


@dataclass(slots=True)
class _Names:
    """Names that were given in one section; a name that is taken gets a number, the next one that is free."""

    given: dict[str, int] = field(default_factory=dict)

    def free(self, name: str) -> str:
        """`name`, or the first of `name-2`, `name-3`, ... that nobody has."""
        free, count = name, self.given.get(name, 1)
        while free in self.given:
            count += 1
            free = f"{name}-{count}"
        self.given[name] = count
        self.given.setdefault(free, 1)
        return free


def _distinct(said: Iterable[Said | None]) -> list[Said]:
    """Each wording once, as first said."""
    found: dict[str, Said] = {}
    for item in said:
        if item is not None:
            found.setdefault(plain(item.words), item)
    return list(found.values())


@dataclass(slots=True)
class _Assembly:
    """Puts the entries of a draft together; remembers the names it gave."""

    draft: Draft
    about: About
    words: Words
    categories: dict[str, str] = field(default_factory=dict)
    names: dict[str, _Names] = field(default_factory=dict)

    def run(self, joined: list[_Joined]) -> None:
        """Every section, in the order of the policy file."""
        for section in ("sources", "data", "notices", "purposes", "recipients", "retention", "systems", "measures"):
            self.draft.sections.setdefault(section, {})
        for group in joined:
            data = tuple(dict.fromkeys(self._category(kind, row) for row in group.rows for kind in row.data))
            self._purpose(group, data)
        self._recipients(joined)
        self._systems(joined)
        for said in _distinct(said for group in joined for row in group.rows for said in row.measures):
            name = self._free("measures", name_of(said.words, "measure"))
            self.draft.add("measures", name, {"title": said.words}, Evidence(said.place, said.words))
            self._ask("measures", name, N_("where is the evidence for this measure filed?"), said.place,
                      N_("a measure without evidence cannot be shown"))  # fmt: skip

    def _free(self, section: str, name: str) -> str:
        return self.names.setdefault(section, _Names()).free(name)

    def _stands(self, section: str, name: str) -> bool:
        return not self.draft.sections[section][name].missing

    def _ask(self, section: str, name: str, what: str, place: Place, why: str, *options: str, **holes: object) -> None:
        made = OpenDecision(f"{section}.{name}", say(what, **holes), say(why, **holes), place, options)
        self.draft.decide(section, name, made)

    def _leave(self, section: str, name: str, what: str, place: Place, why: str, *options: str, **holes: object) -> None:
        made = OpenDecision(f"{section}.{name}", say(what, **holes), say(why, **holes), place, options)
        self.draft.leave_out(section, name, made)

    def _category(self, kind: Kind, row: Activity) -> str:
        key = kind.key or plain(kind.title.words)
        name = self.categories.get(key)
        if name is None:
            wanted = kind.key if is_name(kind.key) else name_of(kind.key or kind.title.words, "data")
            name = self.categories[key] = self._free("data", wanted)
            self._new_category(name, kind)
        entry = self.draft.sections["data"][name]
        sources = entry.values.get("sources", ())
        for source in row.sources:
            if source not in self.draft.sections["sources"]:
                title = say(_SOURCES[source])
                self.draft.add("sources", source, {"title": title, "kind": str(source)})
            if isinstance(sources, tuple) and str(source) not in sources:
                sources = entry.values["sources"] = (*sources, str(source))
        return name

    def _new_category(self, name: str, kind: Kind) -> None:
        law, said = self.about.law, kind.title
        found = self.words.class_of(law.id, said.words, kind.key.replace(".", " "))
        if kind.specific and not (found in law.data_classes and law.data_classes[found or ""].specific):
            found = None
        known = found in law.data_classes
        made = self.draft.add("data", name, {"title": said.words, "class": found if known else "general"},
                              Evidence(said.place, said.words))  # fmt: skip
        if kind.specific and not known:
            made.values["class"] = UNDECIDED
            options = tuple(item.id for item in law.data_classes.values() if item.specific)
            self._leave("data", name, N_("which class of specific data is `{data}`?"), said.place,
                        N_("the register calls it specific and does not say which class it is"), *options, data=name)  # fmt: skip
        elif not known:
            self._ask("data", name, N_("which class of data is `{data}`?"), said.place,
                      N_("no word in its name tells its class; it is taken for general"), *law.data_classes, data=name)  # fmt: skip

    def _purpose(self, group: _Joined, data: tuple[str, ...]) -> None:
        first, name = group.first, group.name
        shared = any(row.parties for row in group.rows)
        values: dict[str, object] = {"title": first.title.words, "basis": str(first.basis or UNDECIDED)}
        made = self.draft.add("purposes", name, values, Evidence(first.title.place, first.title.words))
        made.tags = frozenset(tag for row in group.rows for tag in row.tags)
        values["data"] = tuple(category for category in data if self._stands("data", category))
        if shared:
            values["operations"] = tuple(map(str, (Operation.COLLECT, Operation.USE, Operation.DISCLOSE, Operation.RETAIN)))
        traits = tuple(dict.fromkeys(str(trait) for row in group.rows for trait in row.traits))
        if traits:
            values["traits"] = traits
        notes = tuple(dict.fromkeys(note for row in group.rows for note in row.notes))
        if notes:
            values["note"] = notes
        if not values["data"]:
            self._leave("purposes", name, N_("which personal data does `{purpose}` need?"), first.title.place,
                        N_("the register names none that could be understood"), purpose=name)  # fmt: skip
        self._basis(group)
        self._retention(group)
        if first.basis_said:
            made.evidence.append(Evidence(first.basis_said.place, first.basis_said.words))
        for said in _distinct(row.safeguards for row in group.rows):
            self._ask("purposes", name, N_("which rung of the law's ladder is `{words}`, and where is its evidence?"),
                      said.place, N_("a transfer needs a rung and evidence; the register has words for it"),
                      *self.about.law.rungs, words=said.words)  # fmt: skip

    def _basis(self, group: _Joined) -> None:
        first, name, law = group.first, group.name, self.about.law
        place = first.basis_said.place if first.basis_said else first.title.place
        legal = law.basis(first.basis) if first.basis else None
        if legal is None:
            why = (
                N_("`{words}` is not one legal basis that is known") if first.basis_said
                else N_("the register names no legal basis")
            )  # fmt: skip
            self._leave("purposes", name, N_("which one legal basis does `{purpose}` rest on?"), place, why,
                        *(str(basis.kind) for basis in law.bases.values()), purpose=name,
                        words=first.basis_said.words if first.basis_said else "")  # fmt: skip
            return
        values = self.draft.sections["purposes"][name].values
        if Proof.NOTICE in legal.requires:
            self._notice(name, first)
            values["notice"] = name
        if Proof.AGREEMENT in legal.requires:
            named = _distinct(row.agreement for row in group.rows)
            values["agreements"] = tuple(name_of(said.words, name) for said in named) or (name_of(name),)
            if not named:
                self._ask("purposes", name, N_("which kind of agreement must be on record for `{purpose}`?"), place,
                          N_("the register says that there is a contract and not which"), purpose=name)  # fmt: skip
        obligations = _distinct(row.obligation for row in group.rows)
        if Proof.OBLIGATION in legal.requires:
            if obligations:
                values["obligation"] = "; ".join(said.words for said in obligations)
            else:
                self._leave("purposes", name, N_("which law and article oblige you to `{purpose}`?"), place,
                            N_("a legal obligation rests on a law, and the register names none"), purpose=name)  # fmt: skip
        if Proof.ASSESSMENT in legal.requires:
            self._leave("purposes", name, N_("what does the weighing of interests for `{purpose}` say, and who approved it?"),
                        place, N_("a legitimate interest needs its assessment: purpose, need, balance"), purpose=name)  # fmt: skip
        if first.basis is LegalBasis.CONTRACT and Trait.MARKETING in first.traits:
            self._leave("purposes", name, N_("`{purpose}` is marketing: which other basis does it have?"), place,
                        N_("marketing cannot rest on a contract"), purpose=name)  # fmt: skip

    def _notice(self, name: str, first: Activity) -> None:
        texts: dict[str, object] = {
            wanted.id: say(N_("To be written: {title}"), title=wanted.title) for wanted in self.about.law.notice_fields.values()
        }
        self.draft.add("notices", name, {"title": first.title.words, "version": 1, "fields": texts})
        self._ask("notices", name, N_("what are people told before they consent to `{purpose}`?"), first.title.place,
                  N_("consent counts only under a notice, and a register has none"), purpose=name)  # fmt: skip

    def _retention(self, group: _Joined) -> None:
        name, first = group.name, group.first
        periods = _distinct(row.retention for row in group.rows)
        if not periods:
            self._leave("purposes", name, N_("how long are the data of `{purpose}` kept?"), first.title.place,
                        N_("the register names no period"), purpose=name)  # fmt: skip
            return
        covered: set[str] = set()
        for said in periods:
            rows = [row for row in group.rows if row.retention and plain(row.retention.words) == plain(said.words)]
            data = tuple(dict.fromkeys(self.categories[kind.key or plain(kind.title.words)] for row in rows for kind in row.data))
            if len(periods) > 1 and covered & set(data):
                self._leave("purposes", name, N_("how long are the data of `{purpose}` kept?"), said.place,
                            N_("the register names more than one period for the same data"), purpose=name)  # fmt: skip
                return
            covered |= set(data)
            self._rule(group, said, rows, data if len(periods) > 1 else ())
        if len(periods) > 1 and not {held for held in self._data_of(group) if self._stands("data", held)} <= covered:
            self._leave("purposes", name, N_("how long are the data of `{purpose}` kept?"), first.title.place,
                        N_("the register names a period for some of the data only"), purpose=name)  # fmt: skip

    def _data_of(self, group: _Joined) -> set[str]:
        return {self.categories[kind.key or plain(kind.title.words)] for row in group.rows for kind in row.data}

    def _rule(self, group: _Joined, said: Said, rows: list[Activity], data: tuple[str, ...]) -> None:
        found = self.words.period_of(said.words)
        if found is None:
            self._leave("purposes", group.name, N_("how long are the data of `{purpose}` kept?"), said.place,
                        N_("`{words}` is not one period"), purpose=group.name, words=said.words)  # fmt: skip
            return
        period, event = found
        disposals = {row.disposal for row in rows if row.disposal}
        name = self._free("retention", group.name)
        live = tuple(category for category in data if self._stands("data", category))
        values: dict[str, object] = {"title": group.first.title.words, "purposes": (group.name,), "period": str(period),
                                     "trigger": name_of(event, UNDECIDED) if event else UNDECIDED,
                                     "then": str(disposals.pop() if len(disposals) == 1 else Disposal.DELETE)}  # fmt: skip
        if live:
            values["data"] = live
        known = len({row.disposal for row in rows if row.disposal}) == 1
        self.draft.add("retention", name, values, Evidence(said.place, said.words))
        if not event:
            self._ask("retention", name, N_("from which event is the period of `{rule}` counted?"), said.place,
                      N_("the register names a length of time and no event"), rule=name)  # fmt: skip
        if not known:
            self._ask("retention", name, N_("what happens to the data when the period of `{rule}` is over?"), said.place,
                      N_("the register does not say it; deletion is taken"), *map(str, Disposal), rule=name)  # fmt: skip

    def _recipients(self, joined: list[_Joined]) -> None:
        found: dict[str, tuple[list[Party], list[str]]] = {}
        for group in joined:
            for party in (party for row in group.rows for party in row.parties):
                parties, purposes = found.setdefault(plain(party.name.words), ([], []))
                parties.append(party)
                purposes.append(group.name)
        live = self.draft.live("purposes")
        withdrawn: set[str] = set()
        for name, rule in self.draft.sections["retention"].items():
            kept = [purpose for purpose in _names(rule.values, "purposes") if purpose in live]
            if not kept:
                rule.missing.append(say(N_("it comes in with its purpose")))
                withdrawn.add(f"retention.{name}")
        for parties, purposes in found.values():
            self._recipient(parties, tuple(dict.fromkeys(purposes)), live)
        for name, notice in self.draft.sections["notices"].items():
            if name not in live:
                notice.missing.append(say(N_("it comes in with its purpose")))
                withdrawn.add(f"notices.{name}")
        # Questions about an entry that is not in the policy yet are asked when it comes in.
        self.draft.decisions = [item for item in self.draft.decisions if item.entry not in withdrawn]

    def _recipient(self, parties: list[Party], purposes: tuple[str, ...], live: Iterable[str]) -> None:
        said = parties[0].name
        name = self._free("recipients", name_of(said.words, "recipient"))
        roles, kinds = {party.role for party in parties} - {None}, {party.kind for party in parties} - {None}
        countries = {party.country for party in parties if party.country}
        role = roles.pop() if len(roles) == 1 else None
        kind = kinds.pop() if len(kinds) == 1 else _SAME.get(role) if role else None
        role = role or (_AS_ROLE.get(kind) if kind else None)
        reached = tuple(purpose for purpose in purposes if purpose in live)
        values: dict[str, object] = {
            "title": said.words, "class": str(kind or RecipientClass.OTHER), "role": str(role or Role.THIRD_PARTY),
            "country": countries.pop() if len(countries) == 1 else UNDECIDED, "purposes": reached or purposes,
        }  # fmt: skip
        made = self.draft.add("recipients", name, values, Evidence(said.place, said.words))
        if values["country"] == UNDECIDED:
            self._leave("recipients", name, N_("in which one country does `{recipient}` receive the data?"), said.place,
                        N_("the register names none that is known, or more than one"), recipient=name)  # fmt: skip
        elif not reached:
            made.missing.append(say(N_("it comes in with its purpose")))
        if kind is None:
            self._ask("recipients", name, N_("which kind of party is `{recipient}`?"), said.place,
                      N_("the register does not say it in words that are known"), *map(str, RecipientClass), recipient=name)  # fmt: skip
        if role is None:
            self._ask("recipients", name, N_("which part does `{recipient}` play?"), said.place,
                      N_("the register does not say it in words that are known"), *map(str, Role), recipient=name)  # fmt: skip

    def _systems(self, joined: list[_Joined]) -> None:
        found: dict[str, list[tuple[str, Activity]]] = {}
        for group in joined:
            for row in group.rows:
                if row.system:
                    found.setdefault(plain(row.system.words), []).append((group.name, row))
        purposes, data = self.draft.live("purposes"), self.draft.live("data")
        for rows in found.values():
            first = rows[0][1]
            said = first.system or first.title
            name = self._free("systems", name_of(said.words, "system"))
            held = {self.categories[kind.key or plain(kind.title.words)]: None for _, row in rows for kind in row.data}
            values: dict[str, object] = {"title": said.words}
            owners = _distinct(row.owner for _, row in rows)
            if owners:
                values["owner"] = "; ".join(" ".join(owner.words.split()) for owner in owners)
            countries = {row.system_country for _, row in rows if row.system_country}
            if len(countries) == 1:
                values["country"] = countries.pop()
            values["purposes"] = tuple(dict.fromkeys(purpose for purpose, _ in rows if purpose in purposes))
            values["data"] = tuple(category for category in held if category in data)
            self.draft.add("systems", name, {key: value for key, value in values.items() if value != ()},
                           Evidence(said.place, said.words))  # fmt: skip


_SAME = {Role.PROCESSOR: RecipientClass.PROCESSOR, Role.SUB_PROCESSOR: RecipientClass.PROCESSOR,
         Role.AUTHORITY: RecipientClass.AUTHORITY}  # fmt: skip
_AS_ROLE = {RecipientClass.PROCESSOR: Role.PROCESSOR, RecipientClass.AUTHORITY: Role.AUTHORITY}


def _names(values: dict[str, object], key: str) -> tuple[str, ...]:
    held = values.get(key, ())
    return tuple(map(str, held)) if isinstance(held, tuple) else ()
