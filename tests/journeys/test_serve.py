"""`janji serve` and `janji worker` as programs: ready, stopped in order, watched over, and silent about people."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.choosing import make_house, person, say, yes
from tests.journeys.test_consents import listed
from tests.serving import Running, environment, serving, wait_until, working

from janji.store import jobs as stored
from janji.store import ledger
from janji.web.server import Server
from janji.workflows import jobs
from janji.workflows.api_keys import create
from janji.workflows.house import House
from janji.workflows.jobs import JobState
from janji.workflows.people import subjects_for
from janji.workflows.runtime import Settings
from janji.workflows.serving import stopped_by_signals

ASKED = {"purpose": "newsletters", "data": ["email"], "channel": "email"}
CANARIES = ("kenari.bulbul@contoh-9317.example", "Kenari Bulbul", "rahasia-9317")


@pytest.fixture
def house(database_url: str) -> House:
    """A house with a policy in force and one person."""
    made = make_house(database_url)
    person(made)
    return made


def _key(house: House, *scopes: str) -> str:
    return create(house, "shop", scopes or ("decide",)).token


def _sent(running: Running, data: bytes) -> socket.socket:
    """A connection on which these bytes were sent."""
    where = urlsplit(running.url)
    found = socket.create_connection((where.hostname or "", where.port or 0), timeout=60)
    found.sendall(data)
    return found


def _all_of(connection: socket.socket) -> bytes:
    """Everything that comes until the other side closes."""
    held = b""
    while part := connection.recv(65536):
        held += part
    return held


def _asking(key: str, body: bytes, more: bytes = b"") -> bytes:
    return (
        b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n" + more
        + f"Authorization: Bearer {key}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    )  # fmt: skip


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT], ids=["SIGTERM", "SIGINT"])
def test_what_is_in_hand_is_finished(house: House, database_url: str, tmp_path: Path, number: signal.Signals) -> None:
    """A request that is half here when the signal comes gets its answer; new connections are refused; the end is in order."""
    key, body = _key(house), json.dumps(ASKED).encode()
    with serving(tmp_path, database_url) as running:
        idle = _sent(running, b"GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert idle.recv(65536).endswith(b'{"state":"live"}')
        half = _sent(running, _asking(key, body) + body[:20])
        wait_until(lambda: running.get("/health/live").status_code == 200)
        running.tell(number)
        assert idle.recv(65536) == b""
        where = urlsplit(running.url)
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((where.hostname or "", where.port or 0), timeout=60)
        half.sendall(body[20:])
        answer = _all_of(half)
        assert answer.startswith(b"HTTP/1.1 200"), answer
        assert b"Connection: close" in answer
        assert b'"permit":false' in answer
        assert running.end(number) == 0, running.errors()
        idle.close()
        half.close()


def test_told_twice_it_waits_for_nobody(house: House, database_url: str, tmp_path: Path) -> None:
    """A client that never sends the rest holds the end up only until the second signal; then the exit code says so."""
    with serving(tmp_path, database_url) as running:
        half = _sent(running, _asking(_key(house), b"x" * 50) + b"x")
        running.get("/health/live")
        running.tell(signal.SIGTERM)
        with pytest.raises(subprocess.TimeoutExpired):
            running.process.wait(2)
        assert running.end() == 1
        half.close()


def test_workers_number_and_sign_by_themselves(house: House, database_url: str, tmp_path: Path) -> None:
    """What was recorded gets its number without any verb; as soon as a worker runs, and not before."""
    waiting = ledger.queue().waiting
    assert waiting
    with serving(tmp_path, database_url, "--no-worker") as running:
        assert running.get("/health/ready").json()["workers"] == 0
        assert running.get("/health/ready").json()["state"] == "degraded"
        assert ledger.queue().waiting == waiting
        with working(tmp_path, database_url) as worker:
            wait_until(lambda: not ledger.queue().waiting)
            wait_until(ledger.checkpoint)
            wait_until(lambda: running.get("/health/ready").json()["state"] == "ready")
            assert worker.end() == 0, worker.errors()
        wait_until(lambda: running.get("/health/ready").json()["workers"] == 0)


def test_two_workers_do_a_thing_once(house: House, database_url: str, tmp_path: Path) -> None:
    """While one is at a step the other leaves it; when the one dies the other goes on."""
    from janji.store.workers import alone, living

    (tmp_path / "other").mkdir()
    with working(tmp_path, database_url) as first, working(tmp_path / "other", database_url) as second:
        wait_until(lambda: len(living()) == 2)
        first.process.kill()
        wait_until(lambda: len(living()) == 1)
        with ExitStack() as held:
            wait_until(lambda: held.enter_context(alone("number")))
            say(house, subjects_for(house, [("email", "ani@example.org")])[0], yes(house, "newsletters", "email"))
            before = ledger.queue().waiting
            assert before
            time.sleep(2.5)
            assert ledger.queue().waiting == before
        wait_until(lambda: not ledger.queue().waiting)
        assert second.end() == 0


def test_nothing_of_anybody_is_logged_or_counted(house: House, database_url: str, tmp_path: Path) -> None:
    """Bodies, addresses, queries, headers, unknown paths and a person's id reach neither log nor metrics; errors neither."""
    key = _key(house)
    (subject,) = subjects_for(house, [("email", CANARIES[0])])
    with serving(tmp_path, database_url, JANJI_LOG_LEVEL="debug") as running, running.client(key) as client:
        body = {**ASKED, "subject": {"kind": "email", "value": CANARIES[0]}}
        assert client.post("/v1/decisions", json=body).status_code == 200
        assert client.post("/v1/decisions", json={**ASKED, "subject": f"sub_{subject}"}).status_code == 200
        assert client.get(f"/v1/subjects/sub_{subject}/nowhere", params={"name": CANARIES[1]}).status_code == 404
        assert client.get(f"/{CANARIES[2]}/{CANARIES[1]}", headers={"User-Agent": CANARIES[1]}).status_code == 404
        assert client.post("/v1/decisions", content=CANARIES[0].encode()).status_code == 415
        assert client.request(CANARIES[2].upper(), "/health/live").status_code >= 400
        for wrong in (CANARIES[1].encode() + b"\r\n\r\n", b"GET / HTTP/1.1\r\n" + CANARIES[0].encode() + b"\r\n\r\n"):
            with _sent(running, wrong) as connection:
                assert b"400" in _all_of(connection)
        metrics = client.get("/metrics").text
        assert running.end() == 0
        everything = running.errors() + metrics
    for canary in (*CANARIES, str(subject), "127.0.0.1", CANARIES[2].upper(), key.split("_", 2)[2]):
        assert canary not in everything, canary
    assert re.search(r"sub_[0-9a-f]", everything) is None
    lines = [line for line in map(json.loads, running.errors().splitlines()) if line["event"] == "request"]
    assert {line["route"] for line in lines} >= {"/v1/decisions", "-", "/metrics"}
    first = next(line for line in lines if line["route"] == "/v1/decisions")
    assert set(first) == {"at", "level", "event", "method", "route", "status", "ms", "request", "application"}
    assert 'janji_request_seconds_count{method="POST",route="/v1/decisions",status="200"} 2.0' in metrics


