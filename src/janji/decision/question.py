"""The question, the facts and the answer: what goes into a decision and what comes out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from janji.terms.canonical import digest
from janji.terms.messages import Message
from janji.terms.processing import AgeState, Operation

SEPARATOR = "\x1f"
WORD_BITS = 62
_WORD = (1 << WORD_BITS) - 1
_PLAIN = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def day_number(at: datetime) -> int:
    """The UTC calendar day of an instant as the number `yyyymmdd`.

    0 when `at` has no time zone, or its UTC day lies outside the calendar (years 1 to 9999).
    """
    if at.tzinfo is None:
        return 0
    try:
        moment = at.astimezone(UTC)
    except OverflowError:
        return 0
    return moment.year * 10000 + moment.month * 100 + moment.day


@dataclass(frozen=True, slots=True)
class Question:
    """May `data` be processed for `purpose` at the instant `at` (aware)?

    `recipient`, `country` (ISO 3166-1 alpha-2), `channel` and `agent` (who acts; absent for a machine acting alone)
    are left out when they play no part. `subject` is a pseudonym and takes no part in the answer.
    """

    purpose: str
    data: tuple[str, ...]
    at: datetime
    operation: str = Operation.USE
    recipient: str | None = None
    country: str | None = None
    channel: str | None = None
    agent: str | None = None
    subject: str | None = None
    key: str = field(init=False, repr=False, compare=False)
    day: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        data = tuple(sorted(set(self.data)))
        parts = (
            str(self.purpose),
            str(self.operation),
            *(_part(part) for part in (self.recipient, self.country, self.channel)),
            *data,
        )
        key = SEPARATOR.join(parts)
        object.__setattr__(self, "data", data)
        object.__setattr__(self, "key", key if key.count(SEPARATOR) == len(parts) - 1 else "")
        object.__setattr__(self, "day", day_number(self.at))


def _part(name: str | None) -> str:
    """A name that may be absent, so that an empty one is not taken for none."""
    return "" if name is None else "=" + name


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of the person and of the request when the question is asked.

    `bits` are the words of the person's standing joined (bit `i` is entry `i` of the layout), `born` the date of birth
    as `yyyymmdd` or 0, `trained_until` the last day of the agent's training as `yyyymmdd` or 0, `instrument` the
    reference of the legal instrument behind a disclosure to an authority.
    """

    bits: int = 0
    born: int = 0
    trained_until: int = 0
    instrument: str | None = None
    instrument_approved: bool = False

    def words(self, count: int) -> tuple[int, ...]:
        """The standing as `count` words of 62 bits, as a row stores them."""
        return tuple((self.bits >> WORD_BITS * index) & _WORD for index in range(count))


def join_words(words: Iterable[int]) -> int:
    """The bits of a stored row, from its words of 62 bits; a row older than the layout has fewer words."""
    bits = 0
    for index, word in enumerate(words):
        bits |= (word & _WORD) << WORD_BITS * index
    return bits


@dataclass(frozen=True, slots=True)
class Reason:
    """One condition and why it failed (or, in a permit, the ground that carries it).

    `clauses` are the clauses of the policy, `article` the law's, `record` the entry of the standing that it turned on.
    """

    code: str
    message: Message
    clauses: tuple[str, ...]
    article: str
    record: str | None = None

    @property
    def clause(self) -> str:
        """The clauses as one text."""
        return ", ".join(self.clauses)


class Decision:
    """The answer: `permit`, and every reason. Reproducible from `policy_version`, the question and the facts.

    A plain class, not a dataclass: it is made hundreds of thousands of times a second.
    """

    __slots__ = ("facts", "permit", "policy_version", "question", "reasons")

    def __init__(
        self, permit: bool, reasons: tuple[Reason, ...], policy_version: str, question: Question, facts: Facts | None
    ) -> None:
        self.permit = permit
        self.reasons = reasons
        self.policy_version = policy_version
        self.question = question
        self.facts = facts

    @property
    def facts_digest(self) -> str:
        """SHA-256 (hexadecimal) of the facts in canonical form; computed when asked for."""
        return digest_facts(self.facts)

    def __repr__(self) -> str:
        codes = ", ".join(reason.code for reason in self.reasons)
        return f"Decision({'permit' if self.permit else 'deny'}: {codes})"


def digest_facts(facts: Facts | None) -> str:
    """SHA-256 of facts in RFC 8785 form; absent facts have a digest of their own."""
    if facts is None:
        return digest({"facts": "absent"})
    # In RFC 8785's order; texts, booleans and whole numbers Python writes as it wants them, and sooner.
    held = _PLAIN.encode({
        "born": facts.born,
        "instrument": facts.instrument or "",
        "instrument_approved": facts.instrument_approved,
        "standing": f"{facts.bits:x}",
        "trained_until": facts.trained_until,
    })  # fmt: skip
    return hashlib.sha256(held.encode()).hexdigest()


def age_state(born: int, attested_adult: bool, attested_child: bool, day: int, under: int) -> AgeState:
    """The person's age state on `day`: by date of birth (`yyyymmdd`, 0 unknown), else by what was attested.

    A person born on 29 February comes of age on 1 March. Where both states are attested, `child` holds.
    """
    if born > 0:
        return AgeState.ADULT if born <= day - under * 10000 else AgeState.CHILD
    if attested_child:
        return AgeState.CHILD
    return AgeState.ADULT if attested_adult else AgeState.UNKNOWN
