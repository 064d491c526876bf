"""WSGI servers before the same door: decisions a second, and who is still answered when eighty clients send nothing more.

For the choice in docs/design/serving.md; no part of `bench/all.py`. A server that is not installed is left out
(`pip install granian cheroot`). Each has four threads and one process that answers.
"""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from figures import Figure, show
from http_load import questions
from serving import peopled, program, wrk

from janji.web.application import make_application
from janji.workflows.door import open_door
from janji.workflows.runtime import Settings, open_runtime

SERVERS = ("ours", "waitress", "cheroot", "granian")
SECONDS, PEOPLE, THREADS, SLOW = 6, 1000, 4, 40
DATA = "JANJI_BENCH_DATA"
_OPEN: list[Any] = []


def application(environ: dict[str, Any], start_response: Any) -> Any:
    """The door, opened when it is first asked: granian loads this module in another process."""
    if not _OPEN:
        opened = open_door(open_runtime(environment={"JANJI_DATA_DIR": os.environ[DATA]}))
        _OPEN.extend((opened, make_application(opened.__enter__())))
    return _OPEN[1](environ, start_response)


def measure() -> list[Figure]:
    """Each server in turn."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with peopled(folder, PEOPLE, ("decide",)) as (_, subjects, token):
            script = questions(subjects, token)
            found: list[Figure] = []
            for server in SERVERS:
                if server == "ours" or importlib.util.find_spec(server):
                    words = [sys.executable, str(Path(__file__).resolve()), server]
                    with program(words, folder, {DATA: str(folder / "data")}) as (url, process, _):
                        load = wrk(url, script, SECONDS, folder)
                        memory = sum(_resident(one) for one in _family(process))
                        found += _figures(server, load.rate, load.p99, memory, {what: _answered(url, what, token) for what in ("headers", "bodies")})
        return found


def _figures(server: str, rate: float, p99: float, memory: float, answered: dict[str, int]) -> list[Figure]:
    return [
        Figure(f"{server}: decisions", rate, "decisions/s", "1,000 decisions/s", rate / 1000, "(shown)", True),
        Figure(f"{server}: the slowest hundredth", p99, "ms", "25 ms", p99 / 25, "(shown)", True),
        Figure(f"{server}: memory of all its processes", memory, "MB", "180 MB", memory / 180, "(shown)", True),
        *(Figure(f"{server}: answered beside slow {what}", count, "of 5", "5", count / 5, "(shown)", True) for what, count in answered.items()),
    ]  # fmt: skip


def _family(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text("ascii").split()
    return [process, *(one for child in children for one in _family(int(child)))]


def _resident(process: int) -> float:
    rows = Path(f"/proc/{process}/status").read_text("ascii").splitlines()
    return sum(int(row.split()[1]) for row in rows if row.startswith("VmRSS") and b"postgres" not in Path(f"/proc/{process}/cmdline").read_bytes()) / 1024


def _answered(url: str, what: str, token: str) -> int:
    """How many of five requests are answered within two seconds while slow clients drip."""
    where = urlsplit(url)
    start = f"POST /v1/decisions HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer {token}\r\n".encode()
    start += b"X-Slow: " if what == "headers" else b"Content-Length: 900\r\n\r\n"
    slow = [socket.create_connection((where.hostname or "", where.port or 0)) for _ in range(SLOW)]
    over = threading.Event()

    def drip() -> None:
        for one in slow:
            one.sendall(start)
        while not over.wait(0.5):
            for one in slow:
                with suppress(OSError):
                    one.send(b"a")

    thread = threading.Thread(target=drip)
    thread.start()
    time.sleep(1)
    count = 0
    for _ in range(5):
        try:
            count += httpx.get(f"{url}/health/live", timeout=2).status_code == 200
        except httpx.TransportError:
            continue
    over.set()
    thread.join()
    for one in slow:
        one.close()
    return count


def serve(server: str) -> None:
    """Be one of the servers, on a port that the system chooses."""
    import signal

    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    print(f"listening on http://127.0.0.1:{port}", flush=True)
    if server == "ours":
        from janji.web.server import Server

        ours = Server(application, Settings(port=port, threads=THREADS))
        signal.signal(signal.SIGTERM, lambda *_: ours.stop())
        ours.serve()
    elif server == "waitress":
        import logging

        import waitress

        logging.disable()
        waitress.serve(application, host="127.0.0.1", port=port, threads=THREADS, asyncore_use_poll=True, connection_limit=500)
    elif server == "cheroot":
        from cheroot.wsgi import Server as Cheroot

        Cheroot(("127.0.0.1", port), application, numthreads=THREADS).start()
    else:
        from granian import Granian
        from granian.constants import Interfaces

        Granian("servers:application", address="127.0.0.1", port=port, interface=Interfaces.WSGI, workers=1, blocking_threads=THREADS, log_enabled=False,
                working_dir=Path(__file__).resolve().parent).serve()  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1 and sys.argv[1] in SERVERS:
        serve(sys.argv[1])
    else:
        show(measure())
