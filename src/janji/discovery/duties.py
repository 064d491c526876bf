"""Keep-rules proposed for tables: which duty of the policy's retention schedule speaks of what they hold, and from which day it counts."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from janji.datamap.catalogue import Catalogue, Sort, Table
from janji.datamap.meaning import KeepRule, Link
from janji.discovery.holds import Holds
from janji.discovery.naming import words_of
from janji.discovery.proposals import Proposal
from janji.errors import Diagnostic
from janji.policy.model import Policy, RetentionRule
from janji.terms.messages import N_, Message, say
from janji.terms.processing import LegalBasis, Severity

_WHO = frozenset({
    Holds.NAME, Holds.EMAIL, Holds.PHONE, Holds.ADDRESS, Holds.BIRTH_DATE, Holds.BIRTH_PLACE, Holds.NATIONAL_ID, Holds.GENDER, Holds.PHOTO,
    Holds.ACCOUNT, Holds.CREDENTIAL, Holds.ADDRESS_IP, Holds.DEVICE, Holds.COOKIE, Holds.LOCATION, Holds.TEXT,
})  # fmt: skip
"""What nearly every table of people has: it does not tell that a duty is meant."""
_BEGINS = frozenset("""issued issue issuance invoice invoiced paid payment billed billing order ordered purchase purchased sold sale completed closed
    delivered transaction booked terbit diterbitkan faktur bayar dibayar lunas pesan dipesan pesanan transaksi tanggal tgl date posted selesai""".split())
_LATER = frozenset("""updated modified changed deleted expires expiry due birth born lahir diubah dihapus berlaku tempo kedaluwarsa login seen""".split())
_FIRST = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Duty:
    """A keep-rule for a table and why, or only why none could be written."""

    table: str
    rule: KeepRule | None
    why: Message


def propose_duties(
    catalogue: Catalogue, proposals: Sequence[Proposal], links: Mapping[str, Sequence[Link]], policy: Policy
) -> tuple[Duty, ...]:
    """For each table of which a duty of the policy speaks: from the table's own day, else with the table that it is linked to.

    A duty is a rule of the schedule that names a law, or whose purposes rest on a legal obligation, and the categories that it
    keeps. Where nothing tells the day, that is said and no rule is proposed.
    """
    held: dict[str, dict[str, Proposal]] = {}
    for item in proposals:
        held.setdefault(item.table, {})[item.column] = item
    meant = {table: rule for table, columns in held.items() if (rule := _rule_for(columns.values(), policy)) is not None}
    found, following = [], []
    for table, rule in meant.items():
        columns, telling = _columns(held[table].values(), rule), _telling(held[table].values(), rule)
        since = _since(catalogue.tables[table], held[table])
        why = _why(rule, telling)
        if since is not None:
            reason = say(N_("{why}; counted from `{column}`"), why=why, column=since)
            found.append(Duty(table, KeepRule(rule.id, since=since, period=rule.period, columns=columns), reason))
        else:
            following.append((table, rule, columns, why))
    dated = {duty.table for duty in found}
    for table, rule, columns, why in following:
        to = next((link.to for link in links.get(table, ()) if link.to in dated), None)
        if to is None:
            found.append(Duty(table, None, why))
        else:
            found.append(Duty(table, KeepRule(rule.id, follows=to, columns=columns), say(N_("{why}; with its row of `{table}`"), why=why, table=to)))
    return tuple(found)


def unclear(duties: Sequence[Duty], system: str) -> Iterator[Diagnostic]:
    """The tables of which a duty speaks, and nothing tells from which day."""
    for duty in duties:
        if duty.rule is None:
            yield Diagnostic(
                "unclear-duty", Severity.INFO, say(N_("`{table}` may have to be kept: {why}"), table=f"{system}/{duty.table}", why=duty.why),
                help=say(N_("no column tells from which day; write a keep-rule in the map, or leave it out where the duty is met elsewhere")),
            )  # fmt: skip


def _rule_for(columns: Collection[Proposal], policy: Policy) -> RetentionRule | None:
    """The longest of the duties that speak of what a table holds."""
    duties = [rule for rule in policy.retention.values() if rule.data and _is_duty(rule, policy) and _telling(columns, rule)]
    return max(duties, key=lambda rule: rule.period.after(_FIRST), default=None)


def _is_duty(rule: RetentionRule, policy: Policy) -> bool:
    bases = {policy.purposes[name].basis for name in rule.purposes if name in policy.purposes}
    return bool(rule.law) or bases == {LegalBasis.LEGAL_OBLIGATION}


def _telling(columns: Collection[Proposal], rule: RetentionRule) -> tuple[str, ...]:
    return tuple(item.column for item in columns if item.declared and item.category in rule.data and item.holds not in _WHO)


def _columns(columns: Collection[Proposal], rule: RetentionRule) -> tuple[str, ...]:
    return tuple(item.column for item in columns if item.declared and item.category in rule.data)


def _since(table: Table, columns: Mapping[str, Proposal]) -> str | None:
    """The day on which what a row tells of happened, by its name; else the only day there is that is not a later one."""
    days = []
    for column in table.columns:
        proposal = columns.get(column.name)
        if column.sort in (Sort.DATE, Sort.INSTANT) and (proposal is None or proposal.holds is not Holds.BIRTH_DATE):
            words = set(words_of(column.name))
            if not words & _LATER:
                days.append((not words & _BEGINS, column.name))
    first = [name for late, name in days if not late]
    return first[0] if first else days[0][1] if len(days) == 1 else None


def _why(rule: RetentionRule, telling: Sequence[str]) -> Message:
    names = ", ".join(f"`{name}`" for name in telling)
    if rule.law:
        return say(N_("{columns}: the policy keeps this by `{rule}` for {period}, because of {laws}"), columns=names, rule=rule.id, period=rule.period,
                   laws=", ".join(f"`{one}`" for one in rule.law))  # fmt: skip
    return say(N_("{columns}: the policy keeps this by `{rule}` for {period}, by a legal obligation"), columns=names, rule=rule.id, period=rule.period)
