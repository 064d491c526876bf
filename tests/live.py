"""A live server: the application in a real WSGI server on a free port, with keys for it, for as long as a test wants it."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from cheroot.wsgi import Server

from janji.store import database
from janji.web.application import make_application
from janji.workflows.api_keys import Scope, create
from janji.workflows.door import Door
from janji.workflows.house import House

EVERYTHING = tuple(map(str, Scope))


@dataclass(frozen=True, slots=True)
class Live:
    """A server that runs: its address, the house behind it, and its door."""

    url: str
    house: House
    door: Door

    def key(self, scopes: Sequence[str] = EVERYTHING, application: str = "shop", **more: Any) -> str:
        """A fresh key with these scopes."""
        return create(self.house, application, scopes, **more).token

    def client(self, key: str | None = None, **more: Any) -> httpx.Client:
        """A client that shows a key."""
        headers = {} if key is None else {"Authorization": f"Bearer {key}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60, **more)


@contextmanager
def live(house: House, threads: int = 4) -> Iterator[Live]:
    """The house served, until the end; the connections of the server's threads are closed then."""
    door, opened = Door(house), set()
    application = make_application(door)

    def serving(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        answer = application(environ, start_response)
        opened.add(database.connection())
        return answer

    server = Server(("127.0.0.1", 0), serving, numthreads=threads, server_name="")
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield Live(f"http://127.0.0.1:{server.bind_addr[1]}", house, door)
    finally:
        server.stop()
        thread.join()
        for held in opened:
            held.close()
