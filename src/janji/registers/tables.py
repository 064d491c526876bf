"""Registers as flat tables, one row an entry and each cell a list of sentences: for sheets, terminals and pages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from janji.registers.assessments import Impact, Study, state
from janji.registers.book import Party, Register, Registers
from janji.registers.processing import Activity, Data, Kept, Origin, Protection, Receiver
from janji.registers.processors import Processor
from janji.registers.transfers import Transferred
from janji.registers.words import Named, Proof, contract, standing, word
from janji.terms.messages import N_, Message, Tongue, printable, say
from janji.terms.texts import Text
from janji.terms.words import EVENTS, for_period

Part = str | Text | Message
Cell = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in characters on a sheet, whether a narrow table shows it.

    The `state` column is the one that the marks of a table belong to; what stands in one of `place` are countries by their codes.
    """

    title: str
    width: int = 30
    brief: bool = False
    state: bool = False
    place: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A register as rows of cells; `empty` is what it says when it has no row.

    `marks` say of each row how well it is proven, where the register is about that.
    """

    register: Register
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    empty: str
    also: Message | None = None
    marks: tuple[Proof, ...] = ()


TITLES = {
    Register.PROCESSING: N_("Record of processing activities"),
    Register.TRANSFERS: N_("Register of transfers"),
    Register.PROCESSORS: N_("List of processors"),
    Register.ASSESSMENTS: N_("Impact assessments"),
}
"""What each register is called."""


def spoken(cell: Cell, tongue: Tongue) -> tuple[str, ...]:
    """The sentences of a cell in a tongue."""
    return tuple(_said(part, tongue) for part in cell)


def _said(part: Part, tongue: Tongue) -> str:
    if isinstance(part, Text):
        return printable(part.get(tongue.language))
    return part.render(tongue) if isinstance(part, Message) else tongue.cite(printable(part))


def tables(found: Registers) -> tuple[Table, ...]:
    """The registers that were asked for, as tables."""
    made: list[Table] = []
    if found.processing is not None:
        joint = tuple(say(N_("joint controller: {name}"), name=party.name) for party in found.joint_controllers)
        head = (
            (*_party(found.controller), *joint),
            _party(found.officer) if found.officer else (say(N_("none named")),),
        )
        rows = tuple((*activity_row(item), *head) for item in found.processing.items)
        empty = N_("The policy declares no purpose, so nothing may be processed.")
        made.append(Table(Register.PROCESSING, TITLES[Register.PROCESSING], PROCESSING, rows, empty))
    if found.transfers is not None:
        rows = tuple(_transfer_row(item) for item in found.transfers.items)
        empty = N_("No recipient is outside the home country and no transfer is declared, so no data may leave it.")
        marks = tuple(item.state for item in found.transfers.items)
        made.append(Table(Register.TRANSFERS, TITLES[Register.TRANSFERS], TRANSFERS, rows, empty, marks=marks))
    if found.processors is not None:
        rows = tuple(_processor_row(item) for item in found.processors.items)
        empty = N_("The policy declares no processor, so nobody may process on the controller's behalf.")
        marks = tuple(item.contract for item in found.processors.items)
        made.append(Table(Register.PROCESSORS, TITLES[Register.PROCESSORS], PROCESSORS, rows, empty, marks=marks))
    if found.assessments is not None:
        held = found.assessments
        rows = tuple(_study_row(item) for item in held.items)
        also = say(N_("purposes looked at that meet no trigger: {count}"), count=len(held.not_needed))
        empty = N_("No purpose meets a trigger of the law.")
        made.append(Table(Register.ASSESSMENTS, TITLES[Register.ASSESSMENTS], ASSESSMENTS, rows, empty, also))
    return tuple(made)


MEASURES, IMPACT, CONTROLLER, OFFICER = N_("Measures"), N_("Impact assessment"), N_("Controller"), N_("Officer")
PROCESSING = (
    Column(N_("Name"), 24, brief=True), Column(N_("Purpose"), 36, brief=True), Column(N_("Legal basis"), 20, brief=True),
    Column(N_("Article"), 22), Column(N_("What the basis rests on"), 36), Column(N_("Persons"), 24),
    Column(N_("Data"), 34, brief=True), Column(N_("Operations"), 14), Column(N_("Sources"), 28),
    Column(N_("Touchpoints"), 28), Column(N_("Channels"), 16), Column(N_("Recipients"), 44),
    Column(N_("Transfers"), 44), Column(N_("Retention"), 44, brief=True), Column(MEASURES, 30),
    Column(N_("Automated decisions"), 44), Column(N_("Risk traits"), 20), Column(IMPACT, 34, brief=True),
    Column(N_("Clauses"), 16), Column(CONTROLLER, 34), Column(OFFICER, 28),
)  # fmt: skip
TRANSFERS = (
    Column(N_("Name"), 24, brief=True), Column(N_("Recipient"), 34), Column(N_("Country"), 10, brief=True, place=True),
    Column(N_("Purpose"), 34, brief=True), Column(N_("Rung of the law"), 48), Column(N_("Article"), 20, brief=True),
    Column(N_("State"), 28, brief=True, state=True), Column(N_("Evidence"), 34), Column(N_("Rungs not met"), 40),
    Column(N_("Clauses"), 16),
)  # fmt: skip
PROCESSORS = (
    Column(N_("Name"), 24, brief=True), Column(N_("Processor"), 36, brief=True), Column(N_("Role"), 16),
    Column(N_("Country"), 10, brief=True, place=True), Column(N_("Purposes"), 40, brief=True), Column(N_("Data"), 40),
    Column(N_("Contract"), 34, brief=True, state=True), Column(N_("Clauses"), 16), Column(N_("Note"), 40),
)  # fmt: skip
ASSESSMENTS = (
    Column(N_("Name"), 24, brief=True), Column(N_("Purpose"), 36, brief=True), Column(N_("Why it is needed"), 56, brief=True),
    Column(N_("Article"), 24), Column(N_("State"), 40, brief=True), Column(N_("Still to be decided"), 60),
)  # fmt: skip


def _party(party: Party) -> Cell:
    return tuple(part for part in (party.name, party.address, party.email, party.phone, party.url) if part)


def activity_row(item: Activity) -> tuple[Cell, ...]:
    """The cells of one processing activity, in the order of `PROCESSING`, without controller and officer."""
    return (
        (item.id,),
        (item.title,),
        (word(item.basis),),
        (item.article,),
        _rests_on(item),
        (item.persons,),
        tuple(_data(data) for data in item.data),
        tuple(word(operation) for operation in item.operations),
        tuple(_origin(origin) for origin in item.sources),
        tuple(point.title for point in item.touchpoints),
        tuple(channel.title for channel in item.channels),
        tuple(_receiver(receiver, item) for receiver in item.recipients),
        tuple(_moved(item)),
        tuple(_kept(kept, item) for kept in item.retention),
        protections(item),
        _automated(item),
        tuple(word(trait) for trait in item.traits),
        _impact(item.impact),
        item.clauses,
    )


def _rests_on(item: Activity) -> Cell:
    found: list[Part] = []
    if item.notice is not None:
        found.append(say(N_("notice: {title}"), title=item.notice.title))
    if item.agreements:
        found.append(say(N_("agreement: {kinds}"), kinds=", ".join(item.agreements)))
    if item.obligation is not None:
        found.append(say(N_("obligation: {title}"), title=item.obligation))
    if item.weighing is not None:
        held = standing(item.weighing.state, item.weighing.until)
        if item.weighing.approved is not None:
            held = say(N_("approved on {day} by {who}"), day=item.weighing.approved, who=item.weighing.approved_by)
        found.append(say(N_("weighing of interests: {state}"), state=held))
    return tuple(found)


def _data(data: Data) -> Part:
    return say(N_("{title} (specific)"), title=data.title) if data.specific else data.title


def _origin(origin: Origin) -> Part:
    return say(N_("{title} ({kind})"), title=origin.title, kind=word(origin.kind))


def _receiver(receiver: Receiver, item: Activity) -> Part:
    parts = {"title": receiver.title, "role": word(receiver.role), "country": receiver.country}
    said = say(N_("{title} ({role}, {country})"), **parts)
    if len(receiver.data) < len(item.data):
        titles = {data.id: data.title for data in item.data}
        listed = _listed([titles[name] for name in receiver.data])
        said = say(N_("{recipient}, given only: {data}"), recipient=said, data=listed)
    if receiver.contract is None:
        return said
    held = contract(receiver.contract, receiver.reference, receiver.until)
    return say(N_("{recipient}; contract {state}"), recipient=said, state=held)


def _listed(titles: list[Text]) -> Message:
    """Several titles in one sentence, whatever the language."""
    if not titles:
        return say(N_("nothing"))
    whole = say(N_("{title}"), title=titles[0])
    for title in titles[1:]:
        whole = say(N_("{first}, {then}"), first=whole, then=title)
    return whole


def _moved(item: Activity) -> Iterator[Part]:
    """The transfers of an activity, the countries to which the same holds in one sentence."""
    alike: dict[tuple[str, str, Proof, date | None], list[Transferred]] = {}
    for moved in item.transfers:
        rung = moved.rung.article if moved.rung else ""
        alike.setdefault((moved.recipient.id, rung, moved.state, moved.until), []).append(moved)
    for (_, article, held, until), group in alike.items():
        yield say(
            N_("{recipient} in {country}: {way}; {state}"),
            recipient=group[0].recipient.title,
            country=", ".join(moved.country for moved in group),
            way=article or say(N_("no way is declared")),
            state=standing(held, until),
        )


def _kept(kept: Kept, item: Activity) -> Part:
    said = say(
        N_("{period} from {event}, then {disposal}"),
        period=for_period(kept.period), event=say(EVENTS[kept.trigger]) if kept.trigger in EVENTS else f"`{kept.trigger}`", disposal=word(kept.then),
    )  # fmt: skip
    if kept.law:
        said = say(N_("{said} ({articles})"), said=said, articles=", ".join(kept.law))
    if len(kept.data) == len(item.data):
        return said
    titles = {data.id: data.title for data in item.data}
    return say(N_("{data}: {said}"), data=_listed([titles[name] for name in kept.data]), said=said)


def protections(item: Activity) -> Cell:
    """The measures that protect an activity, with their evidence."""
    return tuple(_protection(measure) for measure in item.measures)


def _protection(measure: Protection) -> Part:
    detail = " · ".join(part for part in (measure.standard, measure.evidence) if part)
    if measure.reviewed is not None:
        reviewed = say(N_("reviewed on {day}"), day=measure.reviewed)
        detail_said: Message | str = say(N_("{detail}, {state}"), detail=detail, state=reviewed) if detail else reviewed
    else:
        detail_said = detail
    if not detail_said:
        return say(N_("{title} (no evidence recorded)"), title=measure.title)
    return say(N_("{title} ({detail})"), title=measure.title, detail=detail_said)


def _automated(item: Activity) -> Cell:
    if item.automated is None:
        return ()
    return (
        say(N_("logic: {text}"), text=item.automated.logic),
        say(N_("effect: {text}"), text=item.automated.effect),
        say(N_("human review: {text}"), text=item.automated.review),
    )


def _impact(found: Impact) -> Cell:
    articles = tuple(trigger.article for trigger in found.triggers)
    return (state(found), *dict.fromkeys(articles))


def _transfer_row(item: Transferred) -> tuple[Cell, ...]:
    way: Cell = (say(N_("no way is declared")),)
    if item.rung is not None:
        way = (item.rung.title, *((say(N_("each person must have agreed")),) if item.rung.consent else ()))
    proven = (say(N_("proven on {day}"), day=item.proven),) if item.proven is not None else ()
    return (
        (item.recipient.id,),
        (item.recipient.title,),
        (item.country,),
        (item.purpose.title,),
        way,
        (item.rung.article,) if item.rung else (),
        proven or (standing(item.state, item.until),),
        (item.evidence,) if item.evidence else (say(N_("none on file")),),
        tuple(rung.title for rung in item.unmet),
        item.clauses,
    )


def _processor_row(item: Processor) -> tuple[Cell, ...]:
    held = contract(item.contract, item.reference, item.until)
    if not item.declared:
        held = say(N_("not declared as a recipient, so it may be given nothing"))
    return (
        (item.id,),
        (item.title,),
        (word(item.role),),
        (item.country,) if item.country else (),
        _titles(item.purposes),
        _titles(item.data),
        (held,),
        item.clauses,
        (item.note,) if item.note else (),
    )


def _titles(named: tuple[Named, ...]) -> Cell:
    return tuple(item.title for item in named)


def _study_row(item: Study) -> tuple[Cell, ...]:
    triggers = item.impact.triggers
    return (
        (item.id,),
        (item.title,),
        why(item) or (say(N_("no trigger of the law; begun all the same")),),
        tuple(dict.fromkeys(trigger.article for trigger in triggers)),
        (state(item.impact),),
        item.undecided,
    )


def why(item: Study) -> Cell:
    """Each trigger that a purpose meets, and by what."""
    found: list[Part] = []
    for trigger in item.impact.triggers:
        if trigger.trait is not None:
            found.append(say(N_("{title} The purpose is: {trait}"), title=trigger.title, trait=word(trigger.trait)))
        if trigger.data:
            names = _listed([data.title for data in trigger.data])
            found.append(say(N_("{title} The data: {data}"), title=trigger.title, data=names))
    return tuple(found)
