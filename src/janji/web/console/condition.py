"""Settings and health of the house: what runs, what the doctor found, and what is set; what opens something is never shown."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse

from janji import __version__
from janji.decision.enforcement import Enforcement
from janji.staff.roles import Duty
from janji.terms.messages import N_, say, unpack_message
from janji.terms.words import moment
from janji.web.console.prose import prose
from janji.web.console.shell import Desk, screen
from janji.web.console.work import given, progress
from janji.web.forms import sentence
from janji.web.requests import door_of
from janji.workflows import desk_jobs, health
from janji.workflows.health import State
from janji.workflows.runtime import SECRET, SETTINGS

HERE = "settings"
TABS = (("settings", N_("Health")), ("settings/values", N_("Settings")), ("settings/keys", N_("API keys")), ("settings/webhooks", N_("Webhooks")))
"""The parts of this place."""
_STATES = {
    State.READY: (N_("All is well"), "ok"), State.DEGRADED: (N_("Something waits"), "warn"), State.UNAVAILABLE: (N_("Cannot answer"), "bad"),
}  # fmt: skip
_TONES = {"ok": ("ok", N_("well")), "warn": ("warn", N_("look at it")), "fail": ("bad", N_("wrong"))}
_ORDER = ("fail", "warn", "ok")
_NAMES = {
    "folder": N_("Data directory"), "keys": N_("Keys"), "destroyed": N_("Destroyed keys"), "disk": N_("Disk"), "mail": N_("Mail"), "mail-provider": N_("Mail provider"),
    "database": N_("Database"), "migrations": N_("Tables"), "clock": N_("Clock"), "worker": N_("Worker"), "webhooks": N_("Webhooks"), "staff": N_("Staff"), "vault": N_("Vault"),
    "standing": N_("Standings"), "leftovers": N_("Leftovers"), "erased": N_("Erased people"),
}  # fmt: skip
_WORDS = {
    "parts": N_("Settings and health"), "state": N_("State"), "version": N_("Version of Janji"), "policy": N_("Policy in force"), "none": N_("none yet"), "workers": N_("Workers"), "waiting": N_("Events that wait for their number"),
    "jobs": N_("Work that is not done"), "found": N_("What the check found"), "look": N_("Look at everything"), "never": N_("Nobody has looked yet. A look takes some seconds; the worker does it."),
    "thing": N_("What"), "how": N_("How it is"), "about": N_("What it is"), "value": N_("Value"), "setting": N_("Setting"), "unset": N_("not set"), "set": N_("set, and shown to nobody"),
    "why": N_("Settings are changed in `janji.toml` or by variables of the environment, where the server runs; here they are only shown."),
}  # fmt: skip


def tabs(desk: Desk, now: str) -> list[tuple[str, str, bool]]:
    """The parts of this place, for the head of their pages."""
    return [(desk.address(part), desk.told(text), part == now) for part, text in TABS]


@screen("settings", Duty.SEE_SETTINGS)
def condition(desk: Desk) -> HttpResponse:
    """How the house is."""
    held, job = health.look(door_of(desk.request)), given(desk, desk_jobs.DOCTOR)
    last = desk_jobs.last(desk_jobs.DOCTOR, ended=True)
    words, tone = _STATES[held.state]
    return desk.page(
        "console_condition.html", N_("Settings and health"), here=HERE, words=_WORDS, tabs=tabs(desk, "settings"), **progress(desk, job), look=desk.address("settings/look"),
        state=desk.told(words), tone=tone, version=__version__, held=held, findings=[] if last is None else _findings(desk, last.report.get("findings", ())),
        at="" if last is None or last.ended is None else say(N_("Looked at {when}"), when=moment(last.ended)).render(desk.tongue),
    )  # fmt: skip


@screen("settings/look", Duty.SEE_SETTINGS, "POST")
def look(desk: Desk) -> HttpResponse:
    """Ask the worker to look at everything."""
    return desk.go(HERE, job=str(desk_jobs.ask(desk.house, desk_jobs.DOCTOR, desk.staff.id)))


@screen("settings/values", Duty.SEE_SETTINGS)
def values(desk: Desk) -> HttpResponse:
    """Every setting as it was read."""
    held = desk.house.runtime.settings
    rows = [{"key": one.key, "about": prose(sentence(say(one.about), desk.tongue)), **_value(one.key, getattr(held, one.key))} for one in SETTINGS]
    return desk.page("console_values.html", N_("Settings"), here=HERE, words=_WORDS, tabs=tabs(desk, "settings/values"), rows=rows)


def _findings(desk: Desk, found: Any) -> list[dict[str, str]]:
    """What the doctor found, the worst first."""
    return [
        {"name": desk.told(_NAMES.get(one["name"], one["name"])), "tone": _TONES[one["verdict"]][0], "verdict": desk.told(_TONES[one["verdict"]][1]),
         "message": prose(sentence(unpack_message(one["message"]), desk.tongue)), "help": prose(sentence(unpack_message(one["help"]), desk.tongue)) if "help" in one else ""}
        for one in sorted(found, key=lambda one: _ORDER.index(one["verdict"]))
    ]  # fmt: skip


def _value(key: str, value: Any) -> dict[str, Any]:
    """A value as the page has it: a list of texts, or only that there is one."""
    if value is None or value == ():
        return {}
    if key in SECRET:
        return {"secret": True}
    if isinstance(value, Enforcement):
        groups = [(name, mode) for group in (value.purposes, value.touchpoints, value.applications) for name, mode in group.items()]
        return {"lines": [str(value.default), *(f"{name}: {mode}" for name, mode in groups)]}
    if isinstance(value, tuple):
        return {"lines": [": ".join(one) if isinstance(one, tuple) else str(one) for one in value]}
    return {"lines": [str(value)]}
