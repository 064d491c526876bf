"""What a check finds about one entry of a policy, and what was seen in the world that it may rest on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from janji.terms.messages import N_, Message, say


class Result(StrEnum):
    """What came of one check of one entry."""

    HOLDS = "holds"
    FAILS = "fails"
    UNKNOWN = "unknown"


class Area(StrEnum):
    """What can be looked at outside of the policy, each a check of its own."""

    LEDGER = "ledger"
    STANDINGS = "standings"
    REQUESTS = "requests"
    STORES = "stores"
    ENDS = "ends"
    USES = "uses"
    TOLD = "told"
    PUBLISHED = "published"
    CHILDREN = "children"
    OPT_OUT = "opt-out-drill"
    POST = "post-drill"
    REQUEST = "request-drill"
    SITES = "sites"
    DISCLOSURES = "disclosures"
    TRAINING = "training"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen in one area; about one entry of the policy by its path, or about all that rest on the area.

    `event` is the newest event of the record that it rests on, `at` when that was recorded.
    """

    area: Area
    result: Result
    says: Message
    help: Message | None = None
    entry: str = ""
    event: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check found about one entry; `entry` is its path in the policy. A finding that does not hold says what to do."""

    check: str
    entry: str
    result: Result
    says: Message
    help: Message | None = None
    event: str | None = None
    at: datetime | None = None


HELD = {
    "closed": N_("what is not declared is denied, and all that is declared rests on a clause"),
    "ground": N_("nothing is done without the legal basis that is named"),
    "no-wins": N_("a no stops it at once"),
    "limits": N_("data that it does not need are denied to it"),
    "minors": N_("a child is protected, and so is who may be one"),
    "machine": N_("a machine does not decide alone against a person's objection"),
    "channel": N_("a yes for one channel is none for another"),
    "origin": N_("where the data come from is declared"),
    "informed": N_("people are told all that the law wants told, in every language of the policy"),
    "gate": N_("what was not asked for is not kept, and free text is looked through"),
    "recipient": N_("nobody receives data without the ground that this kind of recipient needs"),
    "transfer": N_("nothing leaves the country without a rung that is proven"),
    "stranger": N_("who is no declared recipient receives nothing"),
    "authority": N_("there is an authority to complain to"),
    "tracker": N_("only what is essential runs before a choice"),
    "period": N_("data come to an end, and are not used after it"),
    "never": N_("what is forbidden stays forbidden, whoever agrees"),
    "granted": N_("the right can be asked for, within the stricter of both clocks"),
    "reachable": N_("there is somebody to write to or to call"),
    "measure": N_("evidence of the measure is filed and was looked at within a year"),
    "trained": N_("nobody untrained touches personal data"),
    "age": N_("nobody whom the law calls a child is taken for an adult"),
    "quarantine": N_("data in quarantine are used for nothing"),
    "third-person": N_("people named by others are not marketed to or profiled"),
    "carried": N_("something carries the clause out"),
    "not-relied-on": N_("nothing rests on a clause that cannot be kept"),
}
"""What each check over the policy shows when it holds."""


def held(check: str, entry: str) -> Finding:
    """The check holds of the entry."""
    return Finding(check=check, entry=entry, result=Result.HOLDS, says=say(HELD[check]))


def failed(check: str, entry: str, says: Message, help: Message) -> Finding:
    """The check fails of the entry, and what to do."""
    return Finding(check=check, entry=entry, result=Result.FAILS, says=says, help=help)


def unknown(check: str, entry: str, says: Message, help: Message) -> Finding:
    """The check could not be made of the entry, and what to do for it."""
    return Finding(check=check, entry=entry, result=Result.UNKNOWN, says=says, help=help)
