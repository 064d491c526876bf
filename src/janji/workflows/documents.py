"""What people are told, rendered: notices, declarations and the files that machines look for, as text or in a folder."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from janji.decision.compiler import CompiledPolicy
from janji.documents.shapes import nearest
from janji.errors import Invalid
from janji.files.countries import load_countries
from janji.files.documents import write_documents
from janji.files.templates import fill
from janji.files.translations import LANGUAGES, load_tongue
from janji.notices.notice import notice
from janji.notices.signals import MOST, SecurityContact, privacy_signal, security_contact
from janji.notices.touchpoint import touchpoint_notice
from janji.notices.trackers import declaration
from janji.policy.model import Policy, Touchpoint
from janji.terms.messages import N_, Message, Tongue, say
from janji.terms.periods import Period
from janji.terms.texts import Text
from janji.workflows.policies import Opened

FEW = 6
"""Up to so many purposes are shown unfolded."""


class Kind(StrEnum):
    """The kinds of document."""

    NOTICE = "notice"
    TOUCHPOINT = "touchpoint"
    TRACKERS = "trackers"
    SECURITY = "security"
    GPC = "gpc"


class Form(StrEnum):
    """How a document for people is written."""

    HTML = "html"
    MD = "md"


@dataclass(frozen=True, slots=True)
class Link:
    """A way from one page to another; `language` when it is the same page in that language."""

    words: Message | Text | None
    href: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Rendered:
    """Documents by name, in order, and what could not be made with the reason."""

    documents: dict[str, bytes]
    left_out: tuple[Message, ...] = ()
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """What every document is made from: the policy, the instant, and how long a `security.txt` is good for."""

    compiled: CompiledPolicy
    at: datetime
    valid: Period

    @property
    def policy(self) -> Policy:
        """The policy."""
        return self.compiled.policy


@dataclass(slots=True)
class _Pile:
    documents: dict[str, bytes] = field(default_factory=dict)
    left_out: list[Message] = field(default_factory=list)


def open_desk(opened: Opened, at: datetime, valid: Period) -> Desk:
    """Ready to render; raises `Invalid` when the policy has errors or `valid` is longer than a year."""
    day = at.date()
    if not day < valid.after(day) <= MOST.after(day):
        raise Invalid(
            say(N_("`{period}` is not a time for which a security.txt can be good"), period=valid),
            say(N_("write a period of one day to one year, such as `P6M`")),
        )
    return Desk(opened.compiled, at, valid)


def render(desk: Desk, kind: Kind, tongue: Tongue, form: Form, touchpoint: str | None = None) -> Rendered:
    """One document, under the name that it would have in a folder."""
    if kind is Kind.SECURITY:
        return Rendered({".well-known/security.txt": _security(desk)})
    if kind is Kind.GPC:
        return Rendered({".well-known/gpc.json": _gpc(desk)})
    found = _touchpoint(desk.policy, touchpoint) if kind is Kind.TOUCHPOINT else None
    text, draft = _page(desk, kind, tongue, form, found, ())
    return Rendered({_name(kind, tongue.language, form, found): text}, draft=draft)


def render_folder(
    desk: Desk, tongue: Tongue, kinds: Iterable[Kind], forms: Iterable[Form], touchpoint: str | None = None
) -> Rendered:
    """Every document asked for, in every language of the policy; what cannot be made is left out and said."""
    pile, forms, draft = _Pile(), tuple(forms), False
    languages = _languages(desk.policy, tongue)
    for kind in kinds:
        if kind is Kind.SECURITY:
            try:
                pile.documents[".well-known/security.txt"] = _security(desk)
            except Invalid as error:
                pile.left_out.append(error.message)
        elif kind is Kind.GPC:
            pile.documents[".well-known/gpc.json"] = _gpc(desk)
        else:
            chosen: list[Touchpoint | None] = [None]
            if kind is Kind.TOUCHPOINT:
                named = [_touchpoint(desk.policy, touchpoint)] if touchpoint else desk.policy.touchpoints.values()
                chosen = list(named)
            for found in chosen:
                for form in forms:
                    for language in languages:
                        links = _links(kind, language, languages, form, found)
                        text, open_ = _page(desk, kind, load_tongue(language), form, found, links)
                        pile.documents[_name(kind, language, form, found)] = text
                        draft = draft or open_
    return Rendered(pile.documents, tuple(pile.left_out), draft)


def write(folder: Path, rendered: Rendered, *, replace: bool) -> tuple[Path, ...]:
    """Write rendered documents into a folder; see `files.documents.write_documents`."""
    return write_documents(folder, rendered.documents, replace=replace)


def style_sheet() -> str:
    """The style sheet that every page of the house begins with."""
    return fill("page.css", load_tongue("en"))


def _page(
    desk: Desk, kind: Kind, tongue: Tongue, form: Form, touchpoint: Touchpoint | None, links: tuple[Link, ...]
) -> tuple[bytes, bool]:
    day = desk.at.date()
    told = (
        touchpoint_notice(desk.compiled, touchpoint, day) if touchpoint is not None
        else declaration(desk.compiled, day) if kind is Kind.TRACKERS
        else notice(desk.compiled, day)
    )  # fmt: skip
    countries = {code: name.get(tongue.language) for code, name in load_countries().items()}
    purposes = touchpoint.purposes if touchpoint is not None else desk.policy.purposes
    text = fill(
        f"{kind}.{form}", tongue, told=told, countries=countries, links=links, few=len(purposes) <= FEW,
    )  # fmt: skip
    return text.encode(), told.draft


def _touchpoint(policy: Policy, name: str | None) -> Touchpoint:
    known = list(policy.touchpoints)
    if not known:
        raise Invalid(
            say(N_("the policy names no touchpoints")), say(N_("add an entry under `touchpoints` of the policy"))
        )
    if name is None:
        words = ", ".join(f"`{item}`" for item in known)
        raise Invalid(say(N_("`{option}` is missing"), option="--touchpoint"), say(N_("known here: {words}"), words=words))
    if name not in policy.touchpoints:
        raise Invalid(say(N_("the policy has no touchpoint `{name}`"), name=name), nearest(name, known))
    return policy.touchpoints[name]


def _security(desk: Desk) -> bytes:
    expires = datetime.combine(desk.valid.after(desk.at.date()), desk.at.time(), desk.at.tzinfo)
    told: SecurityContact = security_contact(desk.compiled, expires)
    if not told.contacts:
        raise Invalid(
            say(N_("the policy names no contact that a security.txt can hold")),
            say(N_("add `email`, a `url` that begins with https://, or a `phone` that begins with + under `controller`")),
        )
    written = expires.replace(microsecond=0).isoformat().replace("+00:00", "Z")
    return fill("security.txt", load_tongue("en"), told=told, expires=written).encode()


def _gpc(desk: Desk) -> bytes:
    return (json.dumps(privacy_signal(desk.compiled)) + "\n").encode()


def _languages(policy: Policy, tongue: Tongue) -> tuple[str, ...]:
    """The languages that the policy is written in and Janji speaks; the user's where the policy names none."""
    written = policy.languages or policy.title.languages
    return tuple(name for name in LANGUAGES if name in written) or (tongue.language,)


def _name(kind: Kind, language: str, form: Form, touchpoint: Touchpoint | None) -> str:
    stem = f"touchpoints/{touchpoint.id}" if touchpoint is not None else str(kind)
    return f"{stem}.{language}.{form}"


def _links(
    kind: Kind, language: str, languages: tuple[str, ...], form: Form, touchpoint: Touchpoint | None
) -> tuple[Link, ...]:
    """From a page to itself in the other languages, and to the notice of the whole policy."""
    own = [
        Link(None, _name(kind, other, form, touchpoint).rpartition("/")[2], other)
        for other in languages
        if other != language
    ]
    up = "../" if touchpoint is not None else ""
    whole = [Link(say(N_("The whole notice")), f"{up}notice.{language}.{form}")] if kind is not Kind.NOTICE else []
    return (*own, *whole)
