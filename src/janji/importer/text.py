"""A published text that was read, put together as a starting model: each entry with its clauses and the words it rests on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date

from janji.importer.activities import UNDECIDED
from janji.importer.draft import Draft, DraftEntry, Evidence, OpenDecision, Unmapped, name_of
from janji.importer.mentions import Mention, Reading
from janji.importer.particulars import Particulars, particulars
from janji.importer.periods import Kept, general, kept, promised
from janji.law.model import Evidence as Proof
from janji.law.model import LawPack
from janji.terms.messages import N_, printable, say
from janji.terms.places import Place
from janji.terms.processing import (
    ClauseKind,
    Disposal,
    LegalBasis,
    Operation,
    RecipientClass,
    Role,
    SourceKind,
    Trait,
)  # fmt: skip
from janji.terms.texts import Text

SHOWN = 3
"""How many places an entry's comment shows; `evidence.json` has them all."""
SECTIONS = (
    "entities", "sources", "data", "channels", "notices", "touchpoints", "purposes", "recipients", "transfers",
    "retention", "trackers", "rights", "measures",
)  # fmt: skip
_ADULT = 22
"""An age from which nobody is called a child."""
_DIRECT = {SourceKind.DIRECT: "person", SourceKind.OBSERVED: "observed"}
"""The source of data at a touchpoint, by how they arrive there."""


@dataclass(frozen=True, slots=True)
class Occasion:
    """What a text is imported for: the model's name, its law, its first day, and where each character stood."""

    policy: str
    law: LawPack
    effective: date
    source: str
    place: Callable[[int], Place]


@dataclass(slots=True)
class TextDraft:
    """A starting model of a text: the draft, its clauses, and the mentions that each entry rests on."""

    draft: Draft
    clauses: Draft
    evidence: dict[str, list[Mention]] = field(default_factory=dict)


def assemble_text(reading: Reading, occasion: Occasion) -> TextDraft:
    """The starting model of a text that was read.

    A purpose comes in only when one clause names it, its data and exactly one legal basis, and the law asks for nothing
    that no text can show; everything else stands as a comment with the question that a person must answer.
    """
    made = _Assembly(reading, occasion, particulars(reading))
    made.run()
    return made.made


