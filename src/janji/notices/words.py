"""Plain words for what a policy says in codes: legal bases, recipients, roles, sources and disposals."""

from __future__ import annotations

from collections.abc import Sequence

from janji.terms.messages import N_, Message, say
from janji.terms.processing import Disposal, LegalBasis, RecipientClass, Role, SourceKind
from janji.terms.texts import Text

BASES = {
    LegalBasis.CONSENT: N_("only if you consent"),
    LegalBasis.CONTRACT: N_("to carry out an agreement with you, or what you asked for before one"),
    LegalBasis.LEGAL_OBLIGATION: N_("because a law obliges us"),
    LegalBasis.VITAL_INTEREST: N_("to protect a vital interest"),
    LegalBasis.PUBLIC_TASK: N_("to carry out a task in the public interest"),
    LegalBasis.LEGITIMATE_INTEREST: N_("for a legitimate interest, weighed against yours"),
}

RECIPIENTS = {
    RecipientClass.AFFILIATE: N_("company of our group"),
    RecipientClass.PROCESSOR: N_("works on our behalf"),
    RecipientClass.RETAILER: N_("shop or retailer"),
    RecipientClass.TRANSACTION: N_("party to a business transaction"),
    RecipientClass.ADVISER: N_("adviser"),
    RecipientClass.AUTHORITY: N_("authority; only with the legal paper of the case"),
    RecipientClass.USER_AUTHORISED: N_("only if you authorise it"),
    RecipientClass.OTHER: N_("other recipient"),
}

ROLES = {
    Role.CONTROLLER: N_("decides itself what the data are used for"),
    Role.JOINT_CONTROLLER: N_("decides together with us what the data are used for"),
    Role.PROCESSOR: N_("processes the data on our behalf"),
    Role.SUB_PROCESSOR: N_("processes the data on behalf of one that works for us"),
    Role.THIRD_PARTY: N_("third party"),
    Role.AUTHORITY: N_("public authority"),
}

SOURCES = {
    SourceKind.DIRECT: N_("from you"),
    SourceKind.THIRD_PARTY: N_("from somebody else"),
    SourceKind.OBSERVED: N_("observed as you use something"),
    SourceKind.DERIVED: N_("worked out from other data"),
}

DISPOSALS = {
    Disposal.DELETE: N_("deleted"),
    Disposal.DESTROY: N_("destroyed"),
    Disposal.ANONYMISE: N_("made anonymous"),
    Disposal.RESTRICT: N_("kept apart and otherwise left alone"),
}


def listed(items: Sequence[Text | Message], most: int = 0) -> Message | Text:
    """Items in a row; with `most`, only so many and how many more there are."""
    shown = items[:most] if most and len(items) > most + 1 else items
    words = shown[0]
    for item in shown[1:]:
        words = say(N_("{one}; {other}"), one=words, other=item)
    rest = len(items) - len(shown)
    return say(N_("{items}; and {count} more"), items=words, count=rest) if rest else words