def test_the_log_can_be_read_by_people(house: House, database_url: str, tmp_path: Path) -> None:
    """`log_format = "text"`: the same events, a line each; `log_level` leaves out what is below it."""
    with serving(tmp_path, database_url, JANJI_LOG_FORMAT="text") as running:
        number = running.get("/health/live").headers["x-request-id"]
        assert running.end() == 0
    assert "info    request method=GET route=/health/live status=200" in running.errors()
    assert number in running.errors()
    with serving(tmp_path, database_url, JANJI_LOG_LEVEL="warning") as running:
        running.get("/health/live")
        assert running.end() == 0
    assert running.errors() == ""


def test_metrics_are_for_this_machine_or_for_who_has_the_word(house: House, database_url: str, tmp_path: Path) -> None:
    """Who comes through a proxy needs the word of `metrics_key`; a wrong word opens nothing."""
    with serving(tmp_path, database_url, JANJI_METRICS_KEY="a-word") as running, running.client() as client:
        assert client.get("/metrics").status_code == 200
        through = {"X-Forwarded-For": "203.0.113.9"}
        for name in (*through, "X-Real-IP", "X-Forwarded-Proto"):
            assert client.get("/metrics", headers={name: "203.0.113.9"}).status_code == 403
        assert client.get("/metrics", headers={**through, "Authorization": "Bearer another"}).status_code == 403
        found = client.get("/metrics", headers={**through, "Authorization": "Bearer a-word"})
        assert found.status_code == 200
        assert found.headers["content-type"].startswith("text/plain; version=")
        for name in ("janji_database_up 1.0", "janji_policy_version 1.0", "janji_ledger_lag_seconds", "janji_workers 1.0", "janji_jobs 0.0"):
            assert name in found.text
        assert "process_resident_memory_bytes" in found.text


