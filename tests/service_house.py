"""A company's service on loopback: a real HTTP server with contacts, orders and messages, that can be told to behave badly."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class ServiceHouse:
    """What the service holds, and what it was asked. `first` may answer a request by itself: (status, headers, body)."""

    url: str = ""
    contacts: list[dict[str, Any]] = field(default_factory=list)
    orders: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    opened_by: str = ""
    first: Callable[[Asked], tuple[int, dict[str, str], Any] | None] = lambda asked: None
    paging: str = "cursor"

    def answer(self, asked: Asked) -> tuple[int, dict[str, str], Any]:
        """What the service answers."""
        parts = urlsplit(asked.path)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        steps = [unquote(step) for step in parts.path.split("/")[1:]]
        if steps == ["v2", "token"]:
            return 200, {}, {"access_token": "fresh", "token_type": "Bearer"}
        if self.opened_by and asked.headers.get("authorization", asked.headers.get("x-key", "")) != self.opened_by:
            return 401, {}, {}
        if steps[:2] == ["v2", "contacts"] and len(steps) == 2:
            found = [row for row in self.contacts if row.get("email", "").lower().startswith(query.get("email", "\0").lower())]
            return self._page(list(found), query, asked)
        if steps[:2] == ["v2", "contacts"] and len(steps) == 3:
            return self._one(self.contacts, steps[2], asked)
        if steps[:2] == ["v2", "orders"] and asked.method == "POST":
            wanted = json.loads(asked.body)["where"]
            return 200, {}, {"data": [row for row in self.orders if all(row.get(key) == value for key, value in wanted.items())]}
        if steps[:2] == ["v2", "orders"] and len(steps) == 3:
            return self._one(self.orders, steps[2], asked)
        return 404, {}, {}

    def _one(self, rows: list[dict[str, Any]], id: str, asked: Asked) -> tuple[int, dict[str, str], Any]:
        row = next((row for row in rows if str(row["id"]) == id), None)
        if row is None:
            return 404, {}, {}
        if asked.method == "DELETE":
            rows.remove(row)
            return 204, {}, None
        if asked.method == "PATCH":
            row.update(json.loads(asked.body))
        return 200, {}, row

    def _page(self, rows: list[dict[str, Any]], query: dict[str, str], asked: Asked) -> tuple[int, dict[str, str], Any]:
        start = int(query.get("cursor", 0)) if self.paging != "page" else 2 * (int(query.get("cursor", 1)) - 1)
        more, base = start + 2 < len(rows), asked.path.partition("&cursor=")[0]
        body: dict[str, Any] = {"items": rows[start : start + 2], "meta": {}}
        headers = {}
        if more and self.paging == "cursor":
            body["meta"]["next"] = start + 2
        if more and self.paging == "address":
            body["meta"]["next"] = f"{base}&cursor={start + 2}"
        if more and self.paging == "link":
            headers["Link"] = f'<{base}>; rel="first", <{base}&cursor={start + 2}>; rel="next"'
        return 200, headers, body


@contextmanager
def service_house() -> Iterator[ServiceHouse]:
    """A service that runs until the end of the block."""
    held = ServiceHouse()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            held.asked.append(asked)
            status, headers, told = held.first(asked) or held.answer(asked)
            data = told if isinstance(told, bytes) else b"" if told is None else json.dumps(told).encode()
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            if "Content-Length" not in headers:
                self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - looked up by these names

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    held.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def basic(user: str, secret: str) -> str:
    """The header of HTTP Basic."""
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()
