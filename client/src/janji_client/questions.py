"""What an application asks and tells: questions, choices, and the people they are about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from datetime import UTC, date, datetime
from typing import Any, Literal, TypedDict

Verb = Literal["grant", "refuse", "withdraw", "renew", "object"]
"""What a person says of a purpose."""


@dataclass(frozen=True, slots=True)
class Identifier:
    """What a person is found by, such as an e-mail address. Its value is personal data and never shown by `repr`."""

    kind: str
    value: str = field(repr=False)


Subject = str | Identifier
"""A person: the `sub_...` that Janji gave, or an identifier. Keep the `sub_...`, which says nothing to anybody else."""


def email(address: str) -> Identifier:
    """The person with this e-mail address."""
    return Identifier("email", address)


def phone(number: str) -> Identifier:
    """The person with this telephone number."""
    return Identifier("phone", number)


class Details(TypedDict, total=False):
    """What can be said of a question beside its purpose and data: the further fields of `Question`."""

    subject: Subject | None
    operation: str | None
    recipient: str | None
    country: str | None
    channel: str | None
    agent: str | None
    at: datetime | None
    touchpoint: str | None
    facts: Mapping[str, Any] | None
    record: bool


@dataclass(frozen=True, slots=True)
class Question:
    """May data of these categories be used for this purpose?

    `data` are categories as the policy names them. `operation` is collect, use, disclose or retain; when it is left out, use, or
    disclose where a recipient is named. `facts` is what is known of the request alone. `record` writes the use into the
    person's track record, if it goes on.
    """

    purpose: str
    data: Sequence[str]
    _: KW_ONLY
    subject: Subject | None = None
    operation: str | None = None
    recipient: str | None = None
    country: str | None = None
    channel: str | None = None
    agent: str | None = None
    at: datetime | None = None
    touchpoint: str | None = None
    facts: Mapping[str, Any] | None = field(default=None, repr=False)
    record: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "data", _several(self.data))


class Particulars(TypedDict, total=False):
    """What can be said of a choice beside who, what and for which purpose: the further fields of `Choice`."""

    channel: str | None
    language: str | None
    notice_digest: str | None
    method: str | None
    actor: str | None
    until: datetime | None
    evidence: str | None
    automated: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """What a person said of a purpose.

    A yes names the notice that was shown, by `language` and `notice_digest` (without it, the present one), and the `method` by
    which it was given. `actor` is who acted: person, guardian or staff. `evidence` is the reference of a form or a recording,
    which is sealed. `automated` says of an objection that it is only to being decided about by a machine alone.
    """

    subject: Subject
    verb: Verb
    purpose: str
    _: KW_ONLY
    channel: str | None = None
    language: str | None = None
    notice_digest: str | None = None
    method: str | None = None
    actor: str | None = None
    until: datetime | None = None
    evidence: str | None = field(default=None, repr=False)
    automated: bool = False


class Context(TypedDict, total=False):
    """What can be said of a submission beside its fields.

    Who: `subject`, or `identifiers` by which the person is found or put on record. `agreements` are kinds with the reference of
    what is concluded by this submission, as in `{"order": "A-17"}`; `age` is adult or child, where no date was asked. What was
    shown: `language`, and the `digests` of notices by purpose. `announced` says of a recording when (`at`) and with which
    text (`digest`) it was announced. `scopes` were asked of another service. The rest is of where the data come from.
    """

    subject: Subject | None
    identifiers: Sequence[Identifier]
    agreements: Mapping[str, str]
    age: str | None
    language: str | None
    digests: Mapping[str, str]
    method: str | None
    actor: str | None
    evidence: Mapping[str, Any] | None
    announced: Mapping[str, Any] | None
    scopes: Sequence[str]
    event: str | None
    agent: str | None
    trained_until: date | None
    source: str | None
    sources: Mapping[str, str]


def written(value: Any) -> Any:
    """A value as the API writes it in JSON: what is absent left out, instants in UTC with `Z`."""
    if isinstance(value, Question | Choice | Identifier):
        held = {item.name: getattr(value, item.name) for item in fields(value)}
        return {name: written(item) for name, item in held.items() if item is not None and item is not False}
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone, as in `datetime.now(UTC)`")
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {name: written(item) for name, item in value.items() if item is not None}
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    return value


def _several(names: Sequence[str]) -> tuple[str, ...]:
    """Names as a tuple; one alone is not its letters."""
    return (names,) if isinstance(names, str) else tuple(names)
