"""Identifiers of a person: their kinds, the one normal form of each, and how one is shown without being told."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from janji.errors import Invalid
from janji.people.national import normal_nik
from janji.terms.messages import N_, Message, say

LONGEST = 512
"""No identifier is longer, in characters."""
PREFIX = "sub_"
_EMAIL_LONGEST, _LOCAL_LONGEST, _LABEL_LONGEST, _PHONE_LONGEST = 254, 64, 63, 40


class IdentifierKind(StrEnum):
    """What an identifier is. All of them are personal data, those of a device too (clause 2.4.1.f)."""

    EMAIL = "email"
    PHONE = "phone"
    ACCOUNT = "account"
    NATIONAL_ID = "national-id"
    DEVICE = "device"
    COOKIE = "cookie"
    ADDRESS = "ip"


PSEUDONYMOUS = frozenset({IdentifierKind.DEVICE, IdentifierKind.COOKIE, IdentifierKind.ADDRESS})
"""Kinds that tell devices and browsers apart, not people: only a join, with purpose and basis, ties one to a person."""


class Suppressed(StrEnum):
    """What an identifier may be kept from after its person is gone."""

    CONTACT = "contact"
    IMPORT = "import"


@dataclass(frozen=True, slots=True)
class Identifier:
    """An identifier in normal form. Its text never shows in a `repr`."""

    kind: IdentifierKind
    normal: str = field(repr=False)

    @property
    def pseudonymous(self) -> bool:
        """Whether it stands for a device or a browser until it is joined to a person."""
        return self.kind in PSEUDONYMOUS

    @property
    def masked(self) -> str:
        """Enough to tell two of one person's identifiers apart, too little to reach or to look up anybody."""
        if self.kind is IdentifierKind.EMAIL:
            local, _, domain = self.normal.partition("@")
            return f"{local[0]}***@***.{domain.rpartition('.')[2]}"
        return f"***{self.normal[-2:]}" if len(self.normal) > 7 else "***"


def identify(kind: str, value: str, region: str | None = None) -> Identifier:
    """The identifier of `kind` in the normal form of its kind; idempotent.

    `region` (ISO 3166-1 alpha-2) is where a phone number without a country code belongs. Raises `Invalid`, never with
    the value in its message, for an unknown kind and for whatever is no identifier of the kind.
    """
    if kind not in KINDS:
        raise Invalid(
            say(N_("`{word}` is not a kind of identifier"), word=kind if len(kind) <= 20 and kind.isascii() else "-"),
            say(N_("known here: {words}"), words=", ".join(f"`{item}`" for item in IdentifierKind)),
        )
    text = _cleaned(value)
    return Identifier(KINDS[kind], _NORMAL[KINDS[kind]](text, region))


def parse(text: str, region: str | None = None) -> Identifier | UUID:
    """A person as people name one: `sub_<uuid>` or `kind:value`. Raises `Invalid` for anything else."""
    named = text.strip()
    if named.startswith(PREFIX):
        if re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", named[len(PREFIX) :]):
            return UUID(named[len(PREFIX) :])
        raise Invalid(say(N_("what follows `sub_` is not the number of a person")), say(N_("`janji subject find` gives it")))
    kind, colon, value = named.partition(":")
    if not colon:
        raise Invalid(
            say(N_("a person is named by `sub_` and a number, or by a kind and an identifier")),
            say(N_("write `email:` and the address, or `-` and give it on standard input")),
        )
    return identify(kind, value, region)


def _cleaned(value: str) -> str:
    """The value without space around it, in NFC (UAX 15); raises `Invalid` for characters that no identifier has."""
    if len(value) > LONGEST:
        raise _wrong(N_("an identifier has at most {count} characters"), count=LONGEST)
    text = value.strip()
    if not text:
        raise _wrong(N_("an identifier is empty"))
    if text.isascii():
        if not text.isprintable():
            raise _hidden()
        return text
    if any(unicodedata.category(char)[0] == "C" or (char.isspace() and char != " ") for char in text):
        raise _hidden()
    return unicodedata.normalize("NFC", text)


def _hidden() -> Invalid:
    return _wrong(N_("an identifier holds a character that is not seen, or is not text in UTF-8"))


def _wrong(message: str, help: Message | None = None, **params: object) -> Invalid:
    return Invalid(say(message, **params), help or say(N_("correct it at its source; nothing was stored")))


_PLAIN_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_LOCAL_ASCII = frozenset("abcdefghijklmnopqrstuvwxyz0123456789!#$%&'*+/=?^_`{|}~-.")


