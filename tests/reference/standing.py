"""What a history adds up to, written slowly from docs/design/standing.md: a set of plain facts, one event after another.

It shares nothing with `janji.decision.history` but the values: events, and the layout as a list of names. It is not told
what a merge carries; it is given the other person's history and adds that up itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from janji.decision.layout import Layout
from janji.ledger.events import Event, Kind

Fact = tuple[Any, ...]
"""("yes", about, version, until, event), ("no", about), ("mark", entry, ground), ("revoked", link), ("age", band, month),
("gone", why); `about` is ("consent", purpose, channel), ("authorised", recipient[, data]) or ("transfer", recipient, country)."""

Others = Mapping[str, Sequence[Event]]
"""Whose history a merge or a revival takes from, by the id of that event."""

BY_GROUND: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "objection": lambda d: ("automated-objection/" if d.get("automated") else "objection/") + d.get("purpose", ""),
    "restriction": lambda d: "restricted" + ("/" + d["purpose"] if d.get("purpose") else ""),
    "delay": lambda d: "delayed" + ("/" + d["purpose"] if d.get("purpose") else ""),
    "quarantine": lambda d: "quarantined",
    "agreement": lambda d: "agreement/" + d.get("agreement", ""),
    "guardian": lambda d: "guardian",
}  # fmt: skip
GROUND = {"objection": "signal", "agreement": "reference_digest", "guardian": "link"}
SETTING = ("made", "set", "recorded", "verified")


def entries(history: Sequence[Event], at: datetime, layout: Layout, others: Others) -> tuple[set[str], date | None]:
    """The entries of the layout that hold at `at`, by name, and a child's day of birth."""
    return shown(facts(history, layout, others), at, layout)


def facts(history: Sequence[Event], layout: Layout, others: Others) -> tuple[set[Fact], int]:
    """Everything that a history says, and how many entries of the layout it has seen."""
    events = sorted(history, key=lambda event: event.version or 0)
    undone = {event.details["undoes"] for event in events if event.kind is Kind.PERSON_SPLIT}
    found: set[Fact] = set()
    seen = 0
    for event in events:
        seen = max(seen, event.layout)
        if event.id in undone:
            continue
        if event.kind in (Kind.PERSON_MERGED, Kind.PERSON_REVIVED):
            taken, more = facts(others[event.id], layout, others)
            if event.kind is Kind.PERSON_REVIVED:
                found = {fact for fact in found if fact != ("gone", "absorbed")}
                taken = {fact for fact in taken if forbids(fact)}
            seen = max(seen, more)
            found = together(found, taken)
        else:
            found = after(found, event, layout.keys[:seen])
    return found, seen


def forbids(fact: Fact) -> bool:
    """Whether a fact says no."""
    if fact[0] == "mark":
        return not fact[1].startswith("agreement/") and fact[1] != "guardian"
    return fact[0] in ("no", "revoked") or (fact[0] == "age" and fact[1] == "child")


def after(found: set[Fact], event: Event, known: Sequence[str]) -> set[Fact]:
    """The facts after one more event, read with the names that were known."""
    details = event.details
    thing, _, happened = str(event.kind).rpartition(".")
    if event.kind in (Kind.CONSENT_GIVEN, Kind.CONSENT_RENEWED):
        return given(found, event, known)
    if event.kind is Kind.CONSENT_WITHDRAWN:
        return withdrawn(found, details, known)
    if event.kind is Kind.CONSENT_EXPIRED:
        about = ("consent", details["purpose"], details.get("channel", "-"))
        return {fact for fact in found if not (fact[:2] == ("yes", about) and details.get("event") in (None, fact[4]))}
    if thing == "authorisation":
        return authorised(found, event, known)
    if thing == "transfer-consent":
        about = ("transfer", details["recipient"], details["country"])
        if "/".join(about) not in known:
            return found
        yes: Fact = ("yes", about, 1, None, event.id)
        return without(found, about) | {yes if happened == "given" else ("no", about)}
    if event.kind is Kind.AGE_RECORDED and "age/adult" in known:
        known_now = {("age", details["band"], details.get("month", 0))} if details["band"] != "unknown" else set()
        return {fact for fact in found if fact[0] != "age"} | known_now
    if event.kind in (Kind.PERSON_ABSORBED, Kind.PERSON_FORGOTTEN):
        return found | {("gone", happened)}
    return marked(found, event, thing, happened, known)


def without(found: set[Fact], about: Fact) -> set[Fact]:
    """The facts without the last word on something."""
    return {fact for fact in found if fact[0] not in ("yes", "no") or fact[1] != about}


def given(found: set[Fact], event: Event, known: Sequence[str]) -> set[Fact]:
    """A consent takes the place of the last word on its channel; other channels keep a no that was about them all."""
    purpose, channel = event.details["purpose"], event.details.get("channel", "-")
    version = event.details["notice_version"]
    if f"consent/{purpose}/{channel}/{version}" not in known:
        version = "other"
    if f"consent/{purpose}/{channel}/{version}" not in known:
        return found
    whole = ("consent", purpose, "-")
    if ("no", whole) in found:
        found = without(found, whole)
        spoken = {fact[1] for fact in found if fact[0] in ("yes", "no")}
        silent = {("consent", purpose, other) for other in channels(purpose, known)} - spoken - {whole}
        found = found | {("no", about) for about in silent}
    about = ("consent", purpose, channel)
    return without(found, about) | {("yes", about, version, end(event.details), event.id)}


def channels(purpose: str, known: Sequence[str]) -> list[str]:
    """The channels a purpose has or had, `-` among them."""
    return [name.split("/")[2] for name in known if name.startswith(f"withdrawn/{purpose}/")]


