"""The messages that there are, and what each is filled with: a short link, a code, codes of the policy, and no value of a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from janji.terms.messages import Message, pack_message, say, unpack_message
from janji.terms.processing import Right
from janji.terms.texts import Text


class MessageKind(StrEnum):
    """What a message is about."""

    RECEIPT = "receipt"
    """The request is recorded; when it is answered at the latest."""
    PROVE = "prove"
    """A link or a code by which who asks shows that the address is theirs."""
    FIRST_REMINDER = "first-reminder"
    LAST_REMINDER = "last-reminder"
    NOT_VERIFIED = "not-verified"
    """It was closed: nobody showed who asks. It can be opened again."""
    EXTENDED = "extended"
    """It takes longer, as the law allows once: why, and until when."""
    DONE = "done"
    PARTLY_DONE = "partly-done"
    NOTHING_HELD = "nothing-held"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    DUPLICATE = "duplicate"
    PACKAGE = "package"
    """The copy is ready: a link that opens once."""
    SECOND_FACTOR = "second-factor"
    """The code that opens it, by another way than the link or by word of mouth."""
    AT_THE_DESK = "at-the-desk"
    """The result lies ready with staff, who hand it over."""
    SIGN_IN = "sign-in"
    """A code by which somebody shows that an address is theirs, to see what is held of them."""
    ESCALATION = "escalation"
    """To officers: a part of the time is over, and it is not done."""
    APPROVAL = "approval"
    """To officers: what would be done is known, and somebody must agree."""


RESULTS = frozenset({
    MessageKind.DONE, MessageKind.PARTLY_DONE, MessageKind.NOTHING_HELD, MessageKind.REFUSED, MessageKind.PACKAGE, MessageKind.NOT_VERIFIED,
    MessageKind.WITHDRAWN, MessageKind.DUPLICATE,
})  # fmt: skip
"""What tells a person how a request ended."""
ANSWERS = frozenset({MessageKind.DONE, MessageKind.PARTLY_DONE, MessageKind.NOTHING_HELD, MessageKind.REFUSED, MessageKind.PACKAGE})
"""What tells the person the outcome."""
FOR_OFFICERS = frozenset({MessageKind.ESCALATION, MessageKind.APPROVAL})
"""What goes to those who must act."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What a message is filled with. None of it is personal: it speaks of systems, rules and days.

    `right` is the title of the right and `kind` what the law calls it, `number` how the person names the request,
    `link` what is opened, `code` what is typed, `until` when those end. `lines` say what was done, one a system; `kept`
    what stays, on which ground and until when; `waits` which systems have not answered, or what it waits for; `ground`
    why it is refused. `ward`: whether it is about somebody for whom a guardian asked.
    """

    right: Text | None = None
    kind: Right | None = None
    number: str = ""
    due: datetime | None = None
    link: str = ""
    code: str = ""
    until: datetime | None = None
    lines: tuple[Message, ...] = ()
    kept: tuple[Message, ...] = ()
    waits: tuple[Message, ...] = ()
    ground: Text | Message | None = None
    ward: bool = False


def pack_values(values: Values) -> dict[str, Any]:
    """Values as a JSON object; what is absent is left out."""
    held: dict[str, Any] = {
        "right": _text(values.right), "kind": values.kind, "number": values.number, "link": values.link, "code": values.code,
        "due": None if values.due is None else values.due.isoformat(), "until": None if values.until is None else values.until.isoformat(),
        "lines": [*map(pack_message, values.lines)], "kept": [*map(pack_message, values.kept)], "waits": [*map(pack_message, values.waits)],
        "ground": _text(values.ground), "ward": values.ward,
    }  # fmt: skip
    return {key: value for key, value in held.items() if value}


def unpack_values(held: Mapping[str, Any]) -> Values:
    """The values that `pack_values` made a JSON object of."""
    return Values(
        right=_read_text(held.get("right")), kind=Right(held["kind"]) if "kind" in held else None, number=held.get("number", ""),
        link=held.get("link", ""), code=held.get("code", ""), due=_read_instant(held.get("due")), until=_read_instant(held.get("until")),
        lines=_read_lines(held, "lines"), kept=_read_lines(held, "kept"), waits=_read_lines(held, "waits"), ground=_read(held.get("ground")), ward=held.get("ward", False),
    )  # fmt: skip


def _text(value: Text | Message | None) -> dict[str, Any] | None:
    """As a message with one hole, which knows how to be kept."""
    return None if value is None else pack_message(say("{it}", it=value))


def _read(held: Mapping[str, Any] | None) -> Text | Message | None:
    if held is None:
        return None
    value = unpack_message(held).params[0][1]
    return value if isinstance(value, Text | Message) else None


def _read_text(held: Mapping[str, Any] | None) -> Text | None:
    found = _read(held)
    return found if isinstance(found, Text) else None


def _read_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _read_lines(held: Mapping[str, Any], key: str) -> tuple[Message, ...]:
    return tuple(map(unpack_message, held.get(key, ())))
