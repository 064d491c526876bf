"""What a right does for whoever uses it, what it cannot do, what is needed for it and who decides, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from janji.rights.register import Granted
from janji.rights.requests import Proof
from janji.terms.messages import N_, Message, say
from janji.terms.processing import Right


@dataclass(frozen=True, slots=True)
class Explained:
    """A right in plain words: in one line, then at length."""

    brief: Message
    does: Message
    cannot: tuple[Message, ...]
    needed: tuple[Message, ...]
    decided: Message


_BRIEF = {
    Right.INFORMATION: N_("Hear who uses your data, for what, and who answers for it."),
    Right.ACCESS: N_("See what we hold about you, and get a copy."),
    Right.CORRECTION: N_("Put right what is wrong, or add what lacks."),
    Right.END: N_("Let us stop using your data."),
    Right.DELETION: N_("Let us delete what we hold about you."),
    Right.DESTRUCTION: N_("Let your data be destroyed, so that nobody can bring them back."),
    Right.WITHDRAWAL: N_("Take back a yes that you gave."),
    Right.AUTOMATED_OBJECTION: N_("Let a person decide anew, instead of a machine."),
    Right.DELAY: N_("Let the use of your data wait."),
    Right.RESTRICTION: N_("Let your data be kept, and used for nothing."),
    Right.CLAIM: N_("Get the evidence that you need for a claim."),
    Right.PORTABILITY: N_("Get your data as files for another service."),
    Right.OBJECTION: N_("Say no to something that we do with your data."),
}
_DOES = {
    Right.INFORMATION: N_("We tell you who we are, on which legal basis and for what we use your data, and who answers for it."),
    Right.ACCESS: N_("We search every system that we know of and give you a copy of what we hold about you: where it came from, who got it, and how long it stays."),
    Right.CORRECTION: N_("We put it right in every system in which it stands, and tell those whom we gave it to."),
    Right.END: N_("We stop using your data, and end what is not needed any more."),
    Right.DELETION: N_("We delete what we hold about you in every system, look again whether it is gone, and tell you what stays and why."),
    Right.DESTRUCTION: N_("We destroy your data so that nobody can bring them back, and tell you when the last backup with them runs out."),
    Right.WITHDRAWAL: N_("What rests on your consent stops as soon as it is recorded. Under \"My data\" you see first what stops."),
    Right.AUTOMATED_OBJECTION: N_("A person looks at what a machine decided about you, and decides anew."),
    Right.DELAY: N_("We put the use of your data off, for one purpose or for all."),
    Right.RESTRICTION: N_("We keep your data and do nothing else with them, for one purpose or for all."),
    Right.CLAIM: N_("We hand you what we held, what we decided and when, in a form that anybody can check."),
    Right.PORTABILITY: N_("You get your data in files that programs read, or we send them where you say."),
    Right.OBJECTION: N_("We stop using your data for what you object to, as soon as it is recorded."),
}
_STAYS = N_("What a law tells us to keep, an invoice for example, stays until that time is over. It is used for nothing else.")
_GOES_ON = N_("What a law or an agreement with you needs goes on.")
_CANNOT = {
    Right.INFORMATION: (N_("It brings you no copy of your data: ask to see them for that."),),
    Right.ACCESS: (N_("It changes and deletes nothing."), N_("What it shows of other people is covered.")),
    Right.CORRECTION: (N_("Papers that a law wants kept as they were are not changed."),),
    Right.END: (_GOES_ON,), Right.DELETION: (_STAYS,), Right.DESTRUCTION: (_STAYS,),
    Right.WITHDRAWAL: (N_("What was done before was allowed, and is not undone."), _GOES_ON),
    Right.AUTOMATED_OBJECTION: (N_("What the person decides can be the same as before. You are told why."),),
    Right.DELAY: (N_("It deletes nothing."), _GOES_ON), Right.RESTRICTION: (N_("It deletes nothing."), _GOES_ON),
    Right.CLAIM: (N_("Whether you are compensated is not decided here: you and we agree on it, or a court does."),),
    Right.PORTABILITY: (N_("We send data to others only where that can be done safely."),),
    Right.OBJECTION: (N_("It deletes nothing."), N_("What a law tells us to do goes on.")),
}
_ADDRESS = N_("An e-mail address or a telephone number that we know already. We send a code there.")
_NEEDED = {
    Proof.NONE: (N_("An address for our answer."),), Proof.CHANNEL: (_ADDRESS,),
    Proof.KNOWLEDGE: (_ADDRESS, N_("The answers to one or two questions about what we hold already, so that nobody else gets it.")),
    Proof.STAFF: (N_("A talk with our staff, who see that it is you."),),
}  # fmt: skip


def explained(granted: Granted) -> Explained:
    """A right as it is granted, in plain words."""
    decided = (
        say(N_("It is done by itself: nobody has to agree.")) if granted.approvals == 0
        else say(N_("One of our officers looks at it before it is done.")) if granted.approvals == 1
        else say(N_("{count} of our officers must agree before it is done."), count=granted.approvals)
    )
    kind = granted.kind
    return Explained(say(_BRIEF[kind]), say(_DOES[kind]), tuple(map(say, _CANNOT[kind])), tuple(map(say, _NEEDED[granted.proof])), decided)
