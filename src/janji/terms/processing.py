"""What is done with personal data, on what basis, by whom: the closed vocabularies of processing."""

from __future__ import annotations

from enum import StrEnum


class LegalBasis(StrEnum):
    """The six kinds of legal basis (UU 27/2022 Art 20(2)(a)-(f); GDPR Art 6(1)(a)-(f))."""

    CONSENT = "consent"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTEREST = "vital-interest"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTEREST = "legitimate-interest"


class Operation(StrEnum):
    """What a program wants to do (UU 27/2022 Art 16(1), grouped into the four that a decision tells apart)."""

    COLLECT = "collect"
    USE = "use"
    DISCLOSE = "disclose"
    RETAIN = "retain"


class Trait(StrEnum):
    """What makes a purpose riskier: drives impact assessments, children's rules and prohibitions."""

    MARKETING = "marketing"
    PROFILING = "profiling"
    AUTOMATED_DECISION = "automated-decision"
    LARGE_SCALE = "large-scale"
    COMBINATION = "combination"
    NEW_TECHNOLOGY = "new-technology"
    LIMITS_RIGHTS = "limits-rights"


class Signal(StrEnum):
    """What a browser can say on a person's behalf without being asked (W3C Global Privacy Control)."""

    GPC = "gpc"


class SourceKind(StrEnum):
    """Where a value came from (UU 27/2022 Art 5, ISO/IEC TS 27560 collection method)."""

    DIRECT = "direct"
    THIRD_PARTY = "third-party"
    OBSERVED = "observed"
    DERIVED = "derived"


class ClauseKind(StrEnum):
    """What a clause of a published policy is, legally."""

    PROMISE = "promise"
    POWER_CLAIMED = "power-claimed"
    USER_DUTY = "user-duty"
    DEFINITION = "definition"
    LEAD_IN = "lead-in"
    DEFECT = "defect"


class RecipientClass(StrEnum):
    """The kinds of party that data may go to; the kind decides what a disclosure needs."""

    AFFILIATE = "affiliate"
    PROCESSOR = "processor"
    RETAILER = "retailer"
    TRANSACTION = "transaction"
    ADVISER = "adviser"
    AUTHORITY = "authority"
    USER_AUTHORISED = "user-authorised"
    OTHER = "other"


class Role(StrEnum):
    """The part a recipient plays (UU 27/2022 Art 1, 18, 51; GDPR Art 4(7)-(10))."""

    CONTROLLER = "controller"
    JOINT_CONTROLLER = "joint-controller"
    PROCESSOR = "processor"
    SUB_PROCESSOR = "sub-processor"
    THIRD_PARTY = "third-party"
    AUTHORITY = "authority"


class AgeState(StrEnum):
    """What is known of a person's age; not knowing is a state of its own."""

    ADULT = "adult"
    CHILD = "child"
    UNKNOWN = "unknown"


class Disposal(StrEnum):
    """What happens when retention ends (UU 27/2022 Art 42 to 44)."""

    DELETE = "delete"
    DESTROY = "destroy"
    ANONYMISE = "anonymise"
    RESTRICT = "restrict"


class Severity(StrEnum):
    """How much a diagnostic weighs: an error stops, a warning names what a person must decide."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Right(StrEnum):
    """What a person may ask for (UU 27/2022 Art 5 to 13; GDPR Art 12 to 22), one word an action."""

    INFORMATION = "information"
    CORRECTION = "correction"
    ACCESS = "access"
    END = "end"
    DELETION = "deletion"
    DESTRUCTION = "destruction"
    WITHDRAWAL = "withdrawal"
    AUTOMATED_OBJECTION = "automated-objection"
    DELAY = "delay"
    RESTRICTION = "restriction"
    CLAIM = "claim"
    PORTABILITY = "portability"
    OBJECTION = "objection"


class Topic(StrEnum):
    """What a decision can turn on; a law pack says which of its rules stands behind each."""

    LAWFUL_BASIS = "lawful-basis"
    PURPOSE_LIMITATION = "purpose-limitation"
    MINIMISATION = "minimisation"
    CONSENT = "consent"
    WITHDRAWAL = "withdrawal"
    CONTRACT = "contract"
    LEGAL_OBLIGATION = "legal-obligation"
    VITAL_INTEREST = "vital-interest"
    PUBLIC_TASK = "public-task"
    LEGITIMATE_INTEREST = "legitimate-interest"
    OBJECTION = "objection"
    AUTOMATED_DECISION = "automated-decision"
    RESTRICTION = "restriction"
    DELAY = "delay"
    CHILDREN = "children"
    RECIPIENT = "recipient"
    PROCESSOR = "processor"
    TRANSFER = "transfer"
    AUTHORITY_DISCLOSURE = "authority-disclosure"
    RETENTION = "retention"
    TRAINING = "training"
    THIRD_PERSON = "third-person"
    CHANGE_NOTICE = "change-notice"
