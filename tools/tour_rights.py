"""Rights requests in the demonstration: people of a made-up company ask, real mail goes out, and each answer is read back."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from aiosmtpd.controller import Controller
from tour_door import janji, serving, until

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "policies" / "pt-sony-indonesia"
SYSTEMS = ("mycontoh", "care", "recruitment", "community", "weblogs")
PEOPLE = """SELECT a.email, a.name FROM accounts a JOIN invoices i ON i.account_id = a.id JOIN orders o ON o.buyer_id = a.id
  WHERE i.issued_on > '2024-01-01' AND a.born < '2000-01-01' AND a.deleted_at IS NULL AND a.email IS NOT NULL AND a.phone IS NOT NULL
  GROUP BY a.id, a.email, a.name ORDER BY a.id LIMIT 6"""


class Sink:
    """A mail server on this machine that keeps what it is given."""

    def __init__(self) -> None:
        self.letters: list[tuple[str, str]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: ARG002 - as aiosmtpd calls it
        """Keep a letter."""
        self.letters.append((envelope.rcpt_tos[0], envelope.content.decode("utf-8", "replace")))
        return "250 OK"


class _Port(Controller):
    def _trigger_server(self) -> None:
        """The base class greets the port that it was told, which was 0; by now it has one."""
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]  # it was started
        super()._trigger_server()  # type: ignore[no-untyped-call]


def rights(made: Path, step: Callable[[str], None]) -> list[Path]:
    """Seven requests from the record to the proof, on five systems: the package and the certificates that it made. Ends what it started."""
    own = (made / "rights").absolute()
    own.mkdir()
    sink = Sink()
    mail = _Port(sink, hostname="127.0.0.1", port=0)
    mail.start()
    environment = {
        **os.environ, "JANJI_DATA_DIR": str(own / "data"), "JANJI_MAPS": str(own / "company" / "datamap"),
        "JANJI_MAIL_URL": f"smtp://127.0.0.1:{mail.port}", "JANJI_MAIL_FROM": "privacy@example.com", "JANJI_PUBLIC_URL": "https://privacy.example",
    }  # fmt: skip
    try:
        step("20. A company of five systems (shop, care centre, recruitment, community, web logs), connected, with their maps reviewed.")
        janji(environment, "init")
        janji(environment, "policy", "publish", str(POLICY))
        print(janji(environment, "demo", "data", "--dir", str(own / "company")).rstrip())
        addresses = json.loads((own / "company" / "connections.json").read_text("utf-8"))
        for system in SYSTEMS:
            janji(environment, "connect", "add", system, "-", said=f"{addresses[system]}\n")
            for stage in ("search", "planned"):
                janji(environment, "connect", "stage", system, stage)
        with serving(environment, own):
            Journeys(environment, own, addresses, step).all()
            until(lambda: len({to for to, _ in sink.letters}) >= len(SYSTEMS))
        step("28. What went out by mail: numbers, links and codes, and nothing about anybody.")
        for to, letter in sink.letters[:12]:
            subject = re.search(r"^Subject: (.*)$", letter, re.MULTILINE)
            print(f"  {to:40} {subject[1] if subject else ''}")
        print(f"  ... {len(sink.letters)} letters in all")
        step("29. The certificate of each erasure stands in the ledger; its proof needs no database, and names nobody.")
        return [made / "rights" / "access.zip", *certificates(environment, made / "rights")]
    finally:
        mail.stop()


def certificates(environment: dict[str, str], folder: Path) -> list[Path]:
    """The proofs of the certificates, each in a file, and verified."""
    made = []
    janji(environment, "ledger", "checkpoint")
    for one in json.loads(janji(environment, "erase", "list", "--format", "json"))["items"]:
        if "certificate" in one:
            made.append(folder / f"certificate-{one['id']}.json")
            janji(environment, "ledger", "prove", one["certificate"], "-o", str(made[-1].absolute()))
            print("\n".join(janji(environment, "ledger", "verify", str(made[-1].absolute())).splitlines()[:3]))
    return made


class Journeys:
    """One of each kind of request."""

    def __init__(self, environment: dict[str, str], own: Path, addresses: Mapping[str, str], step: Callable[[str], None]) -> None:
        self.environment, self.own, self.step, self.url = environment, own, step, addresses["mycontoh"]
        with psycopg.connect(self.url) as link:
            self.people = link.execute(PEOPLE).fetchall()
        for email, _ in self.people:
            self.run("subject", "add", f"email:{email}")

    def run(self, *words: str, said: str = "", code: int = 0) -> str:
        """Run a verb in the house of the demonstration."""
        return janji(self.environment, *words, said=said, code=code)

    def told(self, *words: str) -> dict[str, Any]:
        """Run a verb and read its JSON."""
        found: dict[str, Any] = json.loads(self.run(*words, "--format", "json"))
        return found

    def opened(self, right: str, who: str, *more: str, officers: tuple[str, ...] = ("Budi",), said: Mapping[str, Any] | None = None) -> str:
        """Ask at the counter, where staff know who it is; officers agree. The number of the request."""
        words = ["request", "open", right, "--subject", who, "--proof", "staff", "--by", "Sari", "--intake", "paper", "--format", "json", *more]
        number: str = json.loads(self.run(*words, *(["--file", "-"] if said else []), said=json.dumps(said or {})))["id"]
        for officer in officers:
            self.until(number, "approval")
            self.run("request", "approve", number, "--by", officer)
        return number

    def request(self, right: str, who: str, *more: str, officers: tuple[str, ...] = ("Budi",), said: Mapping[str, Any] | None = None) -> str:
        """The same, until it is carried out and read back."""
        number = self.opened(right, who, *more, officers=officers, said=said)
        self.until(number, "delivery", "ended")
        print(self.run("request", "show", number).rstrip())
        return number

    def until(self, number: str, *states: str) -> None:
        """Wait until a request is in one of these states."""
        until(lambda: self.told("request", "show", number)["state"] in states)

    def all(self) -> None:
        """Every journey."""
        (asks, _), (wrong, name), (goes, _), (stops, _), (changes, _), (objects, _) = self.people
        self.step("21. Access: every system is searched at once, and the person gets a package by a link, and its code by another way.")
        number = self.request("access", f"email:{asks}", "--answer-to", f"email:{asks}")
        print(self.run("request", "package", number, "--out", str(self.own / "access.zip"), "--by", "Sari").rstrip())
        self.step("22. Correction: the name is wrong, and is put right wherever it stands.")
        self.request("correction", f"email:{wrong}", said={"correct": [{"data": "name", "was": name, "becomes": "Siti Rahayu"}]})
        self.step("23. Deletion, agreed to by two officers: all goes but what the books must keep, and that without the name.")
        self.request("deletion", f"email:{goes}", officers=("Budi", "Wati"))
        with psycopg.connect(self.url) as link:
            if link.execute("SELECT FROM accounts WHERE email = %s", [goes]).fetchone():
                sys.exit("somebody is there who was to go")
        self.step("24. Restriction: from then on every program that asks hears no.")
        self.request("restriction", f"email:{stops}")
        print(self.run("decide", "--subject", f"email:{stops}", "--purpose", "complaint-handling", "--data", "name", code=2).rstrip())
        self.withdrawal(f"email:{changes}")
        self.machine(f"email:{objects}")
        self.guardian(f"email:{asks}")

    def withdrawal(self, who: str) -> None:
        """A yes to the newsletter, and its end."""
        self.step("25. Withdrawal: the consent ends at once, and what nothing else needs is deleted once an officer agrees.")
        question = ("decide", "--subject", who, "--purpose", "newsletters", "--data", "email", "--channel", "email")
        self.run("subject", "age", who, "--born", "1990-04-01")
        self.run("consent", "grant", who, "newsletters", "--channel", "email", "--language", "id", "--method", "unticked-box")
        self.run(*question)
        number = self.opened("withdrawal", who, "--detail", "purpose=newsletters", officers=())
        until(lambda: any("needs_agreement" in one for one in self.told("withdrawal", "list")["items"]))
        print(self.run("withdrawal", "list").rstrip())
        self.run("withdrawal", "agree", "--all", "--by", "Budi")
        self.until(number, "delivery", "ended")
        print(self.run("request", "show", number).rstrip())
        print(self.run(*question, code=2).rstrip())

    def machine(self, who: str) -> None:
        """A machine refused a voucher; a person looks anew."""
        self.step("26. Objection to a machine's decision: a person looks anew, by name.")
        self.run("decisions", "log", "voucher-control", "refused", "--subject", who, "--reason", "redeemed-before")
        number = self.opened("automated-objection", who)
        until(lambda: self.told("decisions", "list")["items"])
        (decision,) = self.told("decisions", "list")["items"]
        self.run("decisions", "review", decision["id"], "overruled", "--reason", "family-of-three", "--by", "Rina")
        self.until(number, "delivery", "ended")
        print(self.run("request", "show", number).rstrip())

    def guardian(self, parent: str) -> None:
        """A mother asks what is held about her child."""
        self.step("27. A guardian asks for a child: worked on once the bond is verified.")
        child = "email:anak@contoh.example"
        self.run("subject", "add", child)
        self.run("subject", "age", child, "--born", "2015-04-01")
        link = self.told("subject", "guardian", "name", child, parent, "--relation", "parent")["link"]
        self.run("subject", "guardian", "verify", link, "--proof", "identity", "--proof", "family-card")
        self.request("access", child, "--asker", "guardian", "--detail", f"link={link}")
