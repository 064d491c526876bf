"""The door in the demonstration: a server, a shop that asks it, a newsletter, and one click that stops it."""

from __future__ import annotations

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from html import unescape
from pathlib import Path
from textwrap import shorten
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
POLICY, SHOP = ROOT / "examples" / "shop-policy", ROOT / "examples" / "fastapi-shop"
SCOPES = ("decide", "collect", "consents:write", "subjects:write", "tracks:read")
WAIT = 60


def door(made: Path, step: Callable[[str], None]) -> None:
    """Serve a policy, run the example shop against it, and go once through it as a customer. Ends what it started."""
    own = (made / "door").absolute()
    own.mkdir()
    environment = {**os.environ, "JANJI_DATA_DIR": str(own / "data"), "JANJI_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    step("17. The door: a policy for a shop is put in force and served; the shop gets a key, and hears of every no.")
    janji(environment, "init")
    janji(environment, "policy", "publish", str(POLICY))
    key = json.loads(janji(environment, "api-key", "create", "shop", *_each("--scope", SCOPES), "--format", "json"))["key"]
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        held.listen()
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        secret = json.loads(janji(environment, "webhook", "add", "shop", f"{url}/janji", "--format", "json"))["secret"]
        with serving(environment, own) as served:
            shop = {**environment, "SHOP_JANJI_URL": served, "SHOP_JANJI_KEY": key, "SHOP_WEBHOOK_KEY": secret, "SHOP_STORE": str(own / "shop.db")}
            command = [sys.executable, "-m", "uvicorn", "--app-dir", str(SHOP), "fastapi_shop:shop", "--log-level", "warning", "--fd", str(held.fileno())]
            with _running(command, shop, pass_fds=[held.fileno()]) as process:
                until(lambda: _answers(url, process))
                for name, address in (("the shop", url), ("Janji", served), ("its API", f"{served}/v1/openapi.json"), ("what people are told",
                                      f"{served}/v1/touchpoints/sign-up/notice?language=en"), ("what is counted", f"{served}/metrics")):  # fmt: skip
                    print(f"{name:21} {address}")
                _customer(url, shop, step)


def _customer(url: str, shop: dict[str, str], step: Callable[[str], None]) -> None:
    """Open an account with the box ticked, get a letter, click once."""
    step("18. A customer opens an account and ticks the box; another does not; a child is told so. Then the newsletter is sent.")
    for name, born, box in (("ani", "1990-04-01", {"newsletter": "on"}), ("budi", "1985-08-17", {}), ("cici", "2019-02-02", {"newsletter": "on"})):
        given = {"email": f"{name}@contoh.example", "born": born, **box}
        page = httpx.post(f"{url}/accounts", data=given, follow_redirects=True, timeout=30)
        said = unescape(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page.text))
        found = re.search(r"You get [\w ]+|We cannot take this .*", " ".join(said.split()))
        print(f"{name:5} {page.status_code}  {shorten(found[0] if found else said, 100)}")
    print(subprocess.run([sys.executable, str(SHOP / "fastapi_shop.py"), "Our news"], env=shop, check=True, capture_output=True, text=True).stdout.strip())
    (letter,) = _letters(shop)
    step("19. One click on the link in the letter (RFC 8058). Janji records the no and tells the shop; the letter that waits is gone.")
    print(f"letters that wait: 1, for {letter[0]}")
    httpx.post(letter[1].split()[-1], data={"List-Unsubscribe": "One-Click"}).raise_for_status()
    clicked = time.monotonic()
    until(lambda: not _letters(shop))
    print(f"letters that wait: 0, after {time.monotonic() - clicked:.1f} s")


def _letters(shop: dict[str, str]) -> list[Any]:
    with closing(sqlite3.connect(shop["SHOP_STORE"])) as store:
        return store.execute("SELECT email, text FROM letter").fetchall()


def _each(option: str, words: tuple[str, ...]) -> list[str]:
    return [part for word in words for part in (option, word)]


def janji(environment: dict[str, str], *words: str, said: str = "", code: int = 0) -> str:
    """Run the program, which reads `said` and must end with `code`; gives what it answers."""
    command = [sys.executable, "-m", "janji", *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, input=said, capture_output=True, text=True, check=False)
    if done.returncode != code:
        sys.exit(f"janji {' '.join(words[:2])}: {done.stderr or done.stdout}")
    return done.stdout


@contextmanager
def serving(environment: dict[str, str], own: Path) -> Iterator[str]:
    """`janji serve` on a port that the system picks: its address."""
    said, log = own / "serve.out", own / "serve.log"
    command = [sys.executable, "-m", "janji", "serve", "--port", "0"]
    with said.open("w") as out, log.open("w") as errors, _running(command, environment, stdout=out, stderr=errors) as process:
        until(lambda: said.read_text("utf-8").endswith("\n") or process.poll() is not None)
        if process.poll() is not None:
            sys.exit(log.read_text("utf-8"))
        yield said.read_text("utf-8").split()[-1]


@contextmanager
def _running(command: list[str], environment: dict[str, str], **more: Any) -> Iterator[subprocess.Popen[bytes]]:
    """A program that runs on, until the end; then it is told to stop, and waited for."""
    process = subprocess.Popen(command, cwd=ROOT, env=environment, **more)
    try:
        yield process
    finally:
        process.terminate()
        process.wait()


def _answers(url: str, process: subprocess.Popen[bytes]) -> bool:
    """Whether a page comes; ends the demonstration when the program is gone."""
    if process.poll() is not None:
        sys.exit("the example shop does not start")
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


def until(true: Callable[[], object]) -> None:
    """Wait until something is so; ends the demonstration when it never is."""
    end = time.monotonic() + WAIT
    while not true():
        if time.monotonic() > end:
            sys.exit("a program of the demonstration did not do its part")
        time.sleep(0.05)
