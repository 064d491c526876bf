"""The lines of certificates in words: the ledger keeps what a sweep or an erasure did as short lines of one form; people read sentences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress

from janji.ledger.events import read_stamp
from janji.retention.words import STATES
from janji.terms.messages import N_, Message, say, series
from janji.terms.processing import Disposal
from janji.terms.words import moment, since_event, word
from janji.web.console.shell import Desk
from janji.workflows.naming import Names

STAYS = {"found": N_("another's, only found"), "shared": N_("another's too"), "shared-kept": N_("another's too, and kept by a rule"), "kept": N_("kept by a rule"), "referred": N_("a row that stays needs it")}
"""Why a row that was over stays, by `erasure.steps.Reason`."""
_ENDED = re.compile(
    r"(?P<table>\S+) by (?P<rule>\S+) \((?P<event>\S+), before (?P<before>\S*)\): (?P<then>[a-z]+), (?P<state>[a-z-]+), due (?P<due>\d+), held (?P<held>\d+)"
    r"(?:, smallest group \d+)?(?:, level [a-z]+)?"
)
_COUNTED = re.compile(r"\S+ by (?P<rule>\S+): (?P<table>[^\s:]+)(?:: (?P<reason>[a-z-]+))? (?P<done>deleted|changed|stays) (?P<count>\d+)")
_ERASED = re.compile(r"(?P<system>[^\s/]+)/(?P<table>\S+): found (?P<found>\d+), deleted (?P<deleted>\d+), changed (?P<changed>\d+)(?P<stays>(?:, [a-z-]+(?::\S+)? \d+)*)")
_STAY = re.compile(r", (?P<reason>[a-z-]+)(?::(?P<rule>\S+))? (?P<count>\d+)")
_DONE = {"deleted": N_("{table}: deleted {count}"), "changed": N_("{table}: changed {count}"), "stays": N_("{table}: stays {count} ({reason})")}


def line_words(desk: Desk, called: Names, line: str) -> str:
    """A line of a certificate as people read it; one of another form as it stands there."""
    for form, tell in ((_ENDED, _ended), (_COUNTED, _counted), (_ERASED, _erased)):
        found = form.fullmatch(line)
        if found is not None:
            return called.put(tell(desk, found.groupdict(""))).render(desk.tongue)
    return line


def _ended(desk: Desk, held: Mapping[str, str]) -> Message:
    before: Message | str = held["before"]
    with suppress(ValueError):
        before = moment(read_stamp(held["before"]))
    then = word(Disposal(held["then"])) if held["then"] in set(Disposal) else say(held["then"])
    return say(N_("{table}, by {rule}, counted from {event}, before {before}: {then}; over {due}, held {held}; {state}"), table=held["table"], rule=held["rule"], event=since_event(held["event"]),
               before=before, then=then, due=desk.count(int(held["due"])), held=desk.count(int(held["held"])), state=say(STATES.get(held["state"], held["state"])))  # fmt: skip


def _counted(desk: Desk, held: Mapping[str, str]) -> Message:
    return say(_DONE[held["done"]], table=held["table"], count=desk.count(int(held["count"])), reason=say(STAYS.get(held["reason"], held["reason"] or "-")))


def _erased(desk: Desk, held: Mapping[str, str]) -> Message:
    said = say(N_("{system}, {table}: found {found}, deleted {deleted}, changed {changed}"), system=held["system"], table=held["table"],
               **{name: desk.count(int(held[name])) for name in ("found", "deleted", "changed")})  # fmt: skip
    return series([said, *(_stay(desk, one.groupdict("")) for one in _STAY.finditer(held["stays"]))])


def _stay(desk: Desk, held: Mapping[str, str]) -> Message:
    count = desk.count(int(held["count"]))
    if held["rule"]:
        return say(N_("{count} stay by {rule}"), count=count, rule=held["rule"])
    return say(N_("{count} stay: {reason}"), count=count, reason=say(STAYS.get(held["reason"], held["reason"])))
