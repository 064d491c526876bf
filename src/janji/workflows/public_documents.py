"""What anybody may read: the policy and its versions, what each changed, the feed, notices where data are asked for, signals."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cached_property, lru_cache
from typing import Any

import orjson

from janji.consent.shown import Shown
from janji.consent.shown import published as shown_texts
from janji.decision.compiler import CompiledPolicy
from janji.errors import Invalid
from janji.files.translations import load_tongue
from janji.ledger.events import stamp
from janji.notices.plain import four_facts
from janji.notices.touchpoint import touchpoint_notice
from janji.policy.model import Controller
from janji.store import policies
from janji.store.policies import Listed
from janji.terms.messages import N_, Tongue, say
from janji.terms.periods import Period
from janji.terms.texts import Text
from janji.terms.words import on_day
from janji.versions.changes import Diff
from janji.workflows.documents import Desk, Form, Kind, render
from janji.workflows.house import House
from janji.workflows.in_force import Published
from janji.workflows.public_choices import choosable
from janji.workflows.publishing import compare_published, version
from janji.workflows.versions import diff_json, diff_page

JSON, HTML, MARKDOWN, ATOM, PLAIN = "application/json", "text/html", "text/markdown", "application/atom+xml", "text/plain"
MOST = 100
"""Versions on one page, at most."""
FED = 20
"""Versions in the feed: the newest."""
GOOD_FOR = Period(months=6)
"""How long a `security.txt` is good for."""

FORMS = {HTML: Form.HTML, MARKDOWN: Form.MD}


@dataclass(frozen=True)
class Document:
    """A document as it is handed out. `language` is absent where it speaks none, or all of them."""

    body: bytes
    media: str
    language: str | None = None

    @cached_property
    def styles(self) -> tuple[str, ...]:
        """The hashes by which a Content-Security-Policy lets the page's own style sheets pass (CSP 3, section 2.3.1)."""
        found = re.findall(rb"<style>(.*?)</style>", self.body, re.DOTALL) if self.media == HTML else []
        return tuple(f"'sha256-{base64.b64encode(hashlib.sha256(style).digest()).decode()}'" for style in found)


@dataclass(frozen=True, slots=True)
class _Source:
    """A version by its digest, which is all that two of them are told apart by."""

    digest: str
    compiled: CompiledPolicy = field(compare=False, repr=False)

    @classmethod
    def of(cls, published: Published) -> _Source:
        """The version as a key of what was made from it."""
        return cls(published.digest, published.compiled)


# --------------------------------------------------------------------------------------------- the policy and its versions


def policy_document(house: House, media: str, tongue: Tongue) -> Document:
    """The policy in force: for programs its names, for people the whole notice."""
    return _version_document(house, house.policy_in_force, media, tongue)


def version_document(house: House, number: int, media: str, tongue: Tongue) -> Document:
    """A published version, as `policy_document`; raises `Invalid` when there is none of that number."""
    return _version_document(house, _version(house, number), media, tongue)


def _version_document(house: House, published: Published, media: str, tongue: Tongue) -> Document:
    if media in FORMS:
        return _rendered(_Source.of(published), Kind.NOTICE, tongue.language, FORMS[media], None, _today(house))
    (row,) = policies.listed(published.number + 1, 1)
    return _names(_Source.of(published), row)


@lru_cache(maxsize=16)
def _names(source: _Source, row: Listed) -> Document:
    """A version for programs; it never changes."""
    policy, browsers = source.compiled.policy, frozenset(choosable(source.compiled.policy))
    held = {
        **_row_json(row), "title": _texts(policy.title), "law": str(source.compiled.law.id),
        "languages": list(map(str, policy.languages or policy.title.languages)), "controller": _controller(policy.controller),
        "purposes": [
            {"purpose": str(one.id), "title": _texts(one.title), "basis": str(one.basis), "channels": list(map(str, one.channels)),
             **({"notice": str(one.notice)} if one.notice else {}), "browser": str(one.id) in browsers}
            for one in policy.purposes.values()
        ],
        "notices": [
            {"notice": one.notice, "version": one.version, "language": one.language, "digest": one.digest} for one in _shown(source)
        ],
        "touchpoints": [{"touchpoint": str(one.id), "title": _texts(one.title)} for one in policy.touchpoints.values()],
    }  # fmt: skip
    return Document(orjson.dumps(held), JSON)


