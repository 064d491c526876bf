"""The made-up company mapped by scans alone, held against the maps that its maker wrote; and a system by its name on record."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from tests.people_house import POLICY

from janji.datamap.meaning import TableMeaning
from janji.demo.sheets import Size
from janji.demo.systems import SYSTEMS
from janji.terms.messages import ENGLISH
from janji.workflows.demo_company import make_company, remove_company
from janji.workflows.mapping import compare, explain_system, meanings, review, scan
from janji.workflows.policies import open_policy
from janji.workflows.runtime import Runtime, Settings

PREFIX = "test_mapped_"


@pytest.fixture(scope="module")
def mapped(server: object, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Runtime, dict[str, str]]]:
    """A runtime whose folder of maps has every system of the company as a scan left it; the addresses of the systems."""
    folder = tmp_path_factory.mktemp("company")
    runtime = Runtime(Settings(maps=folder / "maps", data_dir=folder / "data"), ENGLISH)
    made = make_company(runtime, folder / "held", Size(150, 7, date(2026, 11, 1)), url=server.url, prefix=PREFIX)  # type: ignore[attr-defined]
    policy = open_policy(POLICY).whole[0]
    try:
        for system in made:
            scan(runtime, system.address, system.system, policy)
        yield runtime, {system.system: system.address for system in made}
    finally:
        remove_company(runtime, folder / "held", url=server.url, prefix=PREFIX)  # type: ignore[attr-defined]


def _ways(table: TableMeaning) -> set[tuple[tuple[str, ...], str]]:
    return {(link.columns, link.to) for link in table.links}


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_every_way_to_a_person_is_proposed(mapped: tuple[Runtime, dict[str, str]], system: str) -> None:
    """Each link that the company's own map has is proposed, and nearly each identifier; what is proposed besides is little."""
    runtime, _ = mapped
    found, wanted = meanings(runtime)[system], SYSTEMS[system].meaning
    tables = {name: table for name, table in wanted.tables.items() if name in found.tables}
    assert {name: _ways(table) - _ways(found.tables[name]) for name, table in tables.items() if _ways(table) - _ways(found.tables[name])} == {}
    kinds = {name: {(item.column, item.kind) for item in table.identifiers if item.kind != "account"} for name, table in tables.items()}
    assert {name: held for name, held in kinds.items() if held - {(item.column, item.kind) for item in found.tables[name].identifiers}} == {}
    extra = sum(len(_ways(found.tables[name]) - _ways(table)) for name, table in tables.items())
    assert extra <= max(2, sum(len(table.links) for table in tables.values()) // 3)


def test_duties_of_the_policy_are_proposed_with_their_reason(mapped: tuple[Runtime, dict[str, str]]) -> None:
    """Payments are kept as the books are, from the day on which they were paid; nothing else of the company is a duty of the policy."""
    runtime, _ = mapped
    found = {(system, table.name): table.keep for system, one in meanings(runtime).items() for table in one.tables.values() if table.keep}
    assert list(found) == [("mycontoh", "payments")]
    (rule,) = found["mycontoh", "payments"]
    assert (rule.rule, rule.since, str(rule.period)) == ("tax-records", "paid_at", "P10Y")
    assert set(rule.columns) == {"card_last4", "holder", "bank_account"}
    assert "`tax-books`" in rule.reason


def test_a_mapped_company_is_as_it_was_reviewed(mapped: tuple[Runtime, dict[str, str]]) -> None:
    """After a review nothing has drifted in any system, files among them; no explanation names anybody."""
    runtime, addresses = mapped
    for system, address in addresses.items():
        review(runtime.settings.maps, [], system)
        assert compare(runtime, address, system).drifts == ()
    points = [str(message) for item in explain_system(runtime, "mycontoh", addresses["mycontoh"]) for _, message in item.points]
    assert any("`recipient_id` is null in" in point for point in points)
    assert not [point for point in points if "@" in point]


def test_a_system_goes_by_its_name_on_record(database_url: str, tmp_path: Path, mapped: tuple[Runtime, dict[str, str]]) -> None:
    """What `janji connect` knows is scanned by its name, and its address never shows; a system without one is refused."""
    env = {**os.environ, "JANJI_DATABASE_URL": database_url, "JANJI_KEY": base64.b64encode(b"k" * 32).decode(), "JANJI_DATA_DIR": str(tmp_path),
           "NO_COLOR": "1", "COLUMNS": "200", "JANJI_LANG": "en", "JANJI_POLICY": str(POLICY), "PYTHONPATH": str(POLICY.parents[1] / "src")}  # fmt: skip
    address, secret = mapped[1]["recruitment"], "made-for-tests"
    assert secret in address

    def run(*words: str, given: str = "") -> tuple[int, str]:
        done = subprocess.run([sys.executable, "-m", "janji", *words], env=env, cwd=tmp_path, capture_output=True, text=True, input=given)
        assert secret not in done.stdout + done.stderr
        assert "Traceback" not in done.stderr, done.stderr
        return done.returncode, done.stdout + done.stderr

    assert run("init")[0] == 0
    assert run("connect", "add", "jobs", "-", given=f"{address}\n")[0] == 0
    assert run("connect", "add", "cabinet")[0] == 0
    code, out = run("map", "scan", "jobs")
    assert code == 0, out
    assert "tables that are new to the map: " in out
    assert secret not in (tmp_path / "datamap" / "jobs.yaml").read_text("utf-8")
    code, out = run("map", "scan", "cabinet")
    assert code == 2
    assert "the system `cabinet` has no address" in out
    assert run("map", "diff", "nowhere")[0] == 3