class _Assembly:
    """Puts the entries of a draft together; remembers what it found in each clause."""

    def __init__(self, reading: Reading, occasion: Occasion, company: Particulars) -> None:
        self.reading, self.occasion, self.company = reading, occasion, company
        self.draft = Draft(sections={name: {} for name in SECTIONS})
        self.made = TextDraft(self.draft, Draft(sections={"clauses": {}}))
        self.kept = kept(reading)

    def run(self) -> None:
        """Everything, in the order in which the parts need each other."""
        self._clauses()
        self._controller()
        self._sources()
        self._data()
        self._plain("channels")
        self._plain("measures")
        self._purposes()
        self._retention()
        self._close()
        self._touchpoints()
        self._recipients()
        self._transfers()
        self._trackers()
        self._rights()
        self._children()
        self._elsewhere()
        self._blanks()

    # what entries are made of

    def _found(self, section: str) -> dict[str, list[Mention]]:
        return self.reading.found[section]

    def _ids(self, mentions: Iterable[Mention]) -> tuple[str, ...]:
        names = self.reading.names
        return tuple(dict.fromkeys(names[item.segment] for item in mentions if item.segment in names))

    def _title(self, section: str, name: str) -> Text:
        return self.reading.term(section, name).title

    def _here(self, mention: Mention) -> Place:
        return self.occasion.place(mention.start)

    def _add(self, section: str, name: str, values: dict[str, object], mentions: list[Mention]) -> DraftEntry:
        """A new entry that cites the clauses of its mentions and shows the first of them."""
        made = self.draft.add(section, name, {**values, "clauses": self._ids(mentions)}, *self._comments(mentions))
        self.made.evidence[f"{section}.{name}"] = mentions
        return made

    def _comments(self, mentions: Iterable[Mention]) -> list[Evidence]:
        shown = {item.segment: item for item in reversed(list(mentions)) if item.segment in self.reading.names}
        first = sorted(shown.values(), key=lambda item: item.start)[:SHOWN]
        return [Evidence(Place(self.reading.names[item.segment]), self.reading.quote(item)) for item in first]

    def _ask(self, entry: str, mention: Mention | None, what: str, why: str, *options: str, **words: object) -> None:
        """Leave a question at an entry that stands: `section.name`, or a name at the top of the policy."""
        section, _, name = entry.partition(".")
        self.draft.decide(section, name, self._decision(entry, mention, what, why, options, words))

    def _leave(self, entry: str, mention: Mention | None, what: str, why: str, *options: str, **words: object) -> None:
        """Keep an entry out of the policy until a person decides."""
        section, _, name = entry.partition(".")
        self.draft.leave_out(section, name, self._decision(entry, mention, what, why, options, words))

    def _decision(
        self, entry: str, mention: Mention | None, what: str, why: str, options: tuple[str, ...], words: dict[str, object]
    ) -> OpenDecision:
        clause = self.reading.names.get(mention.segment, "-") if mention else "-"
        place = self._here(mention) if mention else Place(self.occasion.source)
        said = {"clause": clause, **words}
        return OpenDecision(entry, say(what, **said), say(why, **said), place, options)

    def _live(self, section: str, segment: int) -> tuple[str, ...]:
        """The entries of a section that stand and are named in a segment."""
        held = self.draft.sections[section]
        return tuple(name for name in self.reading.named(section, segment) if name in held and not held[name].missing)

    # the parts

    def _clauses(self) -> None:
        reading = self.reading
        for at, name in reading.names.items():
            segment = reading.document.segments[at]
            words = printable(" ".join(reading.document.words(segment).split()))
            if not words:
                continue
            says = Text(((reading.language, words),))
            values: dict[str, object] = {"kind": str(reading.kinds[at]), "says": says}
            self.made.clauses.add("clauses", name, values, Evidence(self.occasion.place(segment.start)))
            if reading.kinds[at] is ClauseKind.DEFECT:
                mention = Mention(name, segment.start, segment.stop, at, reading.last[at])
                decision = self._decision(f"clauses.{name}", mention, N_("what shall clause {clause} say?"),
                                          N_("its words look like a note of a drafter: `{words}`"), (), {"words": words[:120]})  # fmt: skip
                self.made.clauses.decide("clauses", name, decision)
                self.draft.decisions.append(decision)

    def _controller(self) -> None:
        found, law, occasion = self.company.found, self.occasion.law, self.occasion
        name = found.get("name")
        asked: list[OpenDecision] = []
        values: dict[str, object] = {"name": name.name if name else occasion.policy,
                                     "country": self.company.home.name if self.company.home else law.jurisdiction[:2]}  # fmt: skip
        for key in ("address", "phone", "email", "url"):
            if key in found:
                values[key] = printable(found[key].name)
        officer = self.company.officer
        if officer:
            values["officer"] = {key: item.name for key, item in officer.items()}
        if name is None:
            asked.append(self._decision("controller", None, N_("what is the legal name of the controller?"),
                                        N_("the text names no company in a form that can be relied on"), (), {}))  # fmt: skip
        if self.company.home is None:
            asked.append(self._decision("controller", None, N_("which is the home country of the controller?"),
                                        N_("the text does not say it; the country of the law pack is taken"), (), {}))  # fmt: skip
        if "email" not in found and "url" not in found:
            asked.append(self._decision("controller", found.get("phone") or name, N_("to which address may people write?"),
                                        N_("the text has neither an e-mail address nor a web page for it"), (), {}))  # fmt: skip
        if not officer:
            why = (N_("clause {clause} speaks of an officer and gives no address") if self.company.officer_named
                   else N_("the text names none"))  # fmt: skip
            asked.append(self._decision("controller", self.company.officer_named,
                                        N_("who is the data protection officer, and how is the officer reached?"), why, (), {}))  # fmt: skip
        asked.append(self._decision("effective", None, N_("from which day is the text in force, and what is it called?"),
                                    N_("the day of the import is taken, and the name of the file"), (), {}))  # fmt: skip
        asked.append(self._decision("controller", None, N_("are all questions of the import answered?"),
                                    N_("entries that were left out are comments that begin with `#|`, and permit nothing"), (), {}))  # fmt: skip
        mentions = [*found.values(), *officer.values(), *([self.company.home] if self.company.home else [])]
        values["clauses"] = self._ids(mentions)
        if asked:
            values["decide"] = tuple(item.what for item in asked)
        self.draft.decisions += asked
        self.made.evidence["controller"] = mentions
        language = self.reading.language
        self.draft.head = {
            "policy": occasion.policy, "version": 1,
            "title": say(N_("Starting model made from {source}"), source=occasion.source), "law": law.id,
            "effective": occasion.effective.isoformat(), "languages": (language,), "include": ("clauses.yaml",),
            "controller": values,
        }  # fmt: skip
        for company in self.company.companies:
            if not self._receives(company.segment):
                key = name_of(company.name, "company")
                self._add("entities", key, {"name": company.name, "role": str(Role.THIRD_PARTY)}, [company])
                self._ask(f"entities.{key}", company, N_("which part does `{name}` play?"),
                          N_("clause {clause} names it without saying so"), *map(str, Role), name=company.name)  # fmt: skip

    def _receives(self, segment: int) -> bool:
        """Whether a clause is about those who receive data."""
        return bool(self.reading.topics[segment] & {"recipients", "transfers"})

    def _plain(self, section: str) -> None:
        """Entries that need nothing but a title."""
        for name, mentions in self._found(section).items():
            term = self.reading.term(section, name)
            values: dict[str, object] = {"title": term.title}
            if not term.electronic:
                values["electronic"] = False
            self._add(section, name, values, mentions)

    def _open(self, section: str, name: str, mentions: list[Mention]) -> bool:
        """Whether a term names nothing in particular; then its entry stays out."""
        term = self.reading.term(section, name)
        if term.open:
            self._leave(f"{section}.{name}", mentions[0], N_("what does `{words}` in clause {clause} stand for?"),
                        N_("the words leave it open, and what is open permits nothing"), words=self.reading.quote(mentions[0]))  # fmt: skip
        return term.open

    def _sources(self) -> None:
        for name, mentions in self._found("sources").items():
            term = self.reading.term("sources", name)
            self._add("sources", name, {"title": term.title, "kind": term.kind or str(SourceKind.THIRD_PARTY)}, mentions)
            self._open("sources", name, mentions)

    def _source(self, kind: SourceKind, mentions: list[Mention]) -> str:
        """The name of a source of a kind that is named in the same clauses, else anywhere."""
        live = self.draft.live("sources")
        for mention in mentions:
            for name in self._live("sources", mention.segment):
                if live[name].values["kind"] == str(kind):
                    return name
        name = _DIRECT.get(kind) or next((key for key, held in live.items() if held.values["kind"] == str(kind)), "")
        return name if name in live else UNDECIDED

    def _data(self) -> None:
        law = self.occasion.law
        for name, mentions in self._found("data").items():
            term = self.reading.term("data", name)
            wanted = term.classes.get(law.id, "general")
            values: dict[str, object] = {"title": term.title, "class": wanted if wanted in law.data_classes else UNDECIDED}
            if term.identifier:
                values["identifier"] = True
            sources = dict.fromkeys(source for item in mentions for source in self._live("sources", item.segment))
            if sources:
                values["sources"] = tuple(sources)
            if term.term:
                values["term"] = term.term
            self._add("data", name, values, mentions)
            if not self._open("data", name, mentions) and values["class"] == UNDECIDED:
                self._leave(f"data.{name}", mentions[0], N_("which class of data is `{data}`?"),
                            N_("the law pack has no class called `{word}`"), *law.data_classes, data=term.title, word=wanted)  # fmt: skip

    # purposes

    def _one_sentence(self, segment: int) -> list[int]:
        """A clause with the clause that leads to it or the items that it leads to: one sentence over several segments."""
        found = [segment]
        above = next(self.reading.above(segment), None)
        if above is not None and self._leads(above):
            found.append(above)
        if self._leads(segment):
            found += self.reading.below.get(segment, [])
        return found

    def _leads(self, segment: int) -> bool:
        return self.reading.document.words(self.reading.document.segments[segment]).rstrip().endswith(":")

    def _bases(self) -> dict[int, dict[LegalBasis, Mention]]:
        """The legal bases that each segment names."""
        found: dict[int, dict[LegalBasis, Mention]] = {}
        for name, mentions in self._found("bases").items():
            basis = self.reading.term("bases", name).basis
            for item in mentions if basis else ():
                found.setdefault(item.segment, {}).setdefault(basis or LegalBasis.CONSENT, item)
        return found

    def _purposes(self) -> None:
        bases = self._bases()
        for name, mentions in self._found("purposes").items():
            term = self.reading.term("purposes", name)
            data = tuple(dict.fromkeys(
                category for item in mentions for at in self._one_sentence(item.segment) for category in self._live("data", at)
            ))  # fmt: skip
            values: dict[str, object] = {"title": term.title, "basis": UNDECIDED, "data": data}
            channels = dict.fromkeys(channel for item in mentions for channel in self._live("channels", item.segment))
            if channels and Trait.MARKETING in term.traits:
                values["channels"] = tuple(channels)
            if any(self.reading.named("recipients", item.segment) for item in mentions):
                values["operations"] = tuple(map(str, (Operation.COLLECT, Operation.USE, Operation.DISCLOSE, Operation.RETAIN)))
            if term.traits:
                values["traits"] = tuple(map(str, term.traits))
            if term.term:
                values["term"] = term.term
            self._add("purposes", name, values, mentions)
            if self._open("purposes", name, mentions):
                continue
            self._basis(name, mentions, bases)
            if not data:
                self._leave(f"purposes.{name}", mentions[0], N_("which personal data does `{purpose}` need?"),
                            N_("no clause names both the purpose and its data"), purpose=term.title)  # fmt: skip

    def _basis(self, name: str, mentions: list[Mention], bases: dict[int, dict[LegalBasis, Mention]]) -> None:
        entry, title = f"purposes.{name}", self._title("purposes", name)
        options = tuple(str(basis.kind) for basis in self.occasion.law.bases.values())
        named = self._bases_of(mentions, bases)
        what = N_("which one legal basis does `{purpose}` rest on?")
        first = next(iter(named.values()), mentions[0])
        self.made.evidence[entry] = [*mentions, *named.values()]
        values = self.draft.sections["purposes"][name].values
        if not named:
            self._leave(entry, first, what, N_("the text names no legal basis for it"), *options, purpose=title)
            return
        said = ", ".join(f"`{basis}`" for basis in named)
        if len(named) > 1:
            self._leave(entry, first, what, N_("the text names more than one: {words}"), *map(str, named), purpose=title, words=said)
            return
        basis = next(iter(named))
        values["basis"] = str(basis)
        values["clauses"] = tuple(dict.fromkeys((*self._ids(mentions), *self._ids(named.values()))))
        ways = [way for way in self.reading.beside("claims", first.sentence) if self.reading.term("claims", way).open]
        if ways:
            self._leave(entry, first, what, N_("clause {clause} names {words}, and another way beside it: {ways}"),
                        *options, purpose=title, words=said, ways=self._title("claims", ways[0]))  # fmt: skip
        beside = [item for item in mentions if first.segment in self._one_sentence(item.segment)]
        alone = any(len(self.reading.beside("purposes", item.sentence)) == 1 for item in beside)
        if not alone or len(bases[first.segment]) > 1:
            self._leave(entry, first, N_("does `{purpose}` rest on {words}?"),
                        N_("clause {clause} names this basis, and not for this purpose alone"), purpose=title, words=said)  # fmt: skip
        self._proof(name, basis, first)

    def _bases_of(
        self, mentions: list[Mention], bases: dict[int, dict[LegalBasis, Mention]]
    ) -> dict[LegalBasis, Mention]:  # fmt: skip
        """The bases named for a purpose: in its sentence, else in its clause, else in the clause that leads to it."""
        found: dict[LegalBasis, Mention] = {}
        for mention in mentions:
            here = bases.get(mention.segment, {})
            beside = {basis: item for basis, item in here.items() if item.sentence == mention.sentence}
            above = next((bases[at] for at in self.reading.above(mention.segment) if at in bases), {})
            found |= {basis: item for basis, item in (beside or here or above).items() if basis not in found}
        return found

    def _proof(self, name: str, basis: LegalBasis, mention: Mention) -> None:
        """What the law wants shown for a basis: asked for, or the reason to keep the purpose out."""
        entry, title, law = f"purposes.{name}", self._title("purposes", name), self.occasion.law
        held = self.draft.sections["purposes"][name]
        legal = law.basis(basis)
        if legal is None:
            self._leave(entry, mention, N_("which one legal basis does `{purpose}` rest on?"),
                        N_("the law pack does not know `{words}`"), purpose=title, words=str(basis))  # fmt: skip
            return
        if Proof.NOTICE in legal.requires:
            texts: dict[str, object] = {
                wanted.id: say(N_("To be written: {title}"), title=wanted.title) for wanted in law.notice_fields.values()
            }
            self.draft.add("notices", name, {"title": title, "version": 1, "fields": texts,
                                             "clauses": held.values["clauses"]})  # fmt: skip
            held.values["notice"] = name
            self._ask(f"notices.{name}", mention, N_("what are people told before they consent to `{purpose}`?"),
                      N_("consent counts only under a notice, and a published text is none"), purpose=title)  # fmt: skip
        if Proof.AGREEMENT in legal.requires:
            held.values["agreements"] = (name_of(name),)
            self._ask(entry, mention, N_("which kind of agreement must be on record for `{purpose}`?"),
                      N_("clause {clause} speaks of an agreement and not of its record"), purpose=title)  # fmt: skip
        if Proof.OBLIGATION in legal.requires:
            self._leave(entry, mention, N_("which law and article oblige you to `{purpose}`?"),
                        N_("a legal obligation rests on a law; look at clause {clause}"), purpose=title)  # fmt: skip
        if Proof.ASSESSMENT in legal.requires:
            self._leave(entry, mention, N_("what does the weighing of interests for `{purpose}` say, and who approved it?"),
                        N_("a legitimate interest needs its assessment: purpose, need, balance"), purpose=title)  # fmt: skip
        traits = self.reading.term("purposes", name).traits
        if basis is LegalBasis.CONTRACT and Trait.MARKETING in traits:
            self._leave(entry, mention, N_("`{purpose}` is marketing: which other basis does it have?"),
                        N_("marketing cannot rest on a contract"), purpose=title)  # fmt: skip
        if Trait.AUTOMATED_DECISION in traits:
            self._leave(entry, mention, N_("how does the machine decide for `{purpose}`, and how does a person review it?"),
                        N_("a decision by machine needs its logic, its effect and its review"), purpose=title)  # fmt: skip

    # periods

    def _retention(self) -> None:
        if not self.kept:
            mention = next(iter(self._found("deadlines").get("as-long-as", [])), None)
            decision = self._decision("retention", mention, N_("how long are the data kept?"),
                                      N_("the text names no period in numbers"), (), {})  # fmt: skip
            self.draft.decisions.append(decision)
            controller = self.draft.head["controller"]
            if isinstance(controller, dict):
                controller["decide"] = (*controller.get("decide", ()), decision.what)
        for item in self.kept:
            data = tuple(name for name in item.data if name in self.draft.live("data"))
            purposes = item.purposes
            about = [*(self._title("purposes", name) for name in purposes), *(self._title("data", name) for name in data)]
            title: object = say(N_("kept for {period}"), period=str(item.period))
            if about:
                title = say(N_("{what}: kept for {period}"), what=about[0], period=str(item.period))
            name = _free(name_of(f"{(purposes or data or ('data',))[0]}-{item.period}"), self.draft.sections["retention"])
            values: dict[str, object] = {"title": title, "period": str(item.period), "trigger": item.event or UNDECIDED,
                                         "then": str(item.then or Disposal.DELETE)}  # fmt: skip
            values |= {key: held for key, held in (("data", data), ("purposes", purposes)) if held}
            self._add("retention", name, values, [item.mention])
            self._ask_about_period(name, item)

    def _ask_about_period(self, name: str, item: Kept) -> None:
        entry = f"retention.{name}"
        if not item.data and not item.purposes and not general(self.reading, item):
            self._leave(entry, item.mention, N_("to which data does the period of `{rule}` apply?"),
                        N_("no data in `{words}` are known to the vocabulary"), rule=name,
                        words=self.reading.saying(item.mention)[:160])  # fmt: skip
        if not item.event:
            self._ask(entry, item.mention, N_("from which event is the period of `{rule}` counted?"),
                      N_("clause {clause} names a length of time and no event that is known"), rule=name)  # fmt: skip
        if item.then is None:
            self._ask(entry, item.mention, N_("what happens to the data when the period of `{rule}` is over?"),
                      N_("clause {clause} does not say it; deletion is taken"), *map(str, Disposal), rule=name)  # fmt: skip

    def _close(self) -> None:
        """Purposes that have no single period stay out, and so do the periods and notices of such purposes."""
        self._apart()
        rules = self.draft.live("retention").values()
        for name, held in self.draft.live("purposes").items():
            bare = [item for item in _tuple(held.values, "data") if not any(_covers(rule, name, item) for rule in rules)]
            if bare:
                self._leave(f"purposes.{name}", self.made.evidence[f"purposes.{name}"][0],
                            N_("how long are the data of `{purpose}` kept?"),
                            N_("the text names no period for them"), purpose=self._title("purposes", name))  # fmt: skip
        live = self.draft.live("purposes")
        for name, rule in self.draft.sections["retention"].items():
            named = _tuple(rule.values, "purposes")
            stay = tuple(purpose for purpose in named if purpose in live)
            if named and not stay:
                self._with_purpose("retention", name)
            elif named:
                rule.values["purposes"] = stay
        for name in self.draft.sections["notices"]:
            if name not in live:
                self._with_purpose("notices", name)

    def _apart(self) -> None:
        """Of periods that would hold for the same data, the first one stands."""
        taken: dict[tuple[frozenset[str], frozenset[str]], str] = {}
        for name, held in self.draft.live("retention").items():
            data, purposes = frozenset(_tuple(held.values, "data")), frozenset(_tuple(held.values, "purposes"))
            clash = next((other for (one, two), other in taken.items()
                          if bool(one) == bool(data) and bool(two) == bool(purposes)
                          and (not data or one & data) and (not purposes or two & purposes)), None)  # fmt: skip
            if clash is None:
                taken[data, purposes] = name
            else:
                self._leave(f"retention.{name}", self.made.evidence[f"retention.{name}"][0],
                            N_("to which data does `{rule}` apply, and to which `{other}`?"),
                            N_("both periods would hold for the same data"), rule=name, other=clash)  # fmt: skip

    def _with_purpose(self, section: str, name: str) -> None:
        self.draft.sections[section][name].missing.append(say(N_("it comes in with its purpose")))
        self.draft.decisions = [item for item in self.draft.decisions if item.entry != f"{section}.{name}"]

    # where data come in and go out

    def _serves(self, mentions: list[Mention]) -> tuple[str, ...]:
        """The purposes that stand and are named in the same clauses."""
        return tuple(dict.fromkeys(name for item in mentions for name in self._live("purposes", item.segment)))

    def _near(self, section: str, mentions: list[Mention]) -> tuple[str, ...]:
        """The entries of a section named in the same clauses, whether they stand or not."""
        return tuple(dict.fromkeys(name for item in mentions for name in self.reading.named(section, item.segment)))

    def _touchpoints(self) -> None:
        for name, mentions in self._found("touchpoints").items():
            term = self.reading.term("touchpoints", name)
            purposes = self._serves(mentions)
            data = dict.fromkeys(category for item in mentions for category in self._live("data", item.segment))
            values: dict[str, object] = {
                "title": term.title, "source": self._source(term.source or SourceKind.DIRECT, mentions),
                "purposes": purposes or self._near("purposes", mentions) or (UNDECIDED,),
                "fields": {category.replace(".", "-"): {"data": category} for category in data},
            }  # fmt: skip
            self._add("touchpoints", name, values, mentions)
            if self._open("touchpoints", name, mentions):
                continue
            self._leave(f"touchpoints.{name}", mentions[0], N_("for which purposes are data collected at `{name}`, and which?"),
                        N_("clause {clause} names the place, and a field needs a purpose that stands"), name=term.title)  # fmt: skip

    def _recipients(self) -> None:
        named = [item for item in self.company.companies if self._receives(item.segment)]
        for company in named:
            kinds = [self.reading.term("recipients", name) for name in self._near("recipients", [company])]
            kind = next((term for term in kinds if not term.open), None)
            self._recipient(name_of(company.name, "recipient"), company.name, kind.kind if kind else "",
                            kind.role if kind else None, [company])  # fmt: skip
        sentences = {item.sentence for item in named}
        for name, mentions in self._found("recipients").items():
            term = self.reading.term("recipients", name)
            others = [item for item in mentions if term.open or item.sentence not in sentences]
            if others:
                self._recipient(name, term.title, term.kind, term.role, others)
                self._open("recipients", name, others)

    def _recipient(self, name: str, title: object, kind: str, role: Role | None, mentions: list[Mention]) -> None:
        name = _free(name, self.draft.sections["recipients"])
        countries = tuple(code for code in self._near("countries", mentions) if not self.reading.term("countries", code).open)
        data = tuple(dict.fromkeys(category for item in mentions for category in self._live("data", item.segment)))
        values: dict[str, object] = {
            "title": title, "class": kind or str(RecipientClass.OTHER), "role": str(role or Role.THIRD_PARTY),
            "country": countries[0] if len(countries) == 1 else UNDECIDED,
            "purposes": self._near("purposes", mentions) or (UNDECIDED,),
        }  # fmt: skip
        if data:
            values["data"] = data
        self._add("recipients", name, values, mentions)
        entry = f"recipients.{name}"
        if isinstance(title, Text):
            self._leave(entry, mentions[0], N_("who are `{recipient}` by name?"),
                        N_("clause {clause} names a kind of party and nobody in particular"), recipient=title)  # fmt: skip
        elif not kind:
            self._leave(entry, mentions[0], N_("which kind of party is `{recipient}`, and which part does it play?"),
                        N_("clause {clause} does not say it in words that are known"), *map(str, RecipientClass), recipient=title)  # fmt: skip
        if len(countries) != 1:
            self._leave(entry, mentions[0], N_("in which one country does `{recipient}` receive the data?"),
                        N_("clause {clause} names none, or more than one"), recipient=title)  # fmt: skip
        self._leave(entry, mentions[0], N_("for which purposes does `{recipient}` receive which data, under which agreement?"),
                    N_("no published text shows the agreement"), recipient=title)  # fmt: skip

    def _transfers(self) -> None:
        home = self.company.home.name if self.company.home else self.occasion.law.jurisdiction
        abroad = {code: items for code, items in self._found("countries").items()
                  if code != home and not self.reading.term("countries", code).open}  # fmt: skip
        abroad = {code: [item for item in items if self._sends(item)] for code, items in abroad.items()}
        abroad = {code: items for code, items in abroad.items() if items}
        ways = self._found("transfers")
        for code, items in abroad.items():
            recipients = self._near("recipients", items) or (UNDECIDED,)
            values: dict[str, object] = {"recipients": recipients, "countries": (code,)}
            name = name_of(self._title("countries", code).get("en"))
            self._add("transfers", name, values, items)
            words = ", ".join(self.reading.quote(item[0]) for item in ways.values()) or "-"
            self._leave(f"transfers.{name}", items[0], N_("who receives data in `{country}`, on which rung, and where is its evidence?"),
                        N_("a transfer needs a rung and evidence; the text says: {words}"), *self.occasion.law.rungs,
                        country=self._title("countries", code), words=words)  # fmt: skip
        for name, items in self._found("countries").items():
            if self.reading.term("countries", name).open and any(self._sends(item) for item in items) and not abroad:
                self.draft.decisions.append(self._decision(
                    "transfers", items[0], N_("to which countries are data sent?"),
                    N_("clause {clause} speaks of other countries and names none"), (), {}))  # fmt: skip

    def _sends(self, mention: Mention) -> bool:
        if self.reading.topics[mention.segment] & {"transfers", "recipients"}:
            return True
        return self.reading.says("signal/send", mention.sentence)

    def _trackers(self) -> None:
        for name, mentions in self._found("trackers").items():
            term = self.reading.term("trackers", name)
            purposes = self._serves(mentions)
            near = purposes or self._near("purposes", mentions)
            values: dict[str, object] = {"title": term.title, "kind": term.kind, "party": str(term.party),
                                         "purpose": near[0] if len(near) == 1 else UNDECIDED}  # fmt: skip
            self._add("trackers", name, values, mentions)
            if len(purposes) != 1:
                self._leave(f"trackers.{name}", mentions[0], N_("for which one purpose is `{tracker}` set, and for how long?"),
                            N_("clause {clause} names none that stands, or more than one"), *near, tracker=term.title)  # fmt: skip

    # what is promised to people

    def _rights(self) -> None:
        law = self.occasion.law
        periods = promised(self.reading)
        for name, mentions in self._found("rights").items():
            term = self.reading.term("rights", name)
            values: dict[str, object] = {"title": term.title}
            if term.right in law.rights:
                values["right"] = term.right
            at = {held.segment for held in mentions}
            within = {str(period): item for period, item in periods if item.segment in at}
            if len(within) == 1 and "right" in values:
                values["within"] = next(iter(within))
            self._add("rights", name, values, [*mentions, *(within.values() if "within" in values else ())])
            if len(within) > 1:
                self._ask(f"rights.{name}", mentions[0], N_("within which period is `{right}` answered?"),
                          N_("its clauses name more than one: {words}"), *within, right=term.title, words=", ".join(within))  # fmt: skip
        if not any("within" in held.values for held in self.draft.sections["rights"].values()):
            for period, item in periods[:1]:
                self.draft.decisions.append(self._decision(
                    "rights", item, N_("to which rights does the answer within {period} apply?"),
                    N_("clause {clause} promises it for no right in particular"), (), {"period": str(period)}))  # fmt: skip

    def _children(self) -> None:
        law, reading = self.occasion.law, self.reading
        ages = [
            (int(reading.words.items[match.last - 1][:3]), _mention_of(reading, match.first, match.last))
            for match in reading.matches.get("signal/age", ()) if reading.words.items[match.last - 1].isdecimal()
        ]  # fmt: skip
        ages += [
            (length.period.months // 12, _mention_of(reading, length.first, length.last))
            for length in reading.lengths if length.period.months >= 12 and not ages
        ]  # fmt: skip
        ages = [
            (age, item) for age, item in ages
            if age < _ADULT and "children" in reading.topics[item.segment]
            and reading.says("signal/child", item.sentence) and not reading.says("signal/keep", item.sentence)
        ]  # fmt: skip
        mentions = [item for _, item in ages] or self._found("actors").get("child", [])
        if not mentions:
            return
        least = law.child_under(self.occasion.effective)
        said = {age for age, _ in ages}
        under = next(iter(said)) if len(said) == 1 else least
        values: dict[str, object] = {"under": max(under, least), "clauses": self._ids(mentions)}
        if len(said) != 1 or under < least:
            decision = self._decision(
                "children", mentions[0], N_("below which age is a person a child?"),
                N_("the text says {words}; the law's age is taken"), (),
                {"words": ", ".join(map(str, sorted(said))) or "-"})  # fmt: skip
            values["decide"] = (decision.what,)
            self.draft.decisions.append(decision)
        self.draft.head["children"] = values
        self.made.evidence["children"] = mentions

    # what has no place in the model

    def _elsewhere(self) -> None:
        reading = self.reading
        for section in ("actors", "bases", "claims", "mechanisms", "conditions", "deadlines", "countries", "transfers"):
            for name, mentions in self._found(section).items():
                key = f"{section}.{name}" if section != "transfers" else f"ladder.{name}"
                self.made.evidence[key] = mentions
        for name, mentions in self._found("claims").items():
            if reading.term("claims", name).open:
                self.draft.decisions.append(self._decision(
                    f"claims.{name}", mentions[0], N_("who has really consented to what clause {clause} says?"),
                    N_("what nobody said yes to is no consent: `{words}`"), (),
                    {"words": reading.quote(mentions[0])}))  # fmt: skip
        for length in reading.lengths:
            item = _mention_of(reading, length.first, length.last)
            self.made.evidence.setdefault(f"periods.{length.period}", []).append(item)
        used = {item.segment for mentions in self.made.evidence.values() for item in mentions}
        for at, name in reading.names.items():
            kind = reading.kinds[at]
            if at not in used and kind in (ClauseKind.PROMISE, ClauseKind.POWER_CLAIMED):
                segment = reading.document.segments[at]
                words = " ".join(reading.document.words(segment).split())
                self.draft.unmapped.append(Unmapped(self.occasion.place(segment.start), name, words[:120],
                                                    say(N_("no word in it is known to the vocabulary"))))  # fmt: skip

    def _blanks(self) -> None:
        for item in self.reading.blanks:
            self.draft.decisions.append(self._decision(
                f"clauses.{self.reading.names[item.segment]}", item, N_("what belongs in the place of `{words}`?"),
                N_("clause {clause} was left to be filled in"), (), {"words": self.reading.quote(item)}))  # fmt: skip


def _mention_of(reading: Reading, first: int, last: int) -> Mention:
    words = reading.words
    sentence = words.sentences[first]
    return Mention("period", words.starts[first], words.ends[last - 1], words.owners[sentence], sentence)


def _free(name: str, taken: Iterable[str]) -> str:
    count, free, held = 2, name, set(taken)
    while free in held:
        free, count = f"{name}-{count}", count + 1
    return free


def _tuple(values: dict[str, object], key: str) -> tuple[str, ...]:
    held = values.get(key, ())
    return tuple(map(str, held)) if isinstance(held, tuple) else ()


def _covers(rule: DraftEntry, purpose: str, category: str) -> bool:
    data, purposes = _tuple(rule.values, "data"), _tuple(rule.values, "purposes")
    return (not purposes or purpose in purposes) and (not data or category in data)
