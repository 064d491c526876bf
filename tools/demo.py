"""`make demo`: checks PT Sony Indonesia's policy, asks ten questions of it, and prints the SQL of one."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
POLICY = "policies/pt-sony-indonesia"
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


def main() -> None:
    """Run the whole demonstration; fails when an answer is neither yes nor no."""
    print("Is the policy sound?\n", flush=True)
    if janji("check", POLICY, "--brief") != 0:
        sys.exit(1)
    with tempfile.TemporaryDirectory() as folder:
        facts = Path(folder) / "facts.yaml"
        for number, (title, question, known) in enumerate(QUESTIONS, 1):
            print(f"\n{number}. {title}\n", flush=True)
            facts.write_text(known, encoding="utf-8")
            code = janji("explain", "--policy", POLICY, *question.split(), "--facts", str(facts), "--at", AT)
            if code not in (0, 2):
                sys.exit(1)
        print("\nAnd for everybody at once, the first question as SQL:\n", flush=True)
        facts.write_text("{}\n", encoding="utf-8")
        code = janji("decide", "--policy", POLICY, *QUESTIONS[0][1].split(), "--at", AT, "--format", "sql")
    sys.exit(code)


if __name__ == "__main__":
    main()
