"""What is given at a touchpoint with its circumstances, and what the gate makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as part
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from janji.decision.enforcement import Enforcement, Mode, Outcome
from janji.decision.question import Decision, Reason
from janji.decision.standing import KnownAge
from janji.ledger.events import Actor
from janji.terms.processing import AgeState, SourceKind
from janji.terms.texts import Text

if TYPE_CHECKING:
    from janji.scanner.matches import Match


@dataclass(frozen=True, slots=True)
class Announced:
    """That people were told of a recording: when (aware), and the digest of the text in 64 hexadecimal digits."""

    at: datetime
    digest: str


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was given. `text` is what could be read of it, absent when nothing could."""

    name: str = part(repr=False)
    media_type: str
    data: bytes = part(repr=False)
    text: str | None = part(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The circumstances of a submission.

    `at` is an aware instant. `texts` are the digests of each notice as it was ever published. `age` is the answer at a
    gate that asks no date. `source` is where all fields come from when that is not the touchpoint's own source, `sources`
    the same for single fields. `scopes` are those asked of another service. `agent` is who collects.
    """

    at: datetime
    actor: Actor = Actor.PERSON
    age: KnownAge | None = None
    announced: Announced | None = None
    texts: Mapping[str, frozenset[str]] = part(default_factory=dict)
    scopes: tuple[str, ...] = ()
    event: str | None = None
    agent: str | None = None
    source: str | None = None
    sources: Mapping[str, str] = part(default_factory=dict)
    application: str | None = None
    enforcement: Enforcement = part(default_factory=Enforcement)


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from, who collected it (absent for a machine alone), and the purposes that may have it."""

    source: str
    kind: SourceKind
    purposes: tuple[str, ...]
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """A field (or `field.part`) against which something speaks, and all that does.

    `purposes` are those whose decision denied; empty when the gate itself objects. `always` when it holds in any mode.
    """

    field: str
    reasons: tuple[Reason, ...]
    purposes: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True, slots=True)
class Missing:
    """A field that was not given or not kept, and what follows; without `required` nothing stops for it."""

    field: str
    required: bool
    consequence: Text | None


@dataclass(frozen=True, slots=True)
class Find:
    """What the scanner met in a field; `within` is the part of a value that has parts."""

    match: Match
    within: str | None = None


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A field that a person must look at before it is used, and what was found; its value is held apart."""

    field: str
    reason: Reason
    finds: tuple[Find, ...]
    value: Any = part(repr=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A yes or no that was said, to one purpose and channel; whether it counts is for `consent` to say."""

    field: str
    purpose: str
    channel: str | None
    yes: bool


@dataclass(frozen=True, slots=True)
class AgeOutcome:
    """What the age gate came to.

    `given` says whether the age came with this submission; `born` is the date, if it was one. A child without a
    guardian whose consent is verified is `quarantined`: the way goes on with the guardian.
    """

    state: AgeState
    gate: bool
    given: bool
    quarantined: bool = False
    band: str | None = None
    born: date | None = part(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """One decision that was asked for, and what the deployment does with it."""

    decision: Decision
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Collected:
    """What may be kept of a submission, and everything about the rest.

    `observed` is what was kept only because the deployment does not enforce yet. `refused` are scopes that must not be
    asked for, `scopes` those that may. `allowed` says whether the person's business can go on: nothing required is
    missing. `asked` are all decisions behind it. With `warn` the caller must be told of what was observed.
    """

    touchpoint: str
    allowed: bool
    mode: Mode
    policy_version: str
    kept: Mapping[str, Any] = part(default_factory=dict, repr=False)
    dropped: tuple[Held, ...] = ()
    observed: tuple[Held, ...] = ()
    missing: tuple[Missing, ...] = ()
    quarantined: tuple[Quarantined, ...] = ()
    choices: tuple[Choice, ...] = ()
    provenance: Mapping[str, Provenance] = part(default_factory=dict)
    age: AgeOutcome | None = None
    scopes: tuple[str, ...] = ()
    refused: tuple[Held, ...] = ()
    asked: tuple[Asked, ...] = ()
    warn: bool = False
