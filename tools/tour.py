"""`make tour`: a text linted and imported, a policy checked, asked and rendered, a record kept, proven and audited, and a shop that asks."""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

from tour_door import door
from tour_rights import rights

ROOT = Path(__file__).resolve().parent.parent
POLICY = "policies/pt-sony-indonesia"
SAMPLE = "policies/sample/privacy-policy.txt"
MADE = "tour-output"
AT = "2026-11-23T03:00:00Z"

ADULT = "born: 1990-04-01\n"
CHILD = "born: 2014-04-01\n"

QUESTIONS: tuple[tuple[str, str, str], ...] = (
    ("May the newsletter go to a person who said yes to e-mail?",
     "--purpose newsletters --data email --channel email",
     ADULT + "consents: [{purpose: newsletters, channel: email}]\n"),
    ("The same person, by SMS: the choice is kept per channel.",
     "--purpose newsletters --data contact-details --channel sms",
     ADULT + "consents: [{purpose: newsletters, channel: email}]\n"),
    ("The same person, after withdrawing.",
     "--purpose newsletters --data email --channel email",
     ADULT + "consents: [{purpose: newsletters, channel: email, state: withdrawn}]\n"),
    ("Deliver an order to the person who placed it.",
     "--purpose delivery --data name,contact-details",
     ADULT + "agreements: [order]\n"),
    ("Forum posts for personalised advertising: the policy promises never.",
     "--purpose targeted-advertising --data forum-body", ADULT),
    ("Train an AI model: a drafting note is not a purpose.",
     "--purpose ai-training --data reviews", ADULT),
    ("The newsletter to a child.",
     "--purpose newsletters --data email --channel email",
     CHILD + "consents: [{purpose: newsletters, channel: email}]\n"),
    ("Pass data to the group company in Japan: no rung of the transfer ladder is proven.",
     "--purpose group-services --data name --recipient group-japan --country JP",
     ADULT + "agreements: [account]\n"),
    ("Pass a name to the police without a legal instrument.",
     "--purpose authority-cooperation --data name --recipient law-enforcement", ADULT),
    ("An agent whose training has expired opens a complaint.",
     "--purpose complaint-handling --data name --agent call-centre-desk",
     ADULT + "agreements: [request]\ntrained-until: 2026-06-30\n"),
)  # fmt: skip


def janji(*arguments: str) -> int:
    """Run the program on this terminal and give its exit code."""
    return subprocess.run([sys.executable, "-m", "janji", *arguments], cwd=ROOT, check=False).returncode


def step(title: str) -> None:
    """Say what comes next."""
    print(f"\n{title}\n", flush=True)


def must(*arguments: str) -> None:
    """Run the program, and end the demonstration when it fails."""
    code = janji(*arguments)
    if code != 0:
        sys.exit(code)


def texts(made: Path) -> None:
    """From a published text to its faults and a starting model."""
    step(f"1. What is wrong with a published text? ({SAMPLE})")
    must("lint", SAMPLE, "--fail-on", "never", "--rule", "CNS-01", "--rule", "PLH-01", "--rule", "DDL-01")
    step("2. The whole report, as a page, with the ten things to fix first:")
    must("lint", SAMPLE, "--fail-on", "never", "--format", "html", "-o", str(made / "lint.html"))
    step("3. The text as a starting model, with the evidence and what a person must decide:")
    must("import", SAMPLE, "-o", str(made / "imported"))


def questions() -> None:
    """Check PT Sony Indonesia's policy and ask it ten questions."""
    step("4. A finished model: is PT Sony Indonesia's policy sound?")
    must("check", POLICY, "--brief")
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.yaml"
        for number, (title, question, known) in enumerate(QUESTIONS, 1):
            step(f"5.{number}. {title}")
            facts.write_text(known, encoding="utf-8")
            code = janji("explain", "--policy", POLICY, *question.split(), "--facts", str(facts), "--at", AT)
            if code not in (0, 2):
                sys.exit(1)
        step("6. And for everybody at once, the first question as SQL:")
        facts.write_text("{}\n", encoding="utf-8")
        must("decide", "--policy", POLICY, *QUESTIONS[0][1].split(), "--at", AT, "--format", "sql")


