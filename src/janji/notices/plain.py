"""The four facts that a person is owed where data are collected, as plain JSON values in one language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from janji.notices.notice import Complaint
from janji.notices.statements import Contact
from janji.notices.touchpoint import Stated, TouchpointNotice
from janji.terms.messages import Tongue, printable
from janji.terms.texts import Text


def four_facts(notice: TouchpointNotice, tongue: Tongue) -> dict[str, Any]:
    """Who asks, on what legal basis, for what, and who answers for it, at one touchpoint (UU 27/2022 Art 5).

    As `schema/touchpoint-facts.json` describes it; what is absent is left out.
    """
    stated = (*notice.stated, *notice.chosen)
    return {
        "touchpoint": str(notice.id), "version": notice.version, "language": tongue.language, "draft": notice.draft,
        "identity": {
            "controller": printable(notice.controller), "country": notice.country, "contacts": _contacts(notice.contacts, tongue),
            "joint_controllers": list(map(printable, notice.joint)),
        },
        "basis": [_basis(item, tongue) for item in stated],
        "purpose": [{"purpose": str(item.purpose.id), "title": _text(item.purpose.title, tongue)} for item in stated],
        "accountability": {
            "officer": _contacts(notice.officer, tongue),
            "complaints": [_complaint(item, tongue) for item in notice.complaints],
        },
    }  # fmt: skip


def _basis(item: Stated, tongue: Tongue) -> dict[str, Any]:
    return {
        "purpose": str(item.purpose.id), "basis": str(item.purpose.basis), "text": item.basis.render(tongue),
        "article": tongue.cite(item.article),
    }  # fmt: skip


def _contacts(contacts: Iterable[Contact], tongue: Tongue) -> list[dict[str, Any]]:
    return [
        {"label": one.label.render(tongue), "value": printable(one.value), **({"link": one.link} if one.link else {})}
        for one in contacts
    ]  # fmt: skip


def _complaint(item: Complaint, tongue: Tongue) -> dict[str, Any]:
    held = {"authority": _text(item.title, tongue), "article": tongue.cite(item.article)}
    return held if item.contact is None else {**held, "contact": _text(item.contact, tongue)}


def _text(text: Text, tongue: Tongue) -> str:
    return printable(text.get(tongue.language))
