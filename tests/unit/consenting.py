"""The operating policy and short words for choices, for the tests of consent."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from janji.consent.choices import ChoiceMade, Verb
from janji.consent.shown import published
from janji.decision.compiler import CompiledPolicy
from janji.decision.question import Facts
from janji.decision.standing import pack, read_standing
from janji.ledger.events import Actor
from janji.workflows.policies import open_policy

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 12, 1, 3, tzinfo=UTC)


@cache
def sony() -> CompiledPolicy:
    """The operating policy of PT Sony Indonesia, compiled."""
    return open_policy(ROOT / "policies" / "pt-sony-indonesia").compiled


def digest(notice: str, version: int, language: str) -> str | None:
    """The digest of a published text."""
    texts = published(sony().policy)
    return next((one.digest for one in texts if (one.notice, one.version, one.language) == (notice, version, language)), None)


def known(written: dict[str, Any]) -> Facts:
    """Facts as they are written in cases."""
    standing, mistakes = read_standing("case", json.dumps(written, default=date.isoformat).encode(), sony().policy)
    assert standing is not None, mistakes
    return pack(standing, sony().layout)


def choice(written: dict[str, Any]) -> ChoiceMade:
    """A choice as it is written in cases."""
    held = dict(written)
    if held.get("digest") == "published":
        held["digest"] = digest(held["notice"], held["version"], held["language"]) or "0" * 64
    if held.get("until"):
        held["until"] = datetime.fromisoformat(held["until"])
    return ChoiceMade(**{**held, "verb": Verb(held["verb"]), "actor": Actor(held["actor"]),
                         "together": tuple(held.get("together", ()))})  # fmt: skip