def test_the_word_of_a_proxy_is_believed_only_where_it_is_set(house: House, database_url: str, tmp_path: Path) -> None:
    """With `proxy` set, the caller is who the proxy says; from this machine by way of the proxy is not from this machine."""
    with serving(tmp_path, database_url, JANJI_PROXY="127.0.0.1") as running, running.client() as client:
        assert client.get("/metrics").status_code == 200
        assert client.get("/metrics", headers={"X-Forwarded-For": "203.0.113.9"}).status_code == 403
        assert client.get("/metrics", headers={"X-Forwarded-For": "127.0.0.1"}).status_code == 403


def test_slow_clients_hold_nobody_up(house: House, database_url: str, tmp_path: Path) -> None:
    """Many that send nothing but the beginning of a header or a body, and others are answered all the same."""
    with serving(tmp_path, database_url) as running:
        slow = [_sent(running, b"POST /v1/decisions HTTP/1.1\r\nX-Slow: ") for _ in range(40)]
        slow += [_sent(running, _asking("x", b"x" * 900) + b"{") for _ in range(40)]
        assert all(running.get("/health/live").status_code == 200 for _ in range(5))
        for connection in slow:
            connection.close()
        assert running.end() == 0


@pytest.mark.parametrize("processors", ["one", "any"])
def test_it_answers_on_one_processor(processors: str, house: House, database_url: str, tmp_path: Path) -> None:
    """The five threads that read and answer keep to one processor, unless told otherwise; the worker's do not."""
    allowed = os.sched_getaffinity(0)
    with serving(tmp_path, database_url, JANJI_PROCESSORS=processors) as running:
        wait_until(lambda: running.get("/health/ready").json()["workers"] == 1)
        threads = [os.sched_getaffinity(int(one.name)) for one in Path(f"/proc/{running.process.pid}/task").iterdir()]
        kept = [one for one in threads if one != allowed]
        assert len(threads) > 5
        assert len(kept) == (5 if processors == "one" and len(allowed) > 1 else 0)
        assert len(set(map(frozenset, kept))) <= 1
        assert running.end() == 0