def withdrawn(found: set[Fact], details: Mapping[str, Any], known: Sequence[str]) -> set[Fact]:
    """A withdrawal is about a channel that there was, else about all; of a purpose that nobody knew it is about none."""
    purpose, channel = details["purpose"], details.get("channel", "-")
    about = [channel] if channel != "-" and channel in channels(purpose, known) else channels(purpose, known)
    for name in about:
        found = without(found, ("consent", purpose, name)) | {("no", ("consent", purpose, name))}
    return found


def authorised(found: set[Fact], event: Event, known: Sequence[str]) -> set[Fact]:
    """An authorisation is for categories, or for all; ending it for one ends the one for all."""
    recipient, scope = event.details["recipient"], event.details.get("scope", ())
    parts: list[Fact] = [("authorised", recipient, data) for data in scope] or [("authorised", recipient)]
    if event.kind is Kind.AUTHORISATION_ENDED:
        parts = [("authorised", recipient), *parts]
        if not scope:
            parts += [tuple(name.split("/")) for name in known if name.startswith(f"authorised/{recipient}/")]
    for about in parts:
        if "/".join(about) not in known:
            continue
        if event.kind is Kind.AUTHORISATION_GIVEN:
            found = without(found, about) | {("yes", about, 1, end(event.details), event.id)}
        elif "event" not in event.details:
            found = without(found, about) | {("no", about)}
        else:
            found = {fact for fact in found if fact[:2] != ("yes", about) or fact[4] != event.details["event"]}
    return found


def marked(found: set[Fact], event: Event, thing: str, happened: str, known: Sequence[str]) -> set[Fact]:
    """Marks stand by their grounds, and are lifted by one ground or by all."""
    details = event.details
    if event.kind is Kind.RETENTION_ENDED:
        entry = "ended/" + details["rule"]
        return found | {("mark", entry, "")} if entry in known else found
    if event.kind is Kind.PERSON_ASSERTED:
        return found | {("mark", "third-person", "")} if "third-person" in known else found
    if event.kind is Kind.PERSON_VERIFIED:
        return {fact for fact in found if fact[:2] != ("mark", "third-person")}
    if thing not in BY_GROUND or (thing == "guardian" and happened == "named"):
        return found
    entry, ground = BY_GROUND[thing](details), details.get(GROUND.get(thing, "ground"), "")
    if happened in SETTING:
        if entry not in known:
            return found
        return {fact for fact in found if fact != ("revoked", ground)} | {("mark", entry, ground)}
    lifted = {fact for fact in found if fact[:2] == ("mark", entry) and ground in ("", fact[2])}
    if thing == "guardian":
        found = found | {("revoked", fact[2]) for fact in lifted} | ({("revoked", ground)} if ground else set())
    return found - lifted


def end(details: Mapping[str, Any]) -> datetime | None:
    """When what was given runs out."""
    return datetime.fromisoformat(details["until"]) if "until" in details else None


def together(mine: set[Fact], theirs: set[Fact]) -> set[Fact]:
    """Two people's facts as one person's: where they differ, the no."""
    both = {fact for fact in mine | theirs if fact[0] in ("mark", "revoked")} | {fact for fact in mine if fact[0] == "gone"}
    both = {fact for fact in both if fact[:2] != ("mark", "guardian") or ("revoked", fact[2]) not in both}
    ages = [fact for fact in mine | theirs if fact[0] == "age"]
    both |= {careful_age(ages)} if ages else set()
    words = [fact for fact in mine | theirs if fact[0] in ("yes", "no")]
    denied = {fact[1] for fact in words if fact[0] == "no"}
    for about in {fact[1] for fact in words}:
        whole_denied = about[0] == "consent" and ("consent", about[1], "-") in denied
        if about in denied or whole_denied:
            both.add(("no", about))
        else:
            both.add(careful_yes([fact for fact in words if fact[1] == about]))
    return both


def careful_age(ages: Sequence[Fact]) -> Fact:
    """A child rather than an adult, of an unknown month rather than a known one, the younger rather than the older."""
    children = [fact for fact in ages if fact[1] == "child"]
    return min(children, key=lambda fact: (fact[2] != 0, -fact[2])) if children else ages[0]


def careful_yes(words: Sequence[Fact]) -> Fact:
    """The older notice (an unknown one is older than any) and the earlier end."""
    version = min((fact[2] for fact in words), key=lambda version: 0 if version == "other" else version)
    ends = [fact for fact in words if fact[3] is not None]
    first = min(ends, key=lambda fact: fact[3]) if ends else words[0]
    return ("yes", words[0][1], version, first[3], first[4])


def shown(found: tuple[set[Fact], int], at: datetime, layout: Layout) -> tuple[set[str], date | None]:
    """Facts as entries of the layout."""
    names: set[str] = set()
    born = None
    for fact in found[0]:
        if fact[0] == "no" and fact[1][0] == "consent":
            names.add(f"withdrawn/{fact[1][1]}/{fact[1][2]}")
        elif fact[0] == "yes" and (fact[3] is None or at < fact[3]):
            names.add("/".join(fact[1]) + (f"/{fact[2]}" if fact[1][0] == "consent" else ""))
        elif fact[0] == "mark":
            names.add(fact[1])
        elif fact[0] == "gone":
            names.add("quarantined")
        elif fact[0] == "age" and fact[2]:
            born = date(fact[2] // 10000, fact[2] // 100 % 100, fact[2] % 100)
        elif fact[0] == "age":
            names.add(f"age/{fact[1]}")
    return names, born
