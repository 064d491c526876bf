"""`make demo`: a made-up company with its systems, its policy, its people and its staff, served on this machine until it is told to stop."""

from __future__ import annotations

import argparse
import csv
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import psycopg
from demo_mail import Post, post_office

ROOT = Path(__file__).resolve().parent.parent
POLICY = ROOT / "policies" / "pt-sony-indonesia"
SYSTEMS = ("mycontoh", "care", "recruitment", "community", "weblogs")
COMPANY = "PT Contoh Elektronik"
HERE = ZoneInfo("Asia/Jakarta")
"""By whose clock its staff fill in forms."""
LABEL = "demonstrasi"
DONE = ("delivery", "ended")
PAPER = "warranty-cards"
BY_HAND = f"system,title,owner,email,language,location\n{PAPER},Kartu garansi di toko,Rini Astuti,rini@contoh.example,id,Jakarta\n"
STAFF = (
    ("Sri Wahyuni", "sri@contoh.example", "officer"), ("Agus Salim", "agus@contoh.example", "officer"), ("Budi Hartono", "budi@contoh.example", "analyst"),
    ("Made Wirawan", "made@contoh.example", "engineer"), ("Rini Astuti", "rini@contoh.example", "owner", "--system", PAPER), ("Tono Saputra", "tono@contoh.example", "auditor"),
)  # fmt: skip
PEOPLE = """SELECT a.email, a.name FROM accounts a JOIN invoices i ON i.account_id = a.id JOIN orders o ON o.buyer_id = a.id
  WHERE i.issued_on > '2024-01-01' AND a.born < '2000-01-01' AND a.deleted_at IS NULL AND a.email IS NOT NULL AND a.phone IS NOT NULL
  GROUP BY a.id, a.email, a.name ORDER BY a.id LIMIT 11"""
SUBSCRIBED = """SELECT email, born FROM accounts WHERE deleted_at IS NULL AND email IS NOT NULL ORDER BY id LIMIT 400"""
CHILDREN = """SELECT email, born FROM accounts WHERE born > '2012-01-01' AND deleted_at IS NULL AND email IS NOT NULL ORDER BY id LIMIT 2"""
LIST = """source: shop
identifiers: [{column: E-mail, kind: email}]
columns: {state: Status, date: Day, version: Notice, born: Born}
always: {purpose: newsletters, channel: email, notice: newsletters, language: id, method: double-opt-in}
values: {state: [{written: subscribed, means: given}, {written: unsubscribed, means: unsubscribed}]}
"""


def main() -> None:
    """Make everything anew in `demo-output`, tell the story, and serve until Ctrl-C; `--once` ends when all is told."""
    wanted = argparse.ArgumentParser(description=__doc__)
    wanted.add_argument("--folder", type=Path, default=ROOT / "demo-output")
    wanted.add_argument("--port", type=int, default=8080)
    wanted.add_argument("--once", action="store_true")
    given = wanted.parse_args()
    for ending in (signal.SIGTERM, signal.SIGHUP):  # asked to end, or its terminal was closed: the server must end too
        signal.signal(ending, signal.default_int_handler)
    own = given.folder.absolute()
    ended = threading.Event()
    try:
        with emptied(own), post_office(own / "mail") as post, Demo(own, post, free(given.port)).served() as demo:
            demo.story()
            demo.told(given.port)
            if not given.once:
                ended.wait()
    except KeyboardInterrupt:
        print("\nended; `make demo` makes it anew")


@contextmanager
def emptied(folder: Path) -> Iterator[None]:
    """The folder, emptied of what an earlier demonstration made, and held; never one that runs, nor anything else of yours."""
    mark = folder / ".demonstration"
    if folder.exists() and not mark.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SystemExit(f"`{folder}` was not made by a demonstration, and is left alone; remove it, or name another with --folder")
    folder.mkdir(parents=True, exist_ok=True)
    with mark.open("a") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SystemExit(f"a demonstration runs in `{folder}` already; end it with Ctrl-C, or name another folder with --folder") from None
        for path in folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != mark:
                path.unlink()
        yield


def free(wanted: int) -> int:
    """The port that is wanted, or one that the system picks where another program has it."""
    for port in (wanted, 0):
        with socket.socket() as held:
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                held.bind(("127.0.0.1", port))
            except OSError:
                continue
            found: int = held.getsockname()[1]
            return found
    raise SystemExit("no port is free")


