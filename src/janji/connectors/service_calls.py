"""The requests to a described service: filled in, opened by its secrets, paced, and sent nowhere that is not described."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, urlencode, urljoin, urlsplit

from janji.connectors.service_format import VALUE, Auth, AuthKind, Endpoint, Paging, PagingKind, Service
from janji.errors import Invalid, Refusal, Unavailable
from janji.network.asking import Asker, Pace, Reply, Unanswered
from janji.terms.messages import N_, say

TRIES, LONGEST_PAUSE, PAGES = 4, 60.0, 10_000
"""How often one request is sent, how many seconds a service may ask us to wait, and how many pages a list may have."""
LARGEST = 16 << 20
"""Bytes that one answer may have: it is held and read as a whole."""
GONE = (404, 410)


class ServiceCalls:
    """Sends requests to one service."""

    def __init__(self, service: Service, secrets: Mapping[str, str], asker: Asker) -> None:
        self._service, self._secrets, self._asker = service, secrets, asker
        self._pace = Pace(service.rate)
        self._token = ""
        for name in () if service.auth is None else filter(None, (service.auth.user, service.auth.secret)):
            if not secrets.get(name, "") or not secrets[name].isprintable():
                raise Invalid(say(N_("the secret `{name}` of the service is missing"), name=name), say(N_("give it with `janji connect rotate`")))

    def find(self, endpoint: Endpoint, value: Any) -> Iterator[dict[str, Any]]:
        """The rows of an answer, page after page; none when there is no such thing."""
        filled = self.filled(endpoint, {VALUE: value})
        if filled is None:
            return
        path, body = filled
        url, seen = self._service.at + path, set[str]()
        for page in range(PAGES):
            if page == 0 and endpoint.paging is not None:
                url = _first(url, endpoint.paging)
            if url in seen:
                raise _strange()
            seen.add(url)
            reply = self.send(endpoint.method.upper(), url, body)
            if reply.status in GONE:
                return
            held = self._read(self._good(reply))
            rows = _rows(held, endpoint.rows)
            yield from rows
            following = _following(endpoint.paging, url, held, reply, len(rows)) if endpoint.paging is not None else None
            if following is None:
                return
            url = self._allowed(following, url)
        raise _strange()

    def act(self, endpoint: Endpoint, row: Mapping[str, Any], body: Mapping[str, Any] | None = None) -> None:
        """Delete or change one row; what is not there any more is gone."""
        filled = self.filled(endpoint, row)
        if filled is None:
            raise _strange()
        path, told = filled
        reply = self.send(endpoint.method.upper(), self._service.at + path, told if body is None else json.dumps(dict(body)).encode())
        if reply.status not in GONE:
            self._good(reply)

    def filled(self, endpoint: Endpoint, values: Mapping[str, Any]) -> tuple[str, bytes] | None:
        """Path and body with their holes filled; `None` where a value cannot stand there."""
        path = endpoint.path
        for hole in set(endpoint.holes):
            value = values.get(hole)
            text = "" if value is None else value if isinstance(value, str) else json.dumps(value)
            if text in ("", ".", ".."):
                return None
            path = path.replace(f"{{{hole}}}", quote(text, safe=""))
        return path, json.dumps(_in_body(json.loads(endpoint.body), values)).encode() if endpoint.body else b""

    def send(self, method: str, url: str, body: bytes = b"", *, opened: bool = True) -> Reply:
        """One request, sent again where the service asks for patience. Raises `Unavailable` when there is no answer.

        With `opened` false it goes without our secrets.
        """
        for attempt in range(TRIES):
            self._pace.wait()
            headers = {"Accept": "application/json", **(self._opened() if opened else {}), **({"Content-Type": "application/json"} if body else {})}
            reply = self._ask(method, url, headers, body)
            if reply.status == 401 and self._token and attempt == 0:
                self._token = ""  # it is over: ask for another
                continue
            if reply.status not in (429, 503) or attempt == TRIES - 1:
                return reply
            told = reply.headers.get("retry-after", "")
            pause = float(told) if told.isascii() and told.isdigit() else 2.0**attempt
            if pause > LONGEST_PAUSE:
                raise Unavailable(say(N_("the service wants no more requests for now")), say(N_("try again later, or lower its `rate`")))
            self._pace.pause(pause)
        return reply

    def _ask(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Reply:
        try:
            return self._asker.ask(method, url, headers, body, LARGEST)
        except Unanswered as error:
            if error.word == "size":
                raise Refusal(
                    say(N_("an answer of the service is larger than {size} MB"), size=LARGEST >> 20), say(N_("describe its `paging` in the file of the service, so that it comes in parts"))
                ) from None
            raise Unavailable(
                say(N_("the service does not answer (`{word}`)"), word=error.word), say(N_("check its address, and that it may be reached from here"))
            ) from None

    def _good(self, reply: Reply) -> Reply:
        if reply.good:
            return reply
        if reply.status in (401, 403):
            raise Refusal(say(N_("the service does not let us do what is wanted (status {status})"), status=reply.status), say(N_("give it a secret with the rights to find, delete and change")))
        if 300 <= reply.status < 400:
            raise Invalid(say(N_("the service sends us elsewhere, which is not followed")), say(N_("write the address where it is in `at`")))
        raise Unavailable(say(N_("the service answered with the status {status}"), status=reply.status), say(N_("look at its own log, and try again")))

    def _read(self, reply: Reply) -> Any:
        try:
            return json.loads(reply.body) if reply.body.strip() else None
        except (ValueError, RecursionError):
            raise _strange() from None

    def _allowed(self, url: str, before: str) -> str:
        """The address of a next page; raises `Invalid` unless it is the very list, at the very host."""
        joined = urljoin(before, url)
        old, new = urlsplit(before), urlsplit(joined)
        if (old.scheme, old.netloc, old.path) != (new.scheme, new.netloc, new.path) or new.fragment:
            raise Invalid(say(N_("the service names a next page that is not of its list, and it was not asked for")), say(N_("correct `paging`, or ask who runs the service")))
        return joined

    # ------------------------------------------------------------------------------------------------------- opening

    def _opened(self) -> dict[str, str]:
        auth = self._service.auth
        if auth is None:
            return {}
        secret = self._secrets[auth.secret]
        if auth.kind is AuthKind.BASIC:
            return {"Authorization": _basic(self._secrets[auth.user], secret)}
        if auth.kind is AuthKind.CLIENT:
            self._token = self._token or self._fresh(auth)
            return {"Authorization": f"Bearer {self._token}"}
        return {auth.header: f"Bearer {secret}" if auth.kind is AuthKind.BEARER else secret}

    def _fresh(self, auth: Auth) -> str:
        """A token for our client credentials (RFC 6749 4.4)."""
        form = {"grant_type": "client_credentials", **({"scope": auth.scope} if auth.scope else {})}
        headers = {
            "Authorization": _basic(quote(self._secrets[auth.user], safe=""), quote(self._secrets[auth.secret], safe="")),
            "Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json",
        }  # fmt: skip
        held = self._read(self._good(self._ask("POST", self._service.at + auth.token, headers, urlencode(form).encode())))
        token = held.get("access_token") if isinstance(held, dict) else None
        if not isinstance(token, str) or not token.isprintable():
            raise _strange()
        return token


def _basic(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def _in_body(template: Any, values: Mapping[str, Any]) -> Any:
    """A body with its holes filled: a text that is one hole becomes the value itself."""
    if isinstance(template, dict):
        return {key: _in_body(item, values) for key, item in template.items()}
    if isinstance(template, list):
        return [_in_body(item, values) for item in template]
    if isinstance(template, str) and template.startswith("{") and template.endswith("}") and template[1:-1] in values:
        return values[template[1:-1]]
    return template


def _rows(held: Any, at: str) -> list[dict[str, Any]]:
    """The rows in an answer; one object alone is a row."""
    for key in at.split(".") if at else ():
        held = held.get(key) if isinstance(held, dict) else None
    found = [] if held is None else held if isinstance(held, list) else [held]
    if not all(isinstance(row, dict) for row in found):
        raise _strange()
    return found


def _first(url: str, paging: Paging) -> str:
    if paging.kind is PagingKind.PAGE:
        return _with(url, paging.parameter, str(paging.first))
    return _with(url, paging.parameter, "0") if paging.kind is PagingKind.OFFSET else url


def _following(paging: Paging, url: str, held: Any, reply: Reply, rows: int) -> str | None:
    """The address of the next page, if there is one."""
    if paging.kind is PagingKind.LINK:
        return _linked(reply.headers.get("link", ""))
    if paging.kind in (PagingKind.CURSOR, PagingKind.ADDRESS):
        for key in paging.next.split("."):
            held = held.get(key) if isinstance(held, dict) else None
        if held in (None, "", False):
            return None
        return str(held) if paging.kind is PagingKind.ADDRESS else _with(url, paging.parameter, str(held))
    if not rows or (paging.size and rows < paging.size):
        return None
    step = 1 if paging.kind is PagingKind.PAGE else paging.size
    return _with(url, paging.parameter, str(int(_value(url, paging.parameter)) + step))


def _linked(header: str) -> str | None:
    """The target of `rel="next"` (RFC 8288)."""
    for part in header.split(","):
        target, _, parameters = part.strip().partition(">")
        if target.startswith("<") and 'rel="next"' in parameters.replace(" ", "").replace("rel=next", 'rel="next"'):
            return target[1:]
    return None


def _with(url: str, name: str, value: str) -> str:
    """An address whose query has this parameter once."""
    base, _, query = url.partition("?")
    kept = [part for part in query.split("&") if part and part.partition("=")[0] != name]
    return f"{base}?" + "&".join([*kept, f"{name}={quote(value, safe='')}"])


def _value(url: str, name: str) -> str:
    return next(part.partition("=")[2] for part in url.partition("?")[2].split("&") if part.partition("=")[0] == name)


def _strange() -> Invalid:
    return Invalid(say(N_("the service answers in another form than is described")), say(N_("compare its own documentation with its file, and correct the file")))
