"""What Janji answers, as values. Keys that are not known here are passed over, so that a newer Janji can be asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from janji_client.problems import Fault, faults

T = TypeVar("T")
Document = Mapping[str, Any]
"""A document that is kept as it is: a receipt, a proof, a notice, a policy."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code for programs, the sentence, and the clause, article and record it stands on."""

    code: str
    text: str
    article: str
    clauses: tuple[str, ...] = ()
    record: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether to go on. True exactly when the caller may; `codes` and `why` tell what stands behind it.

    `permit` is what law and policy say, `proceed` what this deployment says to do: in the modes observe and warn a
    denial is only reported. `answered` is false where Janji gave no answer, which is a no.
    """

    proceed: bool
    permit: bool
    mode: str
    codes: tuple[str, ...]
    why: str = ""
    answered: bool = True

    def __bool__(self) -> bool:
        return self.proceed


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer to a question, with every reason. True exactly when the caller may go on."""

    permit: bool
    proceed: bool
    mode: str
    reasons: tuple[Reason, ...]
    policy_version: str
    facts_digest: str

    def __bool__(self) -> bool:
        return self.proceed

    @property
    def verdict(self) -> Verdict:
        """The answer in short."""
        codes = tuple(reason.code for reason in self.reasons)
        return Verdict(self.proceed, self.permit, self.mode, codes, "; ".join(reason.text for reason in self.reasons))


@dataclass(frozen=True, slots=True)
class Point:
    """A reason at length: what each clause says, what the law says, and what would change the answer."""

    reason: Reason
    says: tuple[Document, ...]
    law: Document
    help: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision with its reasons at length, and the facts that the answer turns on. True as its decision is."""

    decision: Decision
    points: tuple[Point, ...]
    facts_needed: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.decision.proceed


@dataclass(frozen=True, slots=True)
class Recorded:
    """A choice on record: the event's id (`con_...`), its digest in the ledger, the person's version after it.

    `cascade` is what a no set off.
    """

    id: str
    digest: str
    version: int
    cascade: Document | None = None

    def __bool__(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Rejected:
    """A choice that was not recorded, with every reason. False, so that it cannot be taken for one that was."""

    rejections: tuple[Fault, ...]

    def __bool__(self) -> bool:
        return False


@dataclass(frozen=True, slots=True)
class Held:
    """A field against which something speaks, and all that does."""

    field: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that was not given or not kept, and what follows; nothing stops for one that is not `required`."""

    field: str
    required: bool
    consequence: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """What may be kept of what somebody filled in. True exactly when the person's business can go on; then store `kept`.

    `subject` is the person on record. `dropped` must not be stored, `observed` is in `kept` only because the deployment does
    not enforce yet, `quarantined` waits for a person to look at it. `choices` are what became of each yes and no.
    """

    allowed: bool
    kept: Document = field(repr=False)
    subject: str | None = None
    mode: str = "enforce"
    dropped: tuple[Held, ...] = ()
    observed: tuple[Held, ...] = ()
    missing: tuple[Missing, ...] = ()
    quarantined: tuple[Held, ...] = ()
    choices: tuple[Document, ...] = ()
    refused: tuple[Held, ...] = ()
    age: Document | None = None
    event: str | None = None

    def __bool__(self) -> bool:
        return self.allowed


@dataclass(frozen=True, slots=True)
class Me:
    """What a key opens: its application, scopes, requests a minute, and the purposes that it is confined to, if it is."""

    id: str
    application: str
    scopes: tuple[str, ...]
    rate: int
    purposes: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What a person says of a purpose now: `given` or `withdrawn`, under a version of its notice."""

    purpose: str
    state: str
    version: int
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the choices of a person add up to, as far as the key may see. `age` is adult, child, or None: nobody knows.

    Of a child, `born_by` is the last day of the month of birth.
    """

    subject: str
    policy_version: str
    age: str | None = None
    born_by: str | None = None
    guardian: bool = False
    third_person: bool = False
    quarantined: bool = False
    restricted: bool = False
    restricted_purposes: tuple[str, ...] = ()
    delayed: bool = False
    delayed_purposes: tuple[str, ...] = ()
    consents: tuple[Consent, ...] = ()
    agreements: tuple[str, ...] = ()
    objections: tuple[str, ...] = ()
    automated_objections: tuple[str, ...] = ()
    authorisations: tuple[str, ...] = ()
    transfer_consents: tuple[Document, ...] = ()
    ended: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Event:
    """A line of a person's record: what happened, when, by whom. `position` is its place in the ledger, once it has one."""

    id: str
    kind: str
    at: datetime
    actor: str
    details: Document = field(default_factory=dict)
    policy: str | None = None
    position: int | None = None


