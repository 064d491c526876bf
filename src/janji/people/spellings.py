"""The other ways in which an identifier may stand in a company's systems, besides its normal form."""

from __future__ import annotations

import re

from janji.people.identifiers import Identifier, IdentifierKind


def spellings(one: Identifier) -> tuple[str, ...]:
    """How people and programs write this identifier too, each once; the normal form is not among them.

    What differs in capitals, or in signs between digits, needs no spelling: that is the form of a column.
    """
    found = _WRITTEN[one.kind](one.normal) if one.kind in _WRITTEN else []
    return tuple(dict.fromkeys(text for text in found if text and text != one.normal))


def _phone(normal: str) -> list[str]:
    """With and without the plus, as dialled within the country, and both with the signs that the country's tables put between."""
    import phonenumbers

    try:
        number = phonenumbers.parse(normal)
    except phonenumbers.NumberParseException:
        return [normal.lstrip("+")]
    form = phonenumbers.PhoneNumberFormat
    national, abroad = (str(phonenumbers.format_number(number, one)) for one in (form.NATIONAL, form.INTERNATIONAL))
    return [normal.lstrip("+"), re.sub(r"\D", "", national), national, abroad, str(number.national_number)]


def _device(normal: str) -> list[str]:
    """In capitals; a MAC address also with hyphens and with nothing between."""
    mac = [normal.replace(":", "-"), normal.replace(":", "")] if re.fullmatch(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}", normal) else []
    return [one for text in (normal, *mac) for one in (text, text.upper())]


def _account(normal: str) -> list[str]:
    return [normal.replace(" ", "")]


_WRITTEN = {IdentifierKind.PHONE: _phone, IdentifierKind.DEVICE: _device, IdentifierKind.ACCOUNT: _account}
