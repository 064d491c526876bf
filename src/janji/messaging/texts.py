"""What each message says: as a letter with headings and lists, and as a short text for a telephone; in no language yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from janji.law.model import LawPack, binding
from janji.messaging.kinds import ANSWERS, FOR_OFFICERS, MessageKind, Values
from janji.policy.model import Policy
from janji.terms.messages import N_, Message, say, series
from janji.terms.processing import Right
from janji.terms.texts import Text
from janji.terms.words import moment


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes, how they are reached, and where a person can complain of them: all of it published."""

    company: str
    contacts: tuple[str, ...] = ()
    authorities: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A list below a heading."""

    title: Message
    items: tuple[Message, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Composed:
    """A message before it has a language. `short` is all that a telephone is sent; the rest is the letter."""

    subject: Message
    heading: Message
    short: Message
    lead: tuple[Message, ...] = ()
    code: str = ""
    link: str = ""
    button: Message | None = None
    facts: tuple[tuple[Message, Message], ...] = ()
    sections: tuple[Section, ...] = ()
    closing: tuple[Message, ...] = ()


def sender_of(policy: Policy, law: LawPack) -> Sender:
    """Who writes, by the policy and its law (UU 27/2022 Art 5, 14; the complaint of Art 58 to 60)."""
    held, officer = policy.controller, policy.controller.officer
    ways = (*((officer.email, officer.phone) if officer else ()), held.email, held.phone)
    where = (
        say(N_("{authority} ({contact})"), authority=_unstopped(one.title), contact=one.contact) if one.contact else say("{it}", it=_unstopped(one.title))
        for one in binding(law.authorities, policy.effective)
    )
    return Sender(held.name, tuple(dict.fromkeys(way for way in ways if way)), tuple(where))


def _unstopped(text: Text) -> Text:
    """A text that stands inside of a sentence."""
    return Text(tuple((language, words.rstrip(".")) for language, words in text.versions))


_SUBJECTS = {
    MessageKind.RECEIPT: N_("we have your request {number}"), MessageKind.PROVE: N_("please confirm your request {number}"),
    MessageKind.FIRST_REMINDER: N_("your request {number} still waits for you"), MessageKind.LAST_REMINDER: N_("last reminder: your request {number} waits for you"),
    MessageKind.NOT_VERIFIED: N_("your request {number} was closed"), MessageKind.EXTENDED: N_("your request {number} takes longer"), MessageKind.DONE: N_("the answer to your request {number}"),
    MessageKind.PARTLY_DONE: N_("the answer to your request {number}"), MessageKind.NOTHING_HELD: N_("the answer to your request {number}"),
    MessageKind.REFUSED: N_("the answer to your request {number}"), MessageKind.WITHDRAWN: N_("you took your request {number} back"),
    MessageKind.DUPLICATE: N_("your request {number} was made before"), MessageKind.PACKAGE: N_("the answer to your request {number}"),
    MessageKind.SECOND_FACTOR: N_("your code for request {number}"), MessageKind.AT_THE_DESK: N_("the answer to your request {number} lies ready"),
    MessageKind.SIGN_IN: N_("your code"),
    MessageKind.ESCALATION: N_("request {number} must be answered by {due}"), MessageKind.APPROVAL: N_("request {number} waits for your approval"),
}  # fmt: skip
"""What each is called in a list of mail: the same for every outcome, for a screen is read over shoulders."""

_HEADINGS = {
    MessageKind.RECEIPT: N_("We have your request"), MessageKind.PROVE: N_("Please confirm that you ask"),
    MessageKind.FIRST_REMINDER: N_("We wait for your confirmation"), MessageKind.LAST_REMINDER: N_("We wait for your confirmation, for the last time"),
    MessageKind.NOT_VERIFIED: N_("Your request was closed"), MessageKind.EXTENDED: N_("Your request takes longer"), MessageKind.DONE: N_("Your request is done"),
    MessageKind.PARTLY_DONE: N_("Your request is done in part"), MessageKind.NOTHING_HELD: N_("We found nothing"),
    MessageKind.REFUSED: N_("We cannot do what you asked"), MessageKind.WITHDRAWN: N_("You took your request back"),
    MessageKind.DUPLICATE: N_("You asked for this before"), MessageKind.PACKAGE: N_("The copy of your data is ready"),
    MessageKind.SECOND_FACTOR: N_("The code for your copy"), MessageKind.AT_THE_DESK: N_("Your answer lies ready with our staff"),
    MessageKind.SIGN_IN: N_("Your code for the privacy centre"),
    MessageKind.ESCALATION: N_("A request must be answered soon"), MessageKind.APPROVAL: N_("A request waits for your approval"),
}  # fmt: skip

_LEADS: dict[MessageKind, tuple[str, ...]] = {
    MessageKind.RECEIPT: (N_("We recorded what you asked, and the time for our answer runs."),),
    MessageKind.PROVE: (N_("Somebody asked us for this and named you. Before we do it, we must know that it was you."),
                        N_("If it was not you, do nothing: without your confirmation nothing happens to your data.")),
    MessageKind.FIRST_REMINDER: (N_("You asked us for this, and have not confirmed it yet. Until then we cannot do it."),),
    MessageKind.LAST_REMINDER: (N_("You asked us for this, and have not confirmed it yet. If nobody confirms it, it is closed."),),
    MessageKind.NOT_VERIFIED: (N_("Nobody confirmed this request, so we closed it and did nothing with your data. It can be opened again as long as you wish."),),
    MessageKind.EXTENDED: (N_("The law lets us take longer for such a request. The reason and the new day stand below; you can complain about it."),),
    MessageKind.PARTLY_DONE: (N_("What could be done is done. The answer says what is not done, and why."),),
    MessageKind.NOTHING_HELD: (N_("We looked in every system that we know of, and hold no data that belong to you."),),
    MessageKind.REFUSED: (N_("We looked at your request, and may not or must not do it. The reason stands below."),),
    MessageKind.WITHDRAWN: (N_("We stopped, as you wished. You can ask again at any time."),),
    MessageKind.DUPLICATE: (N_("Your earlier request is still being worked on; the answer to it is the answer to this one too."),),
    MessageKind.PACKAGE: (N_("The link opens once, and asks for a code that we send you apart from it; if none comes, our staff tell it to you."),),
    MessageKind.SECOND_FACTOR: (N_("Type this code on the page that our other message leads to. Tell it to nobody; we never ask for it."),),
    MessageKind.AT_THE_DESK: (N_("We have no address to which we could send it safely. Come to our staff or call them, name the number of your request, and they hand it over."),),
    MessageKind.SIGN_IN: (N_("Somebody wants to see what we hold about the owner of this address. If that is you, type this code where you asked for it, or open the link."),
                          N_("If it is not you, do nothing. Tell the code to nobody; we never ask for it.")),
    MessageKind.ESCALATION: (N_("A part of the time that law and policy give is over, and the request is not answered."),),
    MessageKind.APPROVAL: (N_("What would be done is known. It begins when enough of those who may agree have agreed."),),
}  # fmt: skip

_DONE = {
    Right.INFORMATION: N_("Here is what you wanted to know of how we use your data."), Right.CORRECTION: N_("Your data are corrected, in every system in which we found them."),
    Right.ACCESS: N_("We gathered what we hold about you."), Right.END: N_("We ended the use of your data."), Right.DELETION: N_("Your data are deleted."),
    Right.DESTRUCTION: N_("Your data are destroyed and cannot be brought back."), Right.WITHDRAWAL: N_("Your consent is withdrawn, and what rested on it has stopped."),
    Right.AUTOMATED_OBJECTION: N_("A person looked at what the machine had decided."), Right.DELAY: N_("The use of your data is put off."),
    Right.RESTRICTION: N_("The use of your data is restricted."), Right.CLAIM: N_("We gathered what you need for your claim."),
    Right.PORTABILITY: N_("Your data are ready in a form that machines read."), Right.OBJECTION: N_("We stopped what you object to."),
}  # fmt: skip
"""What was done, for each right."""
_NOTHING = {
    Right.CORRECTION: N_("What you call wrong stands in none of the systems that we know of, so nothing was changed."),
    **dict.fromkeys((Right.WITHDRAWAL, Right.OBJECTION, Right.AUTOMATED_OBJECTION), N_("There was nothing on record that had to be stopped, so nothing was changed.")),
}  # fmt: skip
"""What is said where nothing was found to do, of rights that search no system for all that is held."""

_OF_A_WARD = {
    N_("The copy of your data is ready"): N_("The copy of the data is ready"),
    N_("If it was not you, do nothing: without your confirmation nothing happens to your data."): N_("If it was not you, do nothing: without your confirmation nothing happens to the data."),
    N_("Nobody confirmed this request, so we closed it and did nothing with your data. It can be opened again as long as you wish."):
        N_("Nobody confirmed this request, so we closed it and did nothing with the data. It can be opened again as long as you wish."),
    N_("We looked in every system that we know of, and hold no data that belong to you."): N_("We looked in every system that we know of, and hold no such data."),
    N_("Here is what you wanted to know of how we use your data."): N_("Here is what you wanted to know of how we use the data."),
    N_("Your data are corrected, in every system in which we found them."): N_("The data are corrected, in every system in which we found them."),
    N_("We gathered what we hold about you."): N_("We gathered what we hold."), N_("We ended the use of your data."): N_("We ended the use of the data."),
    N_("Your data are deleted."): N_("The data are deleted."), N_("Your data are destroyed and cannot be brought back."): N_("The data are destroyed and cannot be brought back."),
    N_("Your consent is withdrawn, and what rested on it has stopped."): N_("The consent is withdrawn, and what rested on it has stopped."),
    N_("The use of your data is put off."): N_("The use of the data is put off."), N_("The use of your data is restricted."): N_("The use of the data is restricted."),
    N_("Your data are ready in a form that machines read."): N_("The data are ready in a form that machines read."),
}  # fmt: skip
"""What is said instead to a guardian, and to the ward, of whom it is said as well."""

_SHORT = {
    MessageKind.RECEIPT: N_("{company}: we have your request {number} and answer it by {due}."), MessageKind.PROVE: N_("{company}: please confirm your request {number}."),
    MessageKind.FIRST_REMINDER: N_("{company}: request {number} waits for your confirmation."),
    MessageKind.LAST_REMINDER: N_("{company}: last reminder, request {number} waits for your confirmation."),
    MessageKind.NOT_VERIFIED: N_("{company}: request {number} was closed, nobody confirmed it."),
    MessageKind.EXTENDED: N_("{company}: request {number} takes longer; we answer it by {due}."),
    MessageKind.WITHDRAWN: N_("{company}: request {number} was taken back."), MessageKind.DUPLICATE: N_("{company}: request {number} was made before."),
    MessageKind.SECOND_FACTOR: N_("{company}: code for request {number}. Tell it to nobody."),
    MessageKind.AT_THE_DESK: N_("{company}: the answer to request {number} lies ready with our staff."),
    MessageKind.SIGN_IN: N_("{company}: your code for the privacy centre. Tell it to nobody."),
    MessageKind.ESCALATION: N_("{company}: request {number} must be answered by {due}."), MessageKind.APPROVAL: N_("{company}: request {number} waits for your approval."),
}  # fmt: skip
_ANSWERED = N_("{company}: request {number} is answered.")
"""The same for every outcome: a telephone lies open on tables."""

_BUTTONS = {
    **dict.fromkeys(sorted(ANSWERS - {MessageKind.PACKAGE}), N_("Read the answer")), MessageKind.RECEIPT: N_("See how far it is"), MessageKind.PROVE: N_("Confirm my request"), MessageKind.FIRST_REMINDER: N_("Confirm my request"),
    MessageKind.LAST_REMINDER: N_("Confirm my request"), MessageKind.NOT_VERIFIED: N_("Open it again"), MessageKind.PACKAGE: N_("Open my copy"),
    MessageKind.SIGN_IN: N_("Open my data"), MessageKind.ESCALATION: N_("Look at the request"), MessageKind.APPROVAL: N_("Look at the request"),
}  # fmt: skip
_COMPLAIN = frozenset({MessageKind.DONE, MessageKind.PARTLY_DONE, MessageKind.NOTHING_HELD, MessageKind.REFUSED, MessageKind.PACKAGE, MessageKind.NOT_VERIFIED, MessageKind.EXTENDED})
"""Where it is said to whom a person can complain."""


def heading(kind: MessageKind, *, ward: bool = False) -> Message:
    """What a message of a kind is headed by; `ward`: where it is about somebody for whom a guardian asked."""
    return _said(_HEADINGS[kind], ward)


def _said(text: str, ward: bool) -> Message:
    return say(_OF_A_WARD.get(text, text) if ward else text)


def compose(kind: MessageKind, values: Values, sender: Sender, *, at_length: bool = True) -> Composed:
    """The message of a kind, filled. `at_length` names what was done in each system; otherwise an answer leaves that to the page that its link leads to."""
    holes: dict[str, object] = {"company": sender.company, "number": values.number, "due": _at(values.due)}
    texts = _LEADS.get(kind, ())
    if kind is MessageKind.DONE:
        texts = (N_("What you asked for is done.") if values.kind is None else _DONE[values.kind],)
    if kind is MessageKind.NOTHING_HELD and values.kind in _NOTHING:
        texts = (_NOTHING[values.kind],)
    lead = [_said(text, values.ward) for text in texts]
    if kind in (MessageKind.DONE, MessageKind.PACKAGE) and values.kept:
        lead.append(say(N_("Some data stay with us for now. The answer says which, and why.")))
    button = None if not values.link else say(_BUTTONS.get(kind, N_("See the request")))
    return Composed(
        subject=say(N_("{company}: {about}"), company=sender.company, about=say(_SUBJECTS[kind], **holes)),
        heading=heading(kind, ward=values.ward), short=_short(kind, values, holes), lead=tuple(lead), code=values.code, link=values.link, button=button,
        facts=_facts(kind, values), sections=_sections(kind, values, at_length=at_length), closing=_closing(kind, sender),
    )  # fmt: skip


def _short(kind: MessageKind, values: Values, holes: dict[str, object]) -> Message:
    """One sentence, then the code, then the link; nothing else."""
    parts: list[Message | str] = [say(_SHORT.get(kind, _ANSWERED), **holes)]
    if values.code:
        parts.append(say(N_("Code: {code}"), code=values.code))
    if values.link:
        parts.append(values.link)
    return series(parts, " ")


def _facts(kind: MessageKind, values: Values) -> tuple[tuple[Message, Message], ...]:
    held: list[tuple[str, object]] = [
        (N_("Request"), values.number or None), (N_("What is asked") if kind in FOR_OFFICERS else N_("You asked for"), values.right),
        (N_("Answered at the latest"), None if values.due is None else moment(values.due)),
        (N_("Link and code end"), None if values.until is None else moment(values.until)),
    ]
    return tuple((say(label), say("{it}", it=value)) for label, value in held if value is not None)


def _sections(kind: MessageKind, values: Values, *, at_length: bool) -> tuple[Section, ...]:
    """What a message says in parts. Which systems know somebody is nothing for a mail box."""
    waits = N_("What it waits for") if kind in FOR_OFFICERS else N_("Not finished yet")
    held: list[tuple[str, tuple[Message, ...]]] = [(N_("Why we cannot do it"), () if values.ground is None else (say("{it}", it=values.ground),))]
    if at_length or kind not in ANSWERS or not values.link:
        held += [(N_("What we did"), values.lines), (N_("What stays, and why"), values.kept), (waits, values.waits)]
    return tuple(Section(say(title), items) for title, items in held if items)


def _closing(kind: MessageKind, sender: Sender) -> tuple[Message, ...]:
    found = []
    if sender.contacts and kind not in FOR_OFFICERS:
        found.append(say(N_("Questions, or is something wrong? Reach us by {contacts}."), contacts=series(sender.contacts, ", ")))
    if kind in _COMPLAIN and sender.authorities:
        found.append(say(N_("If you are not content with our answer, you can complain to: {authorities}."), authorities=series(sender.authorities)))
    return tuple(found)


def _at(at: datetime | None) -> Message | None:
    return None if at is None else moment(at)