def renamed(folder: Path) -> Path:
    """The worked example under the made-up company's name and with its addresses: nobody shall take it for a real company's."""
    shutil.copytree(POLICY, folder, ignore=shutil.ignore_patterns("README.md"))
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        if path.suffix == ".yaml":
            text = re.sub(r"(?m)^  name: PT Sony Indonesia$", f"  name: {COMPANY} ({LABEL})\n  email: privasi@contoh.example", text)
            text = re.sub(r"(?m)^  address: .*$", "  address: Jl. Contoh No. 1, Jakarta", text, count=1)
            text = re.sub(r"(?m)^  phone: 021.*$", '  phone: "+62 21 5550 0100"', text)
            text = text.replace("PT Sony Indonesia", COMPANY).replace("MySony", "MyContoh").replace("My Sony", "My Contoh")
            text = re.sub(r"\bSony\b", "Contoh", text)
            text = text.replace("pt-sony-indonesia", "pt-contoh-elektronik").replace("sony-", "contoh-").replace("-sony", "-contoh")
        path.write_text(text, "utf-8")
    return folder


class Demo:
    """The company: its house, its server, the people who ask and those who answer."""

    def __init__(self, own: Path, post: Post, port: int) -> None:
        self.own, self.post, self.url = own, post, f"http://localhost:{port}"
        self.port, self.links, self.stopped = port, dict[str, str](), threading.Event()
        self.made: dict[str, str] = {}
        """Requests of which something came that has a name, by what that is."""
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("JANJI_")}, "JANJI_DATA_DIR": str(own / "data"), "JANJI_MAPS": str(own / "company" / "datamap"), "JANJI_MAIL_URL": post.url,
            "JANJI_MAIL_FROM": "privasi@contoh.example", "JANJI_PUBLIC_URL": self.url, "JANJI_LANG": os.environ.get("JANJI_LANG", "en"), "NO_COLOR": "1",
        }  # fmt: skip

    # ------------------------------------------------------------------------------------------------------ the program

    def run(self, *words: str, said: str = "", code: int = 0) -> str:
        """Run the program in the house of the demonstration; ends everything when it fails."""
        if self.stopped.is_set():
            raise SystemExit("stopped")
        done = subprocess.run([sys.executable, "-m", "janji", *words], cwd=self.own, env=self.environment, input=said, capture_output=True, text=True, check=False)
        if done.returncode != code:
            raise SystemExit(f"janji {' '.join(words[:2])}: {done.stderr or done.stdout}")
        return done.stdout

    def read(self, *words: str, said: str = "") -> dict[str, Any]:
        """Run a verb and read its JSON."""
        found: dict[str, Any] = json.loads(self.run(*words, "--format", "json", said=said))
        return found

    @contextmanager
    def served(self) -> Iterator[Demo]:
        """A house made for a demonstration, served until the end."""
        step("A record of its own: PostgreSQL, keys, tables; marked as a demonstration for as long as it lives")
        self.run("init", "--demonstration")
        with (self.own / "serve.log").open("w") as log:
            command = [sys.executable, "-m", "janji", "serve", "--port", str(self.port)]
            process = subprocess.Popen(command, cwd=self.own, env=self.environment, stdout=log, stderr=log, start_new_session=True)
        try:
            self.until(lambda: process.poll() is not None or answers(self.url))
            if process.poll() is not None:
                raise SystemExit((self.own / "serve.log").read_text("utf-8"))
            yield self
        finally:
            self.stopped.set()
            process.terminate()
            process.wait()

    def until(self, happened: Any) -> None:
        """Wait until something happened; ends everything when it does not in ten minutes."""
        end = time.monotonic() + 600
        while time.monotonic() < end:
            if happened():
                return
            if self.stopped.wait(0.3):
                raise SystemExit("stopped")
        raise SystemExit(f"the demonstration waits for something that does not happen; `{self.own / 'serve.log'}` may say why")

    # -------------------------------------------------------------------------------------------------------- the story

    def story(self) -> None:
        """What happened before you came."""
        step(f"The policy of {COMPANY}: a worked example under a made-up name, checked and put in force")
        self.run("policy", "publish", str(renamed(self.own / "policy")))
        step("Five systems of a thousand people who do not exist, connected, with their maps reviewed")
        self.run("demo", "data", "--dir", str(self.own / "company"))
        addresses = json.loads((self.own / "company" / "connections.json").read_text("utf-8"))
        self.together(*(partial(self.connected, system, addresses[system]) for system in SYSTEMS))
        with psycopg.connect(addresses["mycontoh"]) as link:
            self.people = link.execute(PEOPLE).fetchall()
            subscribed, children = link.execute(SUBSCRIBED).fetchall(), link.execute(CHILDREN).fetchall()
        scopes = [word for scope in ("requests:read", "requests:write", "subjects:write") for word in ("--scope", scope)]
        key = self.read("api-key", "create", "counter", *scopes)["key"]
        self.api = httpx.Client(base_url=self.url, timeout=60, headers={"Authorization": f"Bearer {key}"})
        step("Staff, each with a role and no password")
        for (_, _, role, *_), link in zip(STAFF, self.together(*(partial(self.staff, *one) for one in STAFF)), strict=True):
            self.links["second officer" if role in self.links else role] = link
        step("The shop's list of newsletters becomes consents with proof; a yes that nobody can prove does not count")
        self.consents(subscribed)
        self.together(self.withdrawal, self.access, self.deletion, self.correction, self.restriction, self.machine, *map(partial, (self.child, self.guardian), children), self.form)
        step("A night's sweep: what was kept as long as the schedule says comes to its end")
        self.run("sweep")
        step("A look at every promise of the policy: which are kept, and what is missing")
        self.look()
        self.paper()
        step("A third wants all data deleted: everything is planned, and waits for an officer")
        self.opened("deletion", self.known(2))
        self.incident()
        self.run("ledger", "checkpoint")

    def together(self, *calls: Callable[[], Any]) -> list[Any]:
        """Do these two by two, and give what they gave; the first that fails ends them all."""
        with ThreadPoolExecutor(2) as pool:
            waiting = [pool.submit(call) for call in calls]
            try:
                return [one.result() for one in waiting]
            except BaseException:
                self.stopped.set()
                raise

    def connected(self, system: str, address: str) -> None:
        """One of the company's systems, connected as far as plans that a person looks at."""
        self.run("connect", "add", system, "-", said=f"{address}\n")
        for stage in ("search", "planned"):
            self.run("connect", "stage", system, stage)

    @contextmanager
    def desk(self, role: str, address: str) -> Iterator[httpx.Client]:
        """One of the staff at the console, signed in by a link; there is another for you afterwards."""
        with httpx.Client(follow_redirects=True, timeout=60) as browser:
            link = str(self.read("staff", "link", address)["link"])
            browser.post(link, data=hidden(browser.get(link).text))
            yield browser
        self.links[role] = str(self.read("staff", "link", address)["link"])

    def look(self) -> None:
        """One of the staff has all promises looked at."""
        with self.desk("auditor", STAFF[-1][1]) as browser:
            page = browser.get(f"{self.url}/console/promises")
            browser.post(f"{self.url}/console/promises/look", data={"token": hidden(page.text)["token"]})
            self.until(lambda: 'class="card job"' not in browser.get(f"{self.url}/console/promises").text)

    def incident(self) -> None:
        """Something went wrong, and an officer says so."""
        step("A laptop with a list of repairs was lost: an officer records it, and the clocks of the notices that the law wants run")
        known = datetime.now(HERE) - timedelta(hours=20)
        with self.desk("officer", STAFF[0][1]) as browser:
            page = browser.get(f"{self.url}/console/incidents/new")
            said = {"day": f"{known:%Y-%m-%d}", "hour": f"{known:%H:%M}", "what": "A laptop with a list of repairs was left on a train. Its disk is encrypted.", "gravity": "low", "people": "120", "systems": "care", "data": "name"}
            done = browser.post(f"{self.url}/console/incidents/new", data={**hidden(page.text), **said})
            if done.status_code != 200:
                raise SystemExit(f"the incident was not recorded: {done.status_code}")

    def staff(self, name: str, address: str, role: str, *more: str) -> str:
        """A member of staff; the link that signs them in, once."""
        return str(self.read("staff", "add", name, "--email", address, "--role", role, *more)["link"])

    def consents(self, rows: list[Any]) -> None:
        """The shop's list, imported."""
        path = self.own / "newsletters.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["E-mail", "Status", "Day", "Notice", "Born"])
            for number, (email, born) in enumerate(rows):
                proof = ["", ""] if number % 10 == 9 else [f"2026-{number % 9 + 1:02}-{number % 28 + 1:02}", "1"]
                out.writerow([email, "unsubscribed" if number % 7 == 6 else "subscribed", *proof, born or ""])
        (self.own / "list.yaml").write_text(LIST, "utf-8")
        self.run("consent", "import", str(path), "--map", str(self.own / "list.yaml"))

    def opened(self, right: str, who: str, officers: tuple[str, ...] = (), said: Any = None, guardian: tuple[str, ...] = ()) -> str:
        """Ask at the counter, where staff know who it is (a `guardian`: their address and the link to the child); officers agree. The number of the request."""
        words = ["request", "open", right, "--subject", f"email:{who}", "--proof", "staff", "--by", "Budi Hartono", "--intake", "paper", "--language", "id"]
        asker, *links = guardian or (who,)
        words += ["--answer-to", f"email:{asker}", *(word for link in links for word in ("--asker", "guardian", "--detail", f"link={link}"))]
        number = str(self.read(*words, *(["--file", "-"] if said else []), said=json.dumps(said or {}))["id"])
        for officer in officers:
            self.reaches(number, "approval")
            self.api.post(f"/v1/requests/{number}/approve", json={"by": officer}).raise_for_status()
        return number

    def reaches(self, number: str, *states: str) -> None:
        """Wait until a request is in one of these states."""
        self.until(lambda: self.api.get(f"/v1/requests/{number}").raise_for_status().json()["state"] in states)

    def access(self) -> None:
        """Somebody asks what is held about them, and gets it."""
        who = self.known(0)
        step("A person asks at the counter for a copy of their data: all systems are searched, an officer agrees, a link goes out, and its code waits at the desk")
        self.made["a person's copy"] = number = self.opened("access", who, officers=("Sri Wahyuni",))
        self.reaches(number, *DONE)

    def withdrawal(self) -> None:
        """Somebody takes a yes back, at the privacy centre, with a code from a letter."""
        who = self.known(1)
        self.run("consent", "grant", f"email:{who}", "newsletters", "--channel", "email", "--language", "id", "--method", "unticked-box")
        step("Another takes the consent to newsletters back at the privacy centre, with a code from a letter")
        with httpx.Client(base_url=self.url, follow_redirects=True, timeout=30, headers={"Accept": "text/html", "Accept-Language": "en"}) as browser:
            browser.post("/my", data={"contact": who, "go": "ask"})
            self.until(lambda: self.post.code(who))
            page = browser.post("/my/code", data={"code": self.post.code(who), "go": "code"})
            page = browser.get("/my/consents/stop", params={"purpose": "newsletters", "language": "en"})
            page = browser.post("/my/consents", data={**hidden(page.text), "go": "stop"})
            if page.status_code != 200:
                raise SystemExit(f"the withdrawal was not taken: {page.status_code}")

    def deletion(self) -> None:
        """Somebody wanted to be forgotten, and was; two officers agreed."""
        step("Somebody's data were deleted, for which two officers agreed: each system was read back; invoices that the books must keep stay, without the name")
        self.made["an erasure"] = number = self.opened("deletion", self.known(3), officers=("Sri Wahyuni", "Agus Salim"))
        self.reaches(number, *DONE)

    def correction(self) -> None:
        """A wrong name is put right."""
        who, name = self.people[4]
        self.known(4)
        step("A wrong name is put right in every system")
        number = self.opened("correction", who, officers=("Sri Wahyuni",), said={"correct": [{"data": "name", "was": name, "becomes": "Siti Rahayu"}]})
        self.reaches(number, *DONE)

    def restriction(self) -> None:
        """Somebody has their data locked."""
        step("Data are locked on request: every program that asks hears no from then on")
        self.reaches(self.opened("restriction", self.known(5), officers=("Sri Wahyuni",)), *DONE)

    def machine(self) -> None:
        """A machine refused a voucher; a person must look anew."""
        who = self.known(6)
        step("A machine refused a voucher, and its customer objects: a person must look anew")
        self.run("decisions", "log", "voucher-control", "refused", "--subject", f"email:{who}", "--reason", "redeemed-before")
        self.opened("automated-objection", who)

    def child(self, found: tuple[Any, ...]) -> None:
        """An account turns out to be a child's."""
        step("An account turns out to be a child's: locked at once, and a task with a clock is opened")
        self.run("subject", "age", f"email:{self.recorded(found[0])}", "--born", str(found[1]))

    def guardian(self, found: tuple[Any, ...]) -> None:
        """A parent asks for a child, once staff have seen that it is theirs."""
        step("A parent asks for a copy of a child's data: staff verify the bond, an officer agrees, and the link goes to the parent")
        child, parent = self.recorded(found[0]), self.known(10)
        self.run("subject", "age", f"email:{child}", "--born", str(found[1]))
        link = str(self.read("subject", "guardian", "name", f"email:{child}", f"email:{parent}", "--relation", "parent")["link"])
        self.run("subject", "guardian", "verify", link, "--proof", "identity", "--proof", "family-card")
        self.made["a child's copy"] = number = self.opened("access", child, officers=("Sri Wahyuni",), guardian=(parent, link))
        self.reaches(number, *DONE)

    def paper(self) -> None:
        """A cabinet that no program can look into has an owner, who is asked instead, and has not answered yet."""
        step("Cards on paper, which no program can read: their owner attests that what was over has ended; a customer asks for a copy, an officer agrees, and the owner is asked, who has not answered yet")
        path = self.own / "by-hand.csv"
        path.write_text(BY_HAND, "utf-8")
        self.run("systems", "import", str(path))
        self.attested()
        self.opened("access", self.known(9), officers=("Sri Wahyuni",))
        self.until(lambda: self.read("worklist", "list", "--state", "open")["items"])

    def attested(self) -> None:
        """The owner of the cabinet says that what was over in it has ended: no sweep reaches it."""
        with self.desk("owner", STAFF[4][1]) as browser:
            where = f"{self.url}/console/retention/by-hand/{PAPER}/attest"
            said = {"day": f"{datetime.now(HERE):%Y-%m-%d}", "records": "14", "evidence": "Berita acara pemusnahan 14/2026, lemari 3"}
            done = browser.post(where, data={"token": hidden(browser.get(where).text)["token"], **said})
            if done.status_code != 200:
                raise SystemExit(f"the owner's word was not taken: {done.status_code}")

    def form(self) -> None:
        """Somebody asks by the form, and did not yet show who they are."""
        who = self.known(7)
        step("Somebody asks by the form of the privacy centre, and has not yet shown who they are")
        with httpx.Client(base_url=self.url, timeout=30, headers={"Accept": "text/html", "Accept-Language": "id"}) as browser:
            review = browser.post("/rights", data={"right": "access", "asker": "self", "contact": who, "go": "review"})
            browser.post("/rights", data={**hidden(review.text), "go": "send"})

    def named(self, number: str) -> str:
        """The copy, or the certificate, that came of a request."""
        one = self.api.get(f"/v1/requests/{number}").raise_for_status().json()
        if "erasure" not in one:
            return str(one["package"])
        return f"certificate {self.read('erase', 'show', one['erasure'])['certificate']}"

    def known(self, place: int) -> str:
        """The address of one of the company's people, who is on record."""
        return self.recorded(str(self.people[place][0]))

    def recorded(self, email: str) -> str:
        """Put somebody on record; their address."""
        self.api.post("/v1/subjects", json={"identifiers": [{"kind": "email", "value": email}]}).raise_for_status()
        return email

    # ------------------------------------------------------------------------------------------------------- where it is

    def told(self, wanted: int) -> None:
        """Say where everything is; `wanted` is the port that was asked for."""
        print(f"\n{COMPANY} is open. Everything here is made up, and says so on every page.\n")
        if wanted not in (0, self.port):
            print(f"  (Another program has port {wanted}.)\n")
        for name, address in (("privacy centre", f"{self.url}/"), ("letters that went out", self.post.pages), ("API", f"{self.url}/v1/openapi.json")):
            print(f"  {name:24} {address}")
        print("\n  The console; each link signs in once:")
        for role, link in self.links.items():
            print(f"  {role:24} {link}")
        print("\n  What came of requests; the console has each, and `janji ledger prove` proves a certificate:")
        for name, number in self.made.items():
            print(f"  {name:24} {number}  {self.named(number)}")
        print(f"\n  To see what a customer sees, sign in at the privacy centre as {self.people[8][0]}\n  and read the code among the letters. `docs/tutorial/demo.md` shows the way.\n\n  Ctrl-C ends it.", flush=True)
        self.known(8)


def hidden(page: str) -> dict[str, str]:
    """The fields that a page carries along."""
    return {name: unescape(value) for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)}


def answers(url: str) -> bool:
    """Whether the server answers."""
    try:
        return httpx.get(f"{url}/health/live", timeout=1).is_success
    except httpx.TransportError:
        return False


def step(title: str) -> None:
    """Say what happens."""
    print(f"- {title}", flush=True)


if __name__ == "__main__":
    main()
