"""Roles and their duties: least privilege, as one table that every screen and every action of the console asks."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from janji.terms.messages import N_


class Duty(StrEnum):
    """What a screen shows or an action does. `see` reads without names, `work` changes, `decide` binds the company."""

    SEE_BOARD = "board.see"
    SEE_REQUESTS = "requests.see"
    WORK_REQUESTS = "requests.work"
    DECIDE_REQUESTS = "requests.decide"
    SEE_TASKS = "tasks.see"
    WORK_TASKS = "tasks.work"
    SEE_INCIDENTS = "incidents.see"
    WORK_INCIDENTS = "incidents.work"
    SEE_PEOPLE = "people.see"
    """Personal data in clear: each look is recorded, and has a purpose."""
    WORK_PEOPLE = "people.work"
    SEE_EVIDENCE = "evidence.see"
    SEE_POLICY = "policy.see"
    DRAFT_POLICY = "policy.draft"
    APPROVE_POLICY = "policy.approve"
    SEE_MAP = "map.see"
    WORK_MAP = "map.work"
    SEE_RETENTION = "retention.see"
    WORK_RETENTION = "retention.work"
    SEE_ENDS = "ends.see"
    ATTEST_ENDS = "ends.attest"
    SEE_LEDGER = "ledger.see"
    SEE_STAFF = "staff.see"
    WORK_STAFF = "staff.work"
    SEE_SETTINGS = "settings.see"
    WORK_KEYS = "keys.work"


class Role(StrEnum):
    """What a member of staff is here."""

    OFFICER = "officer"
    ANALYST = "analyst"
    ENGINEER = "engineer"
    OWNER = "owner"
    AUDITOR = "auditor"


ROLES = {
    Role.OFFICER: N_("data protection officer"), Role.ANALYST: N_("privacy analyst"), Role.ENGINEER: N_("engineer"),
    Role.OWNER: N_("system owner"), Role.AUDITOR: N_("auditor"),
}  # fmt: skip
"""Every role in words."""
ABOUT = {
    Role.OFFICER: N_("decides requests, approves the policy, and says who works here"),
    Role.ANALYST: N_("works on requests and tasks, and drafts the policy"),
    Role.ENGINEER: N_("keeps the data map, the systems, keys and webhooks; sees nobody's data"),
    Role.OWNER: N_("answers what is asked about the systems in their care, and attests what has ended there"),
    Role.AUDITOR: N_("reads everything that holds nobody's data, and changes nothing"),
}
"""What each role is for, in words."""

REASONS = {
    "request": N_("to work on a request of the person"), "help": N_("the person asked us for help"), "guardian": N_("to look at a guardian's papers"),
    "complaint": N_("to answer a complaint"), "security": N_("to look into a security matter"), "authority": N_("an authority asks by law"),
}  # fmt: skip
"""What staff may look at people's data for, in words; each look is recorded with one of them."""

_SEES = frozenset({
    Duty.SEE_BOARD, Duty.SEE_REQUESTS, Duty.SEE_TASKS, Duty.SEE_INCIDENTS, Duty.SEE_EVIDENCE, Duty.SEE_POLICY, Duty.SEE_MAP, Duty.SEE_RETENTION,
    Duty.SEE_ENDS, Duty.SEE_LEDGER, Duty.SEE_STAFF, Duty.SEE_SETTINGS,
})  # fmt: skip
DUTIES = MappingProxyType({
    Role.OFFICER: frozenset(Duty) - {Duty.WORK_MAP},
    Role.ANALYST: _SEES - {Duty.SEE_STAFF, Duty.SEE_SETTINGS} | {Duty.WORK_REQUESTS, Duty.WORK_TASKS, Duty.SEE_PEOPLE, Duty.WORK_PEOPLE, Duty.DRAFT_POLICY},
    Role.ENGINEER: frozenset({Duty.SEE_BOARD, Duty.SEE_POLICY, Duty.SEE_MAP, Duty.WORK_MAP, Duty.SEE_RETENTION, Duty.SEE_ENDS, Duty.SEE_LEDGER, Duty.SEE_SETTINGS, Duty.WORK_KEYS}),
    Role.OWNER: frozenset({Duty.SEE_TASKS, Duty.WORK_TASKS, Duty.SEE_MAP, Duty.SEE_ENDS, Duty.ATTEST_ENDS}),
    Role.AUDITOR: _SEES,
})  # fmt: skip
"""What each role may. An owner sees and works on what is about the systems in their care alone."""


@dataclass(frozen=True, slots=True)
class Staff:
    """A member of staff who signed in: the number of the account, the name that decisions are signed with, the role, and for an owner the systems."""

    id: str
    name: str
    role: Role
    systems: tuple[str, ...] = ()

    def may(self, duty: Duty) -> bool:
        """Whether the role has this duty."""
        return duty in DUTIES[self.role]


def mailbox(email: str) -> str:
    """The mailbox that an address leads to: what stands behind a plus (RFC 5233) is the same one's, and whoever reads it can use the links of both."""
    local, _, domain = email.casefold().rpartition("@")
    return f"{local.partition('+')[0] or local}@{domain}"
