"""The law pack in force on screen: clocks, rights, grounds and duties, each with its source and how sure we are, and where promise and law differ."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.http import HttpResponse

from janji.law.model import Confidence, Rule
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message
from janji.terms.periods import Period
from janji.terms.texts import Text
from janji.terms.words import for_period, on_day
from janji.versions.words import word
from janji.web.console import entries, policy
from janji.web.console.fields import capital
from janji.web.console.shell import Desk, screen
from janji.web.documents import missing
from janji.web.forms import sentence
from janji.workflows import law_pages
from janji.workflows.map_desk import country_title

SECTIONS = {
    "clocks": N_("Time limits"), "rights": N_("Rights of people"), "refusals": N_("Grounds to refuse"), "duties": N_("Duties, and which can be fined"), "notices": N_("Duties to tell"),
    "bases": N_("Legal bases"), "data_classes": N_("Classes of data"), "notice_fields": N_("What people must be told"), "assessment_triggers": N_("When an impact assessment is needed"),
    "rungs": N_("Ways out of the country"), "officer_triggers": N_("When a data protection officer is needed"), "retention": N_("Other laws on keeping records"), "children": N_("Children"),
    "authorities": N_("Where people can complain"), "citations": N_("What stands behind decisions"),
}  # fmt: skip
"""The parts of a law pack, as people call them."""
SURE = {
    Confidence.VERIFIED: N_("stated"), Confidence.SECONDARY: N_("second hand"), Confidence.GENERAL: N_("general knowledge"), Confidence.INFERRED: N_("inferred"),
}  # fmt: skip
"""How a rule is known, in a word."""
ABOUT_SURE = {
    Confidence.VERIFIED: N_("read in the words of the law, or on a page that quotes them word for word"), Confidence.SECONDARY: N_("read on a page about the law"),
    Confidence.GENERAL: N_("general knowledge, or read only in part"), Confidence.INFERRED: N_("our own reading of what the law means"),
}  # fmt: skip
_TONE = {Confidence.VERIFIED: "ok", Confidence.SECONDARY: "warn", Confidence.GENERAL: "warn", Confidence.INFERRED: "warn"}
_WORDS = {
    "version": N_("Edition of the pack"), "since": N_("Law in force since"), "jurisdiction": N_("Country"), "status": N_("What is still open"), "sure": N_("How sure we are"),
    "differences": N_("Where promise and law differ"), "same": N_("The policy promises what the law wants, as far as the pack knows."), "right": N_("The right"), "promised": N_("Promised"), "by_law": N_("By law"),
    "holds": N_("What holds"), "parts": N_("What the law says"), "article": N_("Article"), "source": N_("Where it was read"), "search": N_("Search"), "clear": N_("Show all"),
    "nothing": N_("Nothing here has these words."), "before": N_("Previous page"), "next": N_("Next page"), "note": N_("Note"), "all": N_("All"), "no_law": N_("No policy is in force, so no law is either. These packs are known:"),
    "findings": N_("What the check says about the law"), "advice": N_("The pack tells the law in our own words. It is no legal advice: the law itself decides."),
}  # fmt: skip


@screen("law", Duty.SEE_POLICY)
def overview(desk: Desk) -> HttpResponse:
    """Which pack is in force, how sure we are of it, where promise and law differ, and its parts."""
    held = desk.house.published
    if held is None:
        return desk.page("console_law.html", N_("Law"), here="law", words=_WORDS, held=None, known=[pack.title.get(desk.tongue.language) for pack in law_pages.packs()])
    law, lang = held.law, desk.tongue.language
    sure = Counter(rule.confidence for rules in law.sections().values() for rule in rules.values())
    return desk.page(
        "console_law.html", N_("Law"), here="law", words=_WORDS, held=law.title.get(lang), version=law.version, since=on_day(law.since).render(desk.tongue), jurisdiction=country_title(law.jurisdiction, lang),
        still="" if law.status is None else law.status.get(lang), sure=[(desk.told(SURE[one]), desk.told(ABOUT_SURE[one]), sure[one], _TONE[one]) for one in Confidence if sure[one]],
        differences=[{"title": one.title.get(lang), "promised": _said(desk, one.promised), "law": _said(desk, one.law), "holds": _said(desk, one.holds), "article": desk.tongue.cite(one.article), "stricter": one.promise_stricter} for one in law_pages.differences(held)],
        findings=[entries.told(desk, item) for item in law_pages.about_law(held)],
        parts=[{"at": desk.address(f"law/{section.replace('_', '-')}"), "name": desk.told(text), "count": policy.counted(desk, len(law.sections()[section]))} for section, text in SECTIONS.items() if law.sections()[section]],
    )  # fmt: skip


@screen("law/<str:section>", Duty.SEE_POLICY)
def section(desk: Desk, section: str) -> HttpResponse:
    """One part of the law pack: every rule with its article, source and confidence."""
    held, key = policy.published(desk), section.replace("-", "_")
    if key not in SECTIONS:
        raise missing()
    wanted, sure = desk.query("q")[:200], desk.query("sure")
    rules = [(name, rule) for name, rule in held.law.sections()[key].items() if (not sure or rule.confidence == sure) and _has(desk, rule, wanted)]
    rows, at, pages = entries.page_of(desk, rules)
    here = f"law/{section}"
    return desk.page(
        "console_law_list.html", SECTIONS[key], here="law", back=(desk.address("law"), desk.told(N_("Law"))), words=_WORDS, q=wanted, sure=sure, clear=desk.address(here),
        marks=[(str(one), desk.told(SURE[one])) for one in Confidence], rows=[_row(desk, name, rule) for name, rule in rows],
        previous=desk.address(here, q=wanted, sure=sure, page=str(at - 1)) if at > 1 else "", following=desk.address(here, q=wanted, sure=sure, page=str(at + 1)) if at < pages else "",
    )  # fmt: skip


def _has(desk: Desk, rule: Rule, wanted: str) -> bool:
    held = f"{rule.id} {rule.title.get(desk.tongue.language)} {rule.article} {rule.source}".casefold()
    return all(part in held for part in wanted.casefold().split())


def _row(desk: Desk, name: str, rule: Rule) -> dict[str, Any]:
    facts = [(capital(desk.told(label)), _shown(desk, rule, part)) for part, label in _FACTS.items() if getattr(rule, part, None) not in (None, (), False)]
    days = [desk.told(text).format(day=on_day(day).render(desk.tongue)) for text, day in ((N_("from {day}"), rule.since), (N_("until {day}"), rule.until)) if day is not None]
    return {
        "id": name, "title": rule.title.get(desk.tongue.language), "article": desk.tongue.cite(rule.article), "source": rule.source, "sure": desk.told(SURE[rule.confidence]), "tone": _TONE[rule.confidence],
        "note": "" if rule.note is None else rule.note.get(desk.tongue.language), "facts": facts, "days": ", ".join(days), "fineable": desk.told(N_("can be fined")) if getattr(rule, "fineable", False) else "",
    }  # fmt: skip


_FACTS = {
    "limit": N_("time"), "extension": N_("can grow by"), "clock": N_("time limit"), "rights": N_("refuses"), "under": N_("younger than, in years"), "minimum": N_("kept at least"), "maximum": N_("kept at most"),
    "records": N_("which records"), "contact": N_("contact"), "bases": N_("against"), "requires": N_("must show"),
}  # fmt: skip
_REQUIRES = {"notice": N_("a notice"), "agreement": N_("an agreement"), "obligation": N_("the law that obliges"), "assessment": N_("the weighing of interests")}


def _shown(desk: Desk, rule: Rule, part: str) -> str:
    value = getattr(rule, part)
    law = policy.published(desk).law
    if part == "clock":
        return _said(desk, (law.clocks[value].limit,)) if value in law.clocks else str(value)
    if part == "rights":
        return ", ".join(law.rights[one].title.get(desk.tongue.language) if one in law.rights else str(one) for one in value)
    if part == "requires":
        return ", ".join(desk.told(_REQUIRES[str(one)]) for one in value)
    if isinstance(value, tuple):
        return ", ".join(entries.spoken(desk, word(one)) for one in value)
    return value.get(desk.tongue.language) if isinstance(value, Text) else _said(desk, (value,)) if isinstance(value, Period) else str(value)


def _said(desk: Desk, periods: tuple[Period, ...] | Message) -> str:
    if isinstance(periods, Message):
        return sentence(periods, desk.tongue)
    return ", ".join(for_period(one).render(desk.tongue) for one in periods) or desk.told(N_("no number"))