def documents(made: Path) -> None:
    """Every document that the law wants, from the same model; and what a new version would change."""
    step("7. What people are told, in both languages: notice, trackers, gpc.json; and all documents of a small policy.")
    for document in ("notice", "trackers", "gpc"):
        must("render", POLICY, "--document", document, "-o", str(made / "public"))
    must("render", "policies/minimal", "-o", str(made / "corner-shop"))
    step("8. What the company keeps: records of processing, transfers, processors, impact assessments.")
    must("register", POLICY, "--register", "all", "-o", str(made / "registers.xlsx"))
    must("register", POLICY, "-o", str(made / "record.jsonld"))
    step("9. A new version of a small policy: what does it newly permit, and who must be told first?")
    old, new = ROOT / "policies" / "minimal", made / "next-version"
    shutil.copytree(old, new)
    file = new / "policy.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("[contact.email]", "[contact.email, contact.address]"), encoding="utf-8")
    must("diff", "policies/minimal", str(new))


def told(*arguments: str) -> dict[str, Any]:
    """Run the program and read the JSON that it answers; its lines are not shown."""
    done = subprocess.run([sys.executable, "-m", "janji", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(done.stderr)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def people(path: Path) -> None:
    """A thousand made-up people and what each said of the newsletter: most agreed, some refused, some nobody can prove."""
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["E-mail", "Status", "Day", "Notice", "Born"])
        for number in range(1000):
            state = "unsubscribed" if number % 7 == 6 else "subscribed"
            proof = ["", ""] if number % 10 == 9 else [f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}", "1"]
            born = date(2012 if number % 50 == 0 else 1990, 1 + number % 12, 1 + number % 28)
            rows.writerow([f"orang{number}@contoh.example", state, *proof, born])


MAP = """source: shop
identifiers: [{column: E-mail, kind: email}]
columns: {state: Status, date: Day, version: Notice, born: Born}
always: {purpose: newsletters, channel: email, notice: newsletters, language: id, method: double-opt-in}
values: {state: [{written: subscribed, means: given}, {written: unsubscribed, means: unsubscribed}]}
"""


def record(made: Path) -> None:
    """The record: a database of one's own, a thousand people, a withdrawal, its receipt and proof, the audit."""
    os.environ["JANJI_DATA_DIR"] = str(made.absolute() / "data")
    someone, question = "email:orang7@contoh.example", ("--purpose", "newsletters", "--data", "email", "--channel", "email")
    step("10. The record: a PostgreSQL of its own, keys, and the policy in force.")
    must("init")
    must("policy", "publish", POLICY)
    step("11. A thousand people from a shop's list: every no first; a yes that nobody can prove does not count; twenty are children.")
    people(made / "list.csv")
    (made / "map.yaml").write_text(MAP, encoding="utf-8")
    must("consent", "import", str(made / "list.csv"), "--map", str(made / "map.yaml"))
    step("12. To whom may the newsletter go? One statement for everybody, one event in the ledger.")
    must("run", *question)
    step("13. One of them, before and after taking the consent back:")
    must("decide", "--subject", someone, *question)
    withdrawal = told("consent", "withdraw", someone, "newsletters", "--yes", "--format", "json")
    if janji("decide", "--subject", someone, *question) != 2:
        sys.exit(1)
    step("14. The receipt of the withdrawal (ISO/IEC TS 27560), and the proof that it stands in the ledger:")
    must("ledger", "checkpoint")
    receipt = told("consent", "receipt", someone)
    (made / "receipt.jsonld").write_text(json.dumps(receipt, indent=2), encoding="utf-8")
    kept = receipt["dct:hasPart"][0]
    for name, part in (("receipt", receipt["@id"]), ("record", kept["@id"]), ("state", kept["dpv:hasConsentStatus"]["@type"]),
                       ("event", kept["janji:proof"]["janji:eventDigest"]), ("position", kept["janji:proof"]["janji:position"])):  # fmt: skip
        print(f"{name:9} {part}")
    must("ledger", "prove", withdrawal["results"][0]["recorded"]["event"], "-o", str(made / "proof.json"))
    must("ledger", "verify", str(made / "proof.json"))
    step("15. What was done with the data of this person, the newest first (UU 27/2022 Art 32):")
    must("track", "show", someone)
    step("16. The whole ledger for an auditor, who needs neither database nor trust:")
    must("ledger", "export", "-o", str(made / "ledger.export"))
    must("ledger", "audit", str(made / "ledger.export"))
    must("doctor")


def main() -> None:
    """Run the whole demonstration; fails when a step does."""
    made = Path(MADE)
    os.chdir(ROOT)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir()
    texts(made)
    questions()
    documents(made)
    record(made)
    door(made, step)
    named = rights(made, step)
    step("The files that were made:")
    own = {made / "data", made / "door", made / "rights"}
    for path in sorted([*named, *(path for path in made.rglob("*") if path.is_file() and own.isdisjoint(path.parents) and path.name != ".janji.json")]):
        print(f"  {path}")


if __name__ == "__main__":
    main()
