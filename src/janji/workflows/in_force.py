"""The policy in force: the version published last, parsed and compiled from what was stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from janji.decision.compiler import CompiledPolicy, compile_policy
from janji.decision.history import Step
from janji.decision.layout import Layout
from janji.errors import Corrupt, Diagnostic
from janji.files.laws import load_law
from janji.files.policies import FIRST
from janji.law.model import LawPack
from janji.ledger.events import Frame
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import parse
from janji.rights.register import Granted
from janji.store import policies
from janji.terms.canonical import digest
from janji.terms.messages import N_, say


@dataclass(frozen=True, slots=True)
class Published:
    """A published policy, ready to decide. `digest` names it in events; `number` counts versions from 1.

    `effects` keeps what events do to standings under this layout, `rights` what can be asked for, `frames` what events say that say the same,
    once they were worked out.
    """

    number: int
    digest: str
    policy: Policy
    law: LawPack
    compiled: CompiledPolicy
    effects: dict[tuple[Any, ...], Step | None] = field(default_factory=dict, init=False, repr=False, compare=False)
    frames: dict[int, Frame] = field(default_factory=dict, init=False, repr=False, compare=False)
    rights: dict[str, Granted] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def layout(self) -> Layout:
        """The layout that standings are read and written by."""
        return self.compiled.layout


def in_force() -> Published | None:
    """The version published last; `None` when none was. Raises `Corrupt` when what is stored is no sound policy."""
    row = policies.latest()
    return None if row is None else read_published(row)


def read_published(row: policies.PolicyRow) -> Published:
    """A stored version, parsed and compiled again; raises `Corrupt` when it is no sound policy any more."""
    return _read(row.number, row.digest, row.version, tuple(sorted(row.files.items())), tuple(row.layout))


def digest_of(files: Mapping[str, str], law: str) -> str:
    """What names a version in events: the digest of its files as texts, and of the name of its law."""
    return digest({"files": files, "law": law})


def is_as_published(row: policies.PolicyRow) -> bool:
    """Whether the files of a stored version are those that its digest names, under the law that they name."""
    policy = _parse(dict(row.files)).policy
    return policy is not None and digest_of(row.files, str(policy.law)) == row.digest


def diagnostics_of(row: policies.PolicyRow) -> tuple[Diagnostic, ...]:
    """What the check of a stored version finds, as when it was published."""
    parsed = _parse(dict(row.files))
    return check(parsed, load_law(parsed.policy.law) if parsed.policy is not None else None).diagnostics


@lru_cache(maxsize=4)
def _read(number: int, digest: str, version: str, files: tuple[tuple[str, str], ...], layout: tuple[str, ...]) -> Published:
    """The same by value: a process that opens the house again need not compile what is stored as it was."""
    parsed = _parse(dict(files))
    law = load_law(parsed.policy.law) if parsed.policy is not None else None
    policy = check(parsed, law).policy
    if policy is None or law is None:
        raise Corrupt(
            say(N_("the published policy, version {version}, is not sound any more"), version=version),
            say(N_("this program may be older than the one that published it; `janji doctor` tells")),
        )
    compiled, _ = compile_policy(policy, law, Layout(layout))
    return Published(number, digest, policy, law, compiled)


def _parse(files: Mapping[str, str]):  # type: ignore[no-untyped-def]  # noqa: ANN202
    steps = parse(FIRST)
    wanted = next(steps)
    while True:
        text = files.get(wanted)
        try:
            wanted = steps.send(None if text is None else text.encode("utf-8"))
        except StopIteration as stop:
            return stop.value
