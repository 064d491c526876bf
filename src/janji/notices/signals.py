"""The two files that machines look for at a site: `security.txt` (RFC 9116) and the Global Privacy Control's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from janji.decision.compiler import CompiledPolicy
from janji.policy.combined import honours_objection
from janji.terms.periods import Period

MOST = Period(months=12)
"""The longest time for which a `security.txt` should be believed (RFC 9116, section 2.5.5)."""

_ORIGIN = re.compile(r"https://[^/?#\s]+")
_EMAIL = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[^\s@<>,;:\"()\[\]\\]+")
_PHONE = re.compile(r"\+[0-9][0-9 ().-]*")


@dataclass(frozen=True, slots=True)
class SecurityContact:
    """What a `security.txt` says. Without a contact there can be none."""

    contacts: tuple[str, ...]
    expires: datetime
    languages: tuple[str, ...]
    canonical: str | None


def security_contact(compiled: CompiledPolicy, expires: datetime) -> SecurityContact:
    """Where to report a hole: the controller's addresses that a program can use, in the policy's order."""
    policy = compiled.policy
    controller = policy.controller
    found = []
    if controller.email and _EMAIL.fullmatch(controller.email):
        found.append(f"mailto:{controller.email}")
    origin = _ORIGIN.match(controller.url or "")
    if origin and controller.url and not re.search(r"\s", controller.url):
        found.append(controller.url)
    if controller.phone and _PHONE.fullmatch(controller.phone):
        found.append("tel:+" + re.sub(r"[^0-9]", "", controller.phone))
    languages = policy.languages or policy.title.languages
    canonical = f"{origin[0]}/.well-known/security.txt" if origin else None
    return SecurityContact(tuple(found), expires, tuple(map(str, languages)), canonical)


def privacy_signal(compiled: CompiledPolicy) -> dict[str, bool | str]:
    """What `gpc.json` says: that the signal is honoured, if every tracker that is not essential can be objected to."""
    policy, law = compiled.policy, compiled.law
    chosen = [policy.purposes[item.purpose] for item in policy.trackers.values() if not item.essential]
    honoured = all(honours_objection(policy, law, purpose) for purpose in chosen)
    return {"gpc": honoured, "lastUpdate": policy.effective.isoformat()}
