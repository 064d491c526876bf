"""The text of a notice as one person was shown it, in one language, and the digest that proves which text it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from janji.policy.model import Controller, Notice, Policy, Purpose
from janji.terms.canonical import digest

FORM = 1
"""The version of the form that is hashed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A notice in a version and a language, and the SHA-256 of what it said then (64 hexadecimal digits)."""

    notice: str
    version: int
    language: str
    digest: str


def shown_text(policy: Policy, notice: Notice, language: str) -> dict[str, Any]:
    """Everything that a person is told with the notice, as a JSON value: what `digest` is taken of.

    Who asks and how to reach them, the notice's own fields (UU 27/2022 Art 21(1)), and for each purpose under it what
    it is called, which data it uses and through which channels it speaks.
    """
    return {
        "form": FORM,
        "policy": str(policy.id),
        "notice": str(notice.id),
        "version": notice.version,
        "language": str(language),
        "controller": _controller(policy.controller),
        "title": notice.title.get(language),
        "fields": {str(name): text.get(language) for name, text in notice.fields.items()},
        "purposes": [_purpose(policy, item, language) for item in covered(policy, notice.id)],
    }


def covered(policy: Policy, notice: str) -> tuple[Purpose, ...]:
    """The purposes that consent is asked for under a notice; each is a choice of its own."""
    return tuple(purpose for purpose in policy.purposes.values() if purpose.notice == notice)


def _controller(controller: Controller) -> dict[str, str]:
    officer = controller.officer
    parts = {
        "name": controller.name, "country": controller.country, "address": controller.address,
        "phone": controller.phone, "email": controller.email, "url": controller.url,
        "officer": officer.name if officer else None, "officer-email": officer.email if officer else None,
        "officer-phone": officer.phone if officer else None,
    }  # fmt: skip
    return {key: str(value) for key, value in parts.items() if value is not None}


def _purpose(policy: Policy, purpose: Purpose, language: str) -> dict[str, Any]:
    return {
        "id": str(purpose.id),
        "title": purpose.title.get(language),
        "data": [policy.data[name].title.get(language) for name in purpose.data],
        "channels": [policy.channels[name].title.get(language) for name in purpose.channels],
    }


def shown(policy: Policy, notice: Notice, language: str) -> Shown:
    """The present version of a notice in a language, with its digest (RFC 8785, SHA-256)."""
    return Shown(str(notice.id), notice.version, str(language), digest(shown_text(policy, notice, language)))


def published(policy: Policy) -> frozenset[Shown]:
    """Every notice of the policy in every language that it is written in: what can have been shown under it."""
    return frozenset(
        shown(policy, notice, language)
        for notice in policy.notices.values()
        for language in notice.languages(policy.languages)
    )
