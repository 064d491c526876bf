"""The register of transfers: who receives data in which other country, for what, and by which rung of the law."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from janji.law.model import LawPack
from janji.policy.combined import best_transfer, home_countries
from janji.policy.model import Policy, Purpose, Recipient, Transfer
from janji.registers.words import Named, Proof, proof
from janji.terms.texts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """A rung of the law's ladder; by `consent` each person must have agreed."""

    id: str
    title: Text
    article: str
    consent: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Transferred:
    """One recipient in one country for one purpose: the way that serves best, and how it is proven.

    `transfer` and `rung` are absent where the policy names no way at all; `unmet` are the rungs recorded as not met.
    """

    recipient: Named
    country: str
    purpose: Named
    state: Proof
    transfer: str | None
    rung: Rung | None
    evidence: str | None
    proven: date | None
    until: date | None
    unmet: tuple[Rung, ...]
    clauses: tuple[str, ...]


def transfers(policy: Policy, law: LawPack, day: date) -> tuple[Transferred, ...]:
    """Every disclosure that leaves the home country on `day`: recipient by country by purpose."""
    ways = _ways(policy)
    return tuple(
        _transferred(law, day, recipient, country, policy.purposes[name], ways[recipient.id])
        for recipient in policy.recipients.values()
        for country in _abroad(policy, law, recipient, ways[recipient.id])
        for name in dict.fromkeys(recipient.purposes)
    )


def _ways(policy: Policy) -> dict[str, list[Transfer]]:
    """The transfers that name each recipient."""
    found: dict[str, list[Transfer]] = {name: [] for name in policy.recipients}
    for transfer in policy.transfers.values():
        for name in dict.fromkeys(transfer.recipients):
            found[name].append(transfer)
    return found


def _abroad(policy: Policy, law: LawPack, recipient: Recipient, ways: list[Transfer]) -> Iterator[str]:
    """The countries outside home that data may go to with a recipient: its own, and those its transfers name."""
    home = home_countries(policy, law)
    named = [recipient.country, *(country for transfer in ways for country in transfer.countries)]
    return (country for country in dict.fromkeys(named) if country not in home)


def _transferred(
    law: LawPack, day: date, recipient: Recipient, country: str, purpose: Purpose, ways: list[Transfer]
) -> Transferred:
    way = best_transfer(law, ways, country, purpose.id)
    held = proof(way.proven is not None, way.provisional, day) if way else Proof.NONE
    return Transferred(
        recipient=Named(recipient.id, recipient.title),
        country=country,
        purpose=Named(purpose.id, purpose.title),
        state=held,
        transfer=way.id if way else None,
        rung=_rung(law, way.rung) if way and way.rung else None,
        evidence=way.evidence if way else None,
        proven=way.proven if way else None,
        until=way.provisional if way and held is not Proof.PROVEN else None,
        unmet=tuple(_rung(law, name) for name in way.unmet) if way else (),
        clauses=way.clauses if way else recipient.clauses,
    )


def _rung(law: LawPack, name: str) -> Rung:
    rung = law.rungs[name]
    return Rung(id=rung.id, title=rung.title, article=rung.article, consent=rung.consent)
