"""How the values of an identifier column stand in it, told from counts, and which of them a search would not find."""

from __future__ import annotations

from dataclasses import dataclass

from janji.datamap.meaning import Form, Identifier

NUMBERS = frozenset({"phone", "national-id"})
"""Kinds of identifiers whose normal form is digits."""
CASELESS = frozenset({"email", "device"})
"""Kinds whose normal form is in lower case."""


@dataclass(frozen=True, slots=True)
class FormCount:
    """Of a column: values that are there, that hold capitals, other characters than digits (after one `+`), space around, more than an address."""

    values: int
    capitals: int = 0
    apart: int = 0
    padded: int = 0
    wrapped: int = 0


def form_of(kind: str, counts: FormCount, now: Form = Form.EXACT) -> Form:
    """The narrowest form, no narrower than `now`, in which a search finds every value; the exact one needs no index of its own."""
    if now is Form.DIGITS or (kind in NUMBERS and counts.apart):
        return Form.DIGITS
    lowers = now.lowers or (kind in CASELESS and counts.capitals > 0)
    if now.trims or counts.padded:
        return Form.TRIMMED_LOWER if lowers else Form.TRIMMED
    return Form.LOWER if lowers else Form.EXACT


def missed(identifier: Identifier, counts: FormCount) -> int:
    """How many values a search in the written form would not find."""
    if identifier.form is Form.DIGITS:
        return 0
    if identifier.kind in NUMBERS:
        return counts.apart
    capitals = counts.capitals if identifier.kind in CASELESS and not identifier.form.lowers else 0
    return max(capitals, 0 if identifier.form.trims else counts.padded)
