"""An erasure from the reviewed plan to its certificate: its time, and every statement that the server saw, in both databases."""

from __future__ import annotations

import re
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from figures import Figure

from janji.connectors.opening import open_connector
from janji.datamap.catalogue import Catalogue
from janji.datamap.fingerprint import fingerprint
from janji.datamap.meaning import Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.datamap.written import write_meaning
from janji.store.database import close
from janji.store.server import ServerHandle
from janji.workflows.care import init
from janji.workflows.erasing import carry_out, plan_digest, prepare
from janji.workflows.house import House, open_house
from janji.workflows.people import subjects_for
from janji.workflows.publishing import publish
from janji.workflows.runtime import Runtime, open_runtime
from janji.workflows.systems import Stage, add, move

POLICY = Path(__file__).resolve().parent.parent / "policies" / "pt-sony-indonesia"
OPTIONS = {"level": "logical", "forget": False}
KEYS = ("id", "customer_id", "order_id", "shipping_address_id", "created_at")
FRAME = re.compile(r"(BEGIN|COMMIT|ROLLBACK|SET|START|DEALLOCATE)\b")
"""What is not counted: the frame of transactions, and settings."""
SEEN = re.compile(r"^\[(\w+)\] LOG: +(?:statement|execute [^:]*): (.*)")
TABLES = ("customers", "addresses", "orders", "items", "payments", "tickets")


def meaning(catalogue: Catalogue) -> SystemMeaning:
    """What the shop holds, reviewed in the form that it has."""
    by_order = Link(("order_id",), "orders", ("id",))
    tables = {}
    for name, table in catalogue.tables.items():
        columns = {one.name: Meaning("none" if one.name in KEYS else "contact.email" if one.name == "email" else "purchase") for one in table.columns}
        link = by_order if "order_id" in columns else Link(("customer_id",), "customers", ("id",))
        tables[name] = TableMeaning(
            name, identifiers=(Identifier("email", "email"),) if "email" in columns else (), links=() if name == "customers" else (link,),
            columns=columns, reviewed=fingerprint(table),
        )  # fmt: skip
    return SystemMeaning("shop", "The shop", "owner", "Jakarta", "ID", tables=tables)


@contextmanager
def house(server: ServerHandle, url: str) -> Iterator[House]:
    """A house whose one system is the shop at `url`, its record in a new database of the same server."""
    name = f"janji{time.monotonic_ns()}"
    with psycopg.connect(server.url, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name}".encode())
    with tempfile.TemporaryDirectory() as folder:
        made = open_runtime(environment={"JANJI_DATA_DIR": f"{folder}/data", "JANJI_DATABASE_URL": server.url_of(name)})
        runtime = Runtime(replace(made.settings, maps=Path(folder) / "maps"), made.tongue)
        runtime.settings.maps.mkdir()
        connector = open_connector("shop", url)
        (runtime.settings.maps / "shop.yaml").write_text(write_meaning(meaning(connector.catalogue())), "utf-8")
        connector.close()
        init(runtime)
        with open_house(runtime) as opened:
            publish(opened, POLICY)
        with open_house(runtime) as opened:
            add(opened, "shop", url)
            for stage in (Stage.SEARCH, Stage.PLANNED):
                move(opened, "shop", stage)
            yield opened


def whole_erasure(server: ServerHandle, url: str, emails: Sequence[str]) -> float:
    """Seconds that a reviewed plan about these people takes to be carried out, verified and certified."""
    with house(server, url) as opened:
        people = subjects_for(opened, [("email", email) for email in emails])
        number = plan_digest(prepare(opened, people), OPTIONS)
        start = time.perf_counter()
        assert carry_out(opened, people, number).complete
        return time.perf_counter() - start


def statements(server: ServerHandle, log: Path, url: str, emails: Sequence[str]) -> list[Figure]:
    """What an erasure asks of both databases, as the server's own `log` has it: about rows, and to open the store and read its form."""
    with house(server, url) as opened:
        people = subjects_for(opened, [("email", email) for email in emails])
        number = plan_digest(prepare(opened, people), OPTIONS)
        with _logged(server, log, opened.runtime.settings.database_url or "", url) as seen:
            assert carry_out(opened, people, number).complete
    asked = len(seen["rows"])
    return [
        Figure("statements for 50 people", asked, "statements", f"{len(TABLES)} tables, both databases", asked / len(TABLES), "at most 3 a table", asked <= 3 * len(TABLES)),
        Figure("... to open and read the form", len(seen["form"]), "statements", "whatever the tables", len(seen["form"]) / len(TABLES), "(shown)", True),
    ]  # fmt: skip


@contextmanager
def _logged(server: ServerHandle, log: Path, *urls: str) -> Iterator[Mapping[str, list[str]]]:
    """The statements that the databases at `urls` are asked meanwhile: those about rows, ours among them, and those about the form of a store."""
    names = [url.rpartition("/")[2].partition("?")[0] for url in urls]
    with psycopg.connect(server.url, autocommit=True) as link:
        link.execute("ALTER SYSTEM SET log_line_prefix = '[%d] '")
        link.execute("SELECT pg_reload_conf()")
        for name in names:
            link.execute(f"ALTER DATABASE {name} SET log_statement = 'all'".encode())
        close()
        time.sleep(0.5)  # the server reads its settings
        start, found = log.stat().st_size, {"rows": list[str](), "form": list[str]()}
        yield found
        time.sleep(0.5)  # what it writes is written
        for name in names:
            link.execute(f"ALTER DATABASE {name} RESET log_statement".encode())
    for line in log.read_bytes()[start:].decode("utf-8", "replace").splitlines():
        one = SEEN.match(line)
        if one is not None and one[1] in names and not FRAME.match(one[2]):
            form = one[1] == names[1] and not re.search(f'"({"|".join(TABLES)})"|janji_k', one[2])
            found["form" if form else "rows"].append(one[2])
    assert Counter(map(bool, found.values())) == {True: 2}, "the log was not read"