def test_http_is_spoken_as_the_standard_says(house: House, database_url: str, tmp_path: Path) -> None:
    """Kept connections, two requests at once, chunks, an expected 100, limits, no name of the server, and no smuggling."""
    body = json.dumps(ASKED).encode()
    key = _key(house)
    with serving(tmp_path, database_url, JANJI_BODY_LIMIT="5000") as running:
        two = _sent(running, _asking(key, body) + body + _asking(key, body, b"Connection: close\r\n") + body)
        answers = _all_of(two)
        assert answers.count(b"HTTP/1.1 200 OK") == 2
        assert b"Server:" not in answers
        assert b"waitress" not in answers.lower()
        chunks = _sent(running, b"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
                       + f"Authorization: Bearer {key}\r\nTransfer-Encoding: chunked\r\n\r\n{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n")
        assert _all_of(chunks).startswith(b"HTTP/1.1 200")
        expecting = _sent(running, _asking(key, body, b"Expect: 100-continue\r\nConnection: close\r\n"))
        assert expecting.recv(65536).startswith(b"HTTP/1.1 100")
        expecting.sendall(body)
        assert _all_of(expecting).startswith(b"HTTP/1.1 200")
        assert running.get("/health/ready", Host="10.1.2.3:8080").status_code == 200
        assert running.get("/v1/me", Host="10.1.2.3:8080").status_code == 400
        for wrong, status in (
            (_asking(key, b"x" * 6000), b"413"),
            (_asking(key, b"x" * 6000, b"Expect: 100-continue\r\n"), b"413"),
            (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"y" * 20_000 + b"\r\n\r\n", b"431"),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", b"400"),
            (b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", b"501"),
            (b"GET / HTTP/1.1\r\nHost : localhost\r\n\r\n", b"400"),
        ):
            with _sent(running, wrong) as connection:
                answer = _all_of(connection)
            assert answer.split()[:2][1:] == [status], answer
            assert b"application/problem+json" in answer
            assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["status"] == int(status)
        for connection in (two, chunks, expecting):
            connection.close()


def test_a_list_is_imported_by_the_workers(house: House, database_url: str, tmp_path: Path) -> None:
    """Handed over, done in the background, reported as by the verb; a list that changed meanwhile is not imported."""
    def janji(*words: str, code: int = 0) -> Any:
        done = subprocess.run([sys.executable, "-m", "janji", *words, "--format", "json"], capture_output=True, text=True, cwd=tmp_path,
                              env=environment(tmp_path, database_url))  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return json.loads(done.stdout or done.stderr)

    file, listmap = listed(tmp_path)
    handing = ("consent", "import", str(file), "--map", str(listmap), "--background")
    assert "no worker has run here yet" in str(janji(*handing, code=2))
    with working(tmp_path, database_url):
        wait_until(stored.is_ready)
        id = janji(*handing)["id"]
        wait_until(lambda: jobs.newest()[0].state is JobState.DONE)
        done = janji("job", "show", id)["report"]
    direct = janji("consent", "import", str(file), "--map", str(listmap))
    assert sum(done["recorded"].values()) == direct["known-already"] > 0
    late = janji(*handing)["id"]
    assert janji("job", "show", late)["state"] == "waiting"
    file.write_bytes(file.read_bytes() + b"\n")
    with working(tmp_path, database_url):
        wait_until(lambda: jobs.newest()[0].state is JobState.FAILED)
    assert [(one["id"], one.get("failure")) for one in janji("job", "list")["items"]] == [(late, "list-changed"), (id, None)]
    assert "there is no job" in str(janji("job", "show", "job_01a215bf-d53c-71b0-a0f6-8ed67a81bc60", code=3))


def test_an_address_in_use_is_said(house: House, database_url: str, tmp_path: Path) -> None:
    """The second on a port ends with a sentence, not with a traceback."""
    with serving(tmp_path, database_url) as running:
        done = subprocess.run([sys.executable, "-m", "janji", "serve", "--port", running.url.rpartition(":")[2]], cwd=tmp_path,
                              env=environment(tmp_path, database_url), capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 1
    assert "cannot be listened on" in done.stderr
    assert "Traceback" not in done.stderr


def test_systemd_is_told(house: House, database_url: str, tmp_path: Path) -> None:
    """`READY=1` once requests are answered, `STOPPING=1` when no more are taken."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.settimeout(60)
        with serving(tmp_path, database_url, NOTIFY_SOCKET=str(tmp_path / "notify")) as running:
            assert told.recv(100) == b"READY=1"
            assert running.end() == 0
        assert told.recv(100) == b"STOPPING=1"


def test_a_signal_after_the_end_is_no_error(tmp_path: Path) -> None:
    """Whoever tells a server again that has ended already is not told off."""
    settings = Settings(data_dir=tmp_path, port=0)
    server = Server(lambda _, __: [], settings)
    server.stop()
    assert server.serve()
    server.stop()


PARTS = {
    "header": b"POST /v1/consents/stream HTTP/1.1\r\nHost: loc",
    "length": b"POST /v1/consents/stream HTTP/1.1\r\nHost: localhost\r\nContent-Length: 30\r\n\r\n{}\n{}\n",
    "chunk": b"POST /v1/consents/stream HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n{}\n{",
    "chunks": b"POST /v1/consents/stream HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n{}\n\r\n",
}


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize("patience", ["", "HEADER_SECONDS REQUEST_SECONDS", "IDLE_SECONDS"], ids=["ended", "slow", "silent"])
def test_a_request_that_never_comes_whole_is_answered(patience: str, part: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who ends amid a request, is too slow or falls silent is told that nothing of it was done; no application hears of it."""
    for name in ["LOOK_SECONDS", *patience.split()]:
        monkeypatch.setattr(f"janji.web.server.{name}", int(name == "IDLE_SECONDS"))
    heard: list[Any] = []

    def application(environ: Any, _: Any) -> list[bytes]:
        heard.append(environ)
        return []

    server = Server(application, Settings(data_dir=tmp_path, port=0, hsts=9))
    thread = threading.Thread(target=server.serve)
    thread.start()
    try:
        where = urlsplit(server.url)
        with socket.create_connection((where.hostname or "", where.port or 0), timeout=60) as connection:
            connection.sendall(part)
            if not patience:
                connection.shutdown(socket.SHUT_WR)
            answer = _all_of(connection)
    finally:
        server.stop()
        thread.join()
    status = 408 if patience else 400
    assert answer.split()[1] == str(status).encode(), answer
    found = json.loads(answer.rpartition(b"\r\n\r\n")[2])
    assert (found["type"], found["status"]) == (f"urn:janji:problem:{'timeout' if patience else 'invalid'}", status)
    assert "nothing of it was done" in found["detail"]
    assert b"Content-Security-Policy: default-src 'none'" in answer
    assert b"Strict-Transport-Security: max-age=9" in answer
    assert heard == []


def test_a_signal_waits_for_no_lock_of_the_main_thread() -> None:
    """It comes while the main thread holds what stopping needs: that is had as soon as it is given back. Twice told, it is called twice."""
    held, had, before = threading.Lock(), list[bool](), signal.getsignal(signal.SIGINT)

    def stop() -> None:
        had.append(held.acquire(timeout=20))
        held.release()

    with stopped_by_signals(stop):
        with held:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)
        wait_until(lambda: len(had) == 2)
    assert had == [True, True]
    assert signal.getsignal(signal.SIGINT) is before