@lru_cache(maxsize=16)
def _shown(source: _Source) -> tuple[Shown, ...]:
    """Every notice of a version as people can have been shown it."""
    return tuple(sorted(shown_texts(source.compiled.policy), key=lambda one: (one.notice, one.version, one.language)))


def versions_document(cursor: str | None, limit: int) -> Document:
    """A page of published versions, the newest first; raises `Invalid` for a cursor that is none."""
    rows, following = published_versions(cursor, limit)
    held: dict[str, Any] = {"items": [_row_json(row) for row in rows]}
    if following:
        held["next"] = following
    return Document(orjson.dumps(held), JSON)


def published_versions(cursor: str | None, limit: int) -> tuple[tuple[Listed, ...], str]:
    """The same as rows, and the cursor of the next page, empty on the last; raises `Invalid` for a cursor that is none."""
    rows = policies.listed(_number(cursor), limit + 1)
    following = base64.urlsafe_b64encode(f"below {rows[limit - 1].number}".encode()).decode().rstrip("=") if len(rows) > limit else ""
    return rows[:limit], following


def diff_document(old: int, new: int, media: str, tongue: Tongue) -> Document:
    """What the newer of two published versions changed, as `schema/diff.json` or as a page.

    Raises `Invalid` when one of them is not there, or the first is not the older.
    """
    if old >= new:
        raise Invalid(say(N_("the first of two versions must be the older one")), say(N_("turn the two numbers round")))
    with _COMPARING:  # one at a time: anybody may ask, and each costs a good part of a second
        published, diff = _compared(old, new, *(_digest(number) for number in (old, new)))
    if media == HTML:
        return Document(diff_page(published.policy, diff, tongue).encode(), HTML, tongue.language)
    return Document(orjson.dumps(diff_json(published.policy, diff, tongue)), JSON, tongue.language)


_COMPARING = threading.Lock()


@lru_cache(maxsize=32)
def _compared(old: int, new: int, before: str, after: str) -> tuple[Published, Diff]:  # noqa: ARG001 - numbers mean the same in one house alone
    return compare_published(old, new)


def _digest(number: int) -> str:
    rows = policies.listed(number + 1, 1)
    return rows[0].digest if rows and rows[0].number == number else ""


def _version(house: House, number: int) -> Published:
    present = house.policy_in_force
    return present if present.number == number else _read(number, _digest(number))


@lru_cache(maxsize=8)
def _read(number: int, digest: str) -> Published:  # noqa: ARG001 - as above
    return version(number)


def _number(cursor: str | None) -> int:
    if cursor is None:
        return 1 << 31 - 1
    try:
        word, _, number = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii").partition(" ")
        if word == "below" and number.isdecimal() and len(number) < 10:
            return int(number)
    except ValueError:
        pass
    raise Invalid(say(N_("the cursor is none that was given for this")), say(N_("give the one in `next`, as it is, or none to begin again")))


def _row_json(row: Listed) -> dict[str, Any]:
    return {
        "number": row.number, "policy": row.policy, "version": row.version, "digest": row.digest, "effective": str(row.effective),
        "published": stamp(row.published), "event": str(row.event), "material": row.material,
    }  # fmt: skip


def _texts(text: Text) -> dict[str, str]:
    """A text by language; `und` for one that names none (RFC 5646 4.1)."""
    return {language or "und": words for language, words in text.versions}


def _controller(controller: Controller) -> dict[str, str]:
    parts = {"name": controller.name, "country": controller.country, "email": controller.email, "phone": controller.phone, "url": controller.url}
    return {key: str(value) for key, value in parts.items() if value is not None}


# ------------------------------------------------------------------------------------------------------------------ the feed


