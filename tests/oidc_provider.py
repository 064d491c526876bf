"""A real OpenID Connect provider in a process of its own, which can be told to lie; for tests of the company's sign-in."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import httpx

ELSEWHERE = "localhost"  # a name that the provider answers to, and that is not the issuer
LIES = ("discovery", "issuer", "nonce", "audience", "signature", "person")


@dataclass(frozen=True, slots=True)
class Provider:
    """The provider that runs: its issuer."""

    url: str

    def knows(self, sub: str, **claims: Any) -> None:
        """Let it know somebody."""
        httpx.put(f"{self.url}/users/{sub}", json=claims).raise_for_status()

    def lie(self, *about: str) -> None:
        """Let it lie about these from now on; about nothing without any."""
        httpx.post(f"{self.url}/lie", params={"about": ",".join(about)}).raise_for_status()


@contextmanager
def provider() -> Iterator[Provider]:
    """The provider, until the end."""
    with subprocess.Popen([sys.executable, "-m", "tests.oidc_provider"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, stdin=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield Provider(f"http://127.0.0.1:{int(process.stdout.readline())}")
        finally:
            process.terminate()


class Bent:
    """The provider's application, which says something else than it should where it was told so."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self.app, self.about = app, set[str]()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        path, query = environ["PATH_INFO"], dict(parse_qsl(environ["QUERY_STRING"]))
        if path == "/lie":
            self.about = set(query.get("about", "").split(",")) - {""}
            start_response("204 No Content", [])
            return []
        if ("discovery" in self.about and path.startswith("/.well-known")) or ("issuer" in self.about and path == "/oauth2/token"):
            environ["HTTP_HOST"] = ELSEWHERE
        if "nonce" in self.about and path == "/oauth2/authorize":
            environ["QUERY_STRING"] = urlencode({**query, "nonce": "another"})
        if "signature" in self.about and path == "/jwks":
            body = list(self.app(environ, lambda *_: None))
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b"".join(body).replace(b'"n": "', b'"n": "A').replace(b'"n":"', b'"n":"A')]
        if "person" in self.about and path == "/userinfo":
            body = list(self.app(environ, lambda *_: None))
            start_response("200 OK", [("Content-Type", "application/json")])
            return [json.dumps({**json.loads(b"".join(body)), "sub": "another"}).encode()]
        return self.app(environ, start_response)


def main() -> None:
    """Serve until told to end; the port is printed."""
    from wsgiref.simple_server import WSGIRequestHandler, make_server

    import oidc_provider_mock

    server = make_server("127.0.0.1", 0, Bent(oidc_provider_mock.app()), handler_class=WSGIRequestHandler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    main()
