"""What a scan proposes beside columns and links: duties that keep tables, and where a system is; each with its reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from janji.datamap.catalogue import Catalogue, Column, Sort, Table
from janji.datamap.meaning import Link
from janji.datamap.overlay import read_overlay
from janji.datamap.written import begin
from janji.discovery.duties import Duty, propose_duties, unclear
from janji.discovery.holds import Holds
from janji.discovery.proposals import Proposal
from janji.policy.model import Policy, RetentionRule, System
from janji.terms.messages import ENGLISH, say
from janji.terms.periods import Period
from janji.terms.processing import Disposal
from janji.terms.texts import Text
from janji.workflows.policies import open_policy
from janji.workflows.whereabouts import about

SONY = Path(__file__).resolve().parents[2] / "policies" / "pt-sony-indonesia"


@pytest.fixture(scope="module")
def policy() -> Policy:
    """A policy with duties to keep."""
    found = open_policy(SONY).whole[0]
    assert found is not None
    return found


def proposed(policy: Policy, table: str, *days: str, holds: Holds = Holds.OTHER, links: tuple[Link, ...] = (), more: str = "") -> tuple[Duty, ...]:
    """What is proposed for a table with a sum that was paid, and some days; for `more`, a table of payments besides."""
    tables = [Table(table, (Column("amount", "int", Sort.INTEGER), *(Column(day, "date", Sort.DATE) for day in days)))]
    proposals = [Proposal(table, "amount", holds, "payment-information", True, 0.9, say("x"))]
    if more:
        tables.append(Table(more, (Column("amount", "int", Sort.INTEGER), Column("paid_on", "date", Sort.DATE))))
        proposals.append(Proposal(more, "amount", Holds.OTHER, "payment-information", True, 0.9, say("x")))
    return propose_duties(Catalogue("sqlite", {item.name: item for item in tables}), proposals, {table: links}, policy)


@pytest.mark.parametrize(("days", "since"), [
    (("updated_at", "paid_on"), "paid_on"), (("made",), "made"), (("updated_at",), None), (("a", "b"), None), (("tgl_bayar", "tgl_lahir"), "tgl_bayar"),
])  # fmt: skip
def test_a_duty_counts_from_the_day_it_happened(policy: Policy, days: tuple[str, ...], since: str | None) -> None:
    """Never from a change or an end; where two days could be meant, nothing is decided."""
    (duty,) = proposed(policy, "payments", *days)
    assert (duty.rule.since if duty.rule is not None else None) == since
    assert "`tax-records`" in str(duty.why)
    told = [str(item.message) for item in unclear([duty], "shop")]
    assert [text.startswith("`shop/payments` may have to be kept: ") for text in told] == ([] if since else [True])


def test_a_table_without_a_day_is_kept_with_the_row_it_hangs_on(policy: Policy) -> None:
    """By a link to a table that the same duty keeps."""
    link = Link(("payment",), "payments", ("id",))
    duties = {duty.table: duty.rule for duty in proposed(policy, "parts", links=(link,), more="payments")}
    assert duties["parts"] is not None
    assert (duties["parts"].follows, duties["parts"].since) == ("payments", None)


def test_what_every_table_has_is_no_duty(policy: Policy) -> None:
    """A name is kept for the books where the books are, and not wherever somebody is called something."""
    assert proposed(policy, "customers", "paid_on", holds=Holds.NAME) == ()


def test_a_rule_that_no_law_asks_for_is_no_duty(policy: Policy) -> None:
    """The schedule alone ends data; it does not hold them against their person."""
    for rule in policy.retention.values():
        if rule.law:
            continue
        alone = replace(policy, retention={"x": rule})
        bases = {policy.purposes[name].basis for name in rule.purposes}
        assert bool(proposed(alone, "payments", "paid_on")) is (bool(rule.data) and {"legal-obligation"} == bases and "payment-information" in rule.data)


def test_the_longest_duty_is_proposed(policy: Policy) -> None:
    """Where two speak of a table."""
    longer = RetentionRule(id="longer", title=Text((("en", "x"),)), period=Period(months=360), trigger="t", then=Disposal.DELETE,
                           data=("payment-information",), law=("some-law",))  # fmt: skip
    both = replace(policy, retention={**policy.retention, "longer": longer})
    (duty,) = proposed(both, "payments", "paid_on")
    assert duty.rule is not None
    assert duty.rule.rule == "longer"


@pytest.mark.parametrize(("where", "said"), [
    ("postgresql://u:secret@db1.example.id:5432/shop?sslmode=require", {"location": "db1.example.id"}),
    ("postgresql://u:secret@127.0.0.1/shop", {}), ("sqlite:////srv/shop.db", {}), ("shop", {}), ("postgresql://[x/", {}),
    ("s3://KEY:SECRET@bucket/p?region=ap-southeast-3", {"location": "ap-southeast-3", "country": "ID"}),
    ("s3://KEY:SECRET@bucket/p?region=x&endpoint=https://minio.example", {}),
])  # fmt: skip
def test_an_address_tells_where_and_no_secret(where: str, said: dict[str, str]) -> None:
    """The machine or the region that it names; its account, password and path are nobody's business."""
    found = about(None, "shop", where, ENGLISH)
    assert {name: value for name, (value, _) in found.items()} == said
    assert not any(word in repr(found) for word in ("secret", "SECRET", "KEY"))


def test_the_policy_tells_of_its_systems_and_recipients(policy: Policy) -> None:
    """What it says of a system wins over the address; the country of a recipient is that of its system. The reason stands beside it."""
    shop = System(title=Text((("en", "The shop"),)), owner="Sales", country="SG")
    with_shop = replace(policy, systems={"shop": shop})
    found = about(with_shop, "shop", "s3://K:S@b?region=ap-southeast-3", ENGLISH)
    assert {name: value for name, (value, _) in found.items()} == {"title": "The shop", "owner": "Sales", "country": "SG", "location": "ap-southeast-3"}
    name, recipient = next((name, one) for name, one in policy.recipients.items() if one.country)
    assert about(policy, name, name, ENGLISH)["country"][0] == recipient.country
    text = begin("shop", {key: value for key, (value, _) in found.items()}, {key: why.render(ENGLISH) for key, (_, why) in found.items()})
    overlay = read_overlay("shop.yaml", text.encode())
    assert overlay.diagnostics == ()
    assert overlay.meaning is not None
    assert (overlay.meaning.owner, overlay.meaning.country, overlay.meaning.location) == ("Sales", "SG", "ap-southeast-3")
    assert "country: SG  # the policy says so of its system `shop`" in text
