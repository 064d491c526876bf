"""A parsed policy held against its law pack: names resolved, what the law requires checked, the fix suggested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from janji.documents.shapes import nearest
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

Rule = Callable[[Policy, LawPack, Report], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check: the policy, or `None` if there is any error, and every diagnostic in order of place."""

    policy: Policy | None
    diagnostics: tuple[Diagnostic, ...]

    @property
    def errors(self) -> int:
        """How many diagnostics are errors."""
        return sum(1 for found in self.diagnostics if found.severity is Severity.ERROR)

    @property
    def warnings(self) -> int:
        """How many diagnostics are warnings."""
        return sum(1 for found in self.diagnostics if found.severity is Severity.WARNING)


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
    if policy is not None and law is not None:
        unresolved = _references(parsed, policy, law, report)
        for rule in ALWAYS if unresolved else ALWAYS + RESOLVED:
            rule(policy, law, report)
    found = tuple(sorted(report.found, key=lambda item: (item.place, item.code)))
    whole = policy is not None and not any(item.severity is Severity.ERROR for item in found)
    return Checked(policy if whole else None, found)


def _references(parsed: Parsed, policy: Policy, law: LawPack, report: Report) -> bool:
    before = len(report.found)
    for reference in parsed.references:
        in_law = reference.section.startswith(LAW)
        section = reference.section.removeprefix(LAW)
        known = getattr(law if in_law else policy, section)
        if reference.word not in known:
            message = (
                N_("`{word}` is not defined under `{section}` of the law pack")
                if in_law
                else N_("`{word}` is not defined under `{section}`")
            )
            report.error(
                "unknown-name",
                reference.word.place,
                say(message, word=reference.word, section=section.replace("_", "-")),
                nearest(reference.word, known),
            )
    return len(report.found) > before


ALWAYS: tuple[Rule, ...] = (
    whole.decisions, whole.defects, whole.citations, whole.contact, whole.children, whole.notices, whole.prohibitions,
)  # fmt: skip
"""Rules that look at one entry at a time, whatever else is wrong."""

RESOLVED: tuple[Rule, ...] = (
    whole.rights, purposes.purposes, flows.touchpoints, flows.trackers, flows.recipients, flows.transfers,
    flows.retention, flows.unused,
)  # fmt: skip
"""Rules that follow names, run once every name is resolved."""
