"""A parsed policy held against its law pack: names resolved, what the law requires checked, the fix suggested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from janji.documents.shapes import MAX_DIAGNOSTICS, nearest
from janji.errors import Diagnostic
from janji.law.model import LawPack
from janji.policy import flows, purposes, whole
from janji.policy.format import LAW
from janji.policy.model import Policy
from janji.policy.parser import Parsed
from janji.policy.report import Report
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE
from janji.terms.processing import Severity

SUGGESTIONS = 20
"""How many unknown names get a suggestion; looking for one among thousands takes its time."""

Rule = Callable[[Policy, LawPack, Report], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: the policy, or `None` if there is any error, and every diagnostic in order of place."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]


def check(parsed: Parsed, law: LawPack | None) -> Checked:
    """Hold what was parsed against the law pack `law` (`None` when the policy names a pack that does not exist).

    Total: gives diagnostics as values. A policy with an error is not given out, so that nothing can act on a part
    that looks whole.
    """
    report = Report(list(parsed.diagnostics))
    policy = parsed.policy
    if policy is not None and law is None:
        place = getattr(policy.law, "place", NOWHERE)
        report.error(
            "unknown-law",
            place,
            say(N_("there is no law pack `{law}`"), law=policy.law),
            say(N_("`janji law` lists the packs there are")),
        )
    elif policy is not None and law is not None and law.id != policy.law:
        raise ValueError(f"the policy stands under {policy.law!r}, not under {law.id!r}")
    if policy is not None and law is not None:
        unresolved = _references(parsed, policy, law, report)
        for rule in ALWAYS if unresolved or parsed.diagnostics else ALWAYS + RESOLVED:
            rule(policy, law, report)
    found = tuple(sorted(report.found, key=lambda item: (item.place, item.code)))
    whole = policy is not None and not any(item.severity is Severity.ERROR for item in found)
    return Checked(policy if whole else None, found)


def _references(parsed: Parsed, policy: Policy, law: LawPack, report: Report) -> bool:
    unknown = 0
    for reference in parsed.references:
        in_law = reference.section.startswith(LAW)
        section = reference.section.removeprefix(LAW)
        known = getattr(law if in_law else policy, section)
        if reference.word in known:
            continue
        unknown += 1
        if unknown <= MAX_DIAGNOSTICS:
            message = (
                N_("`{word}` is not defined under `{section}` of the law pack")
                if in_law
                else N_("`{word}` is not defined under `{section}`")
            )
            report.error(
                "unknown-name",
                reference.word.place,
                say(message, word=reference.word, section=section.replace("_", "-")),
                nearest(reference.word, known)
                if unknown <= SUGGESTIONS
                else say(N_("look the name up in its section")),
            )
    return unknown > 0


ALWAYS: tuple[Rule, ...] = (
    whole.decisions, whole.defects, whole.citations, whole.children, whole.notices, whole.prohibitions,
)  # fmt: skip
"""Rules that look at one entry at a time, whatever else is wrong."""

RESOLVED: tuple[Rule, ...] = (
    whole.contact, whole.rights, purposes.purposes, flows.touchpoints, flows.trackers, flows.recipients, flows.transfers,
    flows.retention, flows.unused,
)  # fmt: skip
"""Rules that follow names, run once every name is resolved."""