@dataclass(frozen=True, slots=True)
class Webhook:
    """Who is told by webhook, and how that does: `due` messages wait, `failed` were given up.

    `secret` is there when it was just made, and never again.
    """

    id: str
    name: str
    url: str
    topics: tuple[str, ...]
    state: str
    due: int
    failed: int
    purposes: tuple[str, ...] = ()
    secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """That a webhook was told of an event, will be or was not (`state`); `told` is the event that proves it."""

    event: str
    state: str
    attempts: int
    position: int | None = None
    outcome: str | None = None
    told: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class UnsubscribeLink:
    """A link by which a person takes a consent back, and the headers of a mail for doing so by one click."""

    url: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of many: its items, and how to go on."""

    items: tuple[T, ...]
    after: Any = None


def read_decision(found: Document) -> Decision:
    """A decision as `schema/decision.json` describes it."""
    carried = found["enforcement"]
    reasons = tuple(map(read_reason, found["reasons"]))
    return Decision(
        _truth(found, "permit"), _truth(carried, "proceed"), carried["mode"], reasons, found["policy_version"], found["facts_digest"]
    )


def read_reason(found: Document) -> Reason:
    """A reason of a decision."""
    return Reason(found["code"], found["text"], found["article"], tuple(found["clauses"]), found.get("record", ""))


def read_verdict(found: Document) -> Verdict:
    """One answer of many."""
    return Verdict(_truth(found, "proceed"), _truth(found, "permit"), found["mode"], tuple(found["codes"]))


def read_explanation(found: Document) -> Explanation:
    """An explanation as `schema/explanation.json` describes it."""
    points = tuple(Point(read_reason(item), tuple(item["says"]), item["law"], item["help"]) for item in found["reasons"])
    return Explanation(read_decision(found), points, tuple(found["facts_needed"]))


def read_recorded(found: Document) -> Recorded:
    """A choice on record."""
    return Recorded(found["id"], found["digest"], found["version"], found.get("cascade"))


def read_outcome(found: Document) -> Recorded | Rejected:
    """What became of one choice of many."""
    return read_recorded(found) if "id" in found else Rejected(faults(found["rejections"]))


def read_collected(found: Document) -> Collected:
    """What became of a submission, as `schema/collected.json` describes it."""
    held = {name: tuple(map(_held, found.get(name, ()))) for name in ("dropped", "observed", "refused")}
    return Collected(
        allowed=_truth(found, "allowed"), kept=found["kept"], subject=found.get("subject"), mode=found["mode"], **held,
        missing=tuple(Missing(item["field"], _truth(item, "required"), item.get("consequence", "")) for item in found.get("missing", ())),
        quarantined=tuple(Held(item["field"], (read_reason(item["reason"]),)) for item in found.get("quarantined", ())),
        choices=tuple(found.get("choices", ())), age=found.get("age"), event=found.get("event"),
    )  # fmt: skip


def _held(found: Document) -> Held:
    return Held(found["field"], tuple(map(read_reason, found["reasons"])))


def read_known(kind: type[T], found: Document) -> T:
    """A value of what is known by the names of its fields; raises `KeyError` or `TypeError` when something lacks."""
    names = kind.__dataclass_fields__  # type: ignore[attr-defined]  # every answer is a dataclass
    return kind(**{name: _plain(name, found[name]) for name in names if name in found})


def _plain(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    return datetime.fromisoformat(value) if name == "at" else value


def read_standing(found: Document) -> Standing:
    """The standing of a person."""
    held = found["standing"]
    consents = tuple(read_known(Consent, item) for item in held.get("consents", ()))
    return read_known(Standing, {**held, "consents": consents, "subject": found["subject"], "policy_version": found["policy_version"]})


def read_link(found: Document) -> UnsubscribeLink:
    """A link to unsubscribe."""
    return UnsubscribeLink(found["url"], found["headers"])


def _truth(found: Document, name: str) -> bool:
    """A yes or no; nothing else is taken for one."""
    value = found[name]
    if not isinstance(value, bool):
        raise TypeError(name)
    return value