def _email(text: str, _: str | None) -> str:
    """An address (RFC 5321, 6531): domain by IDNA and in lower case, local part in lower case too.

    RFC 5321 2.4 lets a host tell `Budi` from `budi`; no large provider does, and people type both. Dots and `+tags`
    stay: whether they matter is the provider's own rule, and two people must never become one.
    """
    lower = text.lower()
    if len(lower) <= _EMAIL_LONGEST and _PLAIN_EMAIL.fullmatch(lower) and lower.index("@") <= _LOCAL_LONGEST:
        return lower
    local, at, domain = unicodedata.normalize("NFC", lower).rpartition("@")
    sound = at and local and not (local[0] == "." or local[-1] == "." or ".." in local)
    sound = sound and all(char in _LOCAL_ASCII or (char > "\x7f" and not char.isspace()) for char in local)
    labels = [_label(label) for label in domain.replace("\u3002", ".").split(".")]
    address = f"{local}@{'.'.join(labels)}"
    fits = len(local.encode()) <= _LOCAL_LONGEST and len(address.encode()) <= _EMAIL_LONGEST
    if not sound or not fits or len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise _wrong(N_("an e-mail address is not well formed"))
    return address


def _label(label: str) -> str:
    """A label of a domain as it is asked for in the DNS (RFC 5891, mapped as RFC 5895); empty when it cannot be one.

    Written here because Python's own codec is IDNA 2003, in which `straße.de` and `strasse.de` are one domain.
    """
    text = label
    if not text.isascii():
        text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).lower())
        if not all(unicodedata.category(char)[0] in "LMN" or char == "-" for char in text):
            return ""
        if unicodedata.category(text[0])[0] == "M":
            return ""
        if not text.isascii():
            text = f"xn--{text.encode('punycode').decode('ascii')}"
    fits = len(text) <= _LABEL_LONGEST and re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", text)
    return text if fits else ""


def _phone(text: str, region: str | None) -> str:
    """A number in E.164, by the tables of `phonenumbers`, which are loaded when the first number comes."""
    if len(text) > _PHONE_LONGEST:
        raise _no_phone()
    import phonenumbers

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise _no_phone() from None
    if number.extension:
        raise _wrong(N_("a phone number with an extension may be many people's"))
    if not phonenumbers.is_possible_number(number):
        raise _no_phone()
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _no_phone() -> Invalid:
    return _wrong(N_("a phone number is not one"), say(N_("write it with its country code, as in `+62 812 ...`")))


def _account(text: str, _: str | None) -> str:
    """A number or name of an account: runs of spaces are one; its case stays, for some companies tell by it."""
    return " ".join(text.split())


_UUID = re.compile(r"[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_MAC = re.compile(r"[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}")
_OCTETS = re.compile(r"[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]+")


def _device(text: str, _: str | None) -> str:
    """A device's number: UUIDs (advertising ids) and MAC addresses in lower case, anything else as it is."""
    if _UUID.fullmatch(text):
        return text.lower()
    if _MAC.fullmatch(text):
        return text.lower().replace("-", ":")
    if any(char.isspace() for char in text):
        raise _wrong(N_("the number of a device holds a space"))
    return text


def _cookie(text: str, _: str | None) -> str:
    """The value of a cookie, byte for byte: RFC 6265 4.1.1 allows these characters and compares no other way."""
    if not _OCTETS.fullmatch(text):
        raise _wrong(N_("the value of a cookie holds a character that a cookie cannot hold"))
    return text


def _address(text: str, _: str | None) -> str:
    """An IP address (RFC 5952); an IPv4 address inside IPv6 is that IPv4 address; no zone."""
    try:
        found = ip_address(text)
    except ValueError:
        raise _wrong(N_("an IP address is not well formed")) from None
    if isinstance(found, IPv6Address):
        if found.scope_id is not None:
            raise _wrong(N_("an IP address with a zone is known on one machine only"))
        return str(found.ipv4_mapped or found)
    return str(found)


def _national(text: str, _: str | None) -> str:
    return normal_nik(text)


KINDS = {str(kind): kind for kind in IdentifierKind}
_NORMAL = {
    IdentifierKind.EMAIL: _email, IdentifierKind.PHONE: _phone, IdentifierKind.ACCOUNT: _account,
    IdentifierKind.NATIONAL_ID: _national, IdentifierKind.DEVICE: _device, IdentifierKind.COOKIE: _cookie,
    IdentifierKind.ADDRESS: _address,
}  # fmt: skip