def feed(house: House, site: str, tongue: Tongue) -> Document:
    """The published versions as an Atom feed (RFC 4287), at the address `site` of the deployment."""
    from janji.workflows.feeds import Feed

    published = house.policy_in_force
    title, say_ = published.policy.title.get(tongue.language), _speaker(tongue)
    found = Feed(
        title=say_(N_("{policy}: versions"), policy=title), link=f"{site}/v1/policy", description=None, language=tongue.language,
        subtitle=say_(N_("Each version that was put in force, and what it changed.")), author_name=published.policy.controller.name,
        feed_url=f"{site}/v1/policy/feed.atom", feed_guid=f"{site}/v1/policy/feed.atom",
    )  # fmt: skip
    rows = policies.listed(_number(None), FED + 1)
    for place, row in enumerate(rows[:FED]):
        before = rows[place + 1].number if place + 1 < len(rows) else None
        told = N_("The first version.") if before is None else _CHANGED[row.material]
        found.add_item(
            title=say_(N_("Version {version}, in effect from {day}"), version=row.version.partition("+")[0], day=on_day(row.effective)),
            link=f"{site}/v1/policy/versions/{row.number}", description=say_(told), unique_id=f"urn:uuid:{row.event}",
            pubdate=row.published, updateddate=row.published, categories=["material"] if row.material else [],
            related=None if before is None else f"{site}/v1/policy/versions/{before}/diff/{row.number}",
        )  # fmt: skip
    return Document(found.writeString("utf-8").encode(), ATOM, tongue.language)


_CHANGED = {
    True: N_("Something changed that people were told; they were told of it before it took effect."),
    False: N_("Nothing changed that people were told."),
}


def _speaker(tongue: Tongue) -> Callable[..., str]:
    return lambda text, **params: say(text, **params).render(tongue)


# ---------------------------------------------------------------------------------------------- notices, and what programs read


def touchpoint_document(house: House, name: str, media: str, tongue: Tongue) -> Document:
    """What people are told where data are asked for; raises `Invalid` when the policy has no such touchpoint."""
    published = house.policy_in_force
    form = FORMS.get(media, Form.MD)
    text = _rendered(_Source.of(published), Kind.TOUCHPOINT, tongue.language, form, name, _today(house))
    if media in FORMS:
        return text
    policy, touchpoint = published.policy, published.policy.touchpoints[name]
    digests = {(one.notice, one.language): one for one in _shown(_Source.of(published))}
    purposes = []
    for one in map(policy.purposes.__getitem__, touchpoint.purposes):
        shown = digests.get((str(one.notice), tongue.language)) if one.notice else None
        told = {} if shown is None else {"notice": shown.notice, "notice_version": shown.version, "notice_digest": shown.digest}
        purposes.append({"purpose": str(one.id), "title": one.title.get(tongue.language), "basis": str(one.basis), **told})
    held = {
        "touchpoint": str(touchpoint.id), "language": tongue.language, "title": touchpoint.title.get(tongue.language),
        "policy": published.compiled.version, "digest": published.digest, "age_gate": touchpoint.age_gate, "recording": touchpoint.recording,
        "fields": [
            {"data": str(one.data), "title": policy.data[one.data].title.get(tongue.language), "required": one.required,
             **({"consequence": one.consequence.get(tongue.language)} if one.consequence else {})}
            for one in touchpoint.fields.values()
        ],
        "purposes": purposes, "facts": four_facts(touchpoint_notice(published.compiled, touchpoint, _today(house).date()), tongue),
        "text": text.body.decode(),
    }  # fmt: skip
    return Document(orjson.dumps(held), JSON, tongue.language)


def gpc_document(house: House) -> Document:
    """`gpc.json`: whether the signal of a browser is honoured (Global Privacy Control, section 5)."""
    return _rendered(_Source.of(house.policy_in_force), Kind.GPC, "en", Form.HTML, None, _today(house))


def security_document(house: House) -> Document:
    """`security.txt` (RFC 9116); raises `Invalid` when the policy names no contact that can stand in it."""
    return _rendered(_Source.of(house.policy_in_force), Kind.SECURITY, "en", Form.HTML, None, _today(house))


_MEDIA = {Kind.GPC: JSON, Kind.SECURITY: PLAIN}


@lru_cache(maxsize=64)
def _rendered(source: _Source, kind: Kind, language: str, form: Form, touchpoint: str | None, day: datetime) -> Document:
    """A document of a version as it reads on a day, made once a day."""
    made = render(Desk(source.compiled, day, GOOD_FOR), kind, load_tongue(language), form, touchpoint)
    (body,) = made.documents.values()
    media = _MEDIA.get(kind) or (HTML if form is Form.HTML else MARKDOWN)
    return Document(body, media, None if kind in _MEDIA else language)


def _today(house: House) -> datetime:
    return datetime.combine(house.runtime.now().date(), time(), UTC)
