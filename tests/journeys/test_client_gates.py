"""The gate in real web applications: it asks before data are used, once for each question, and says no when nobody answers."""

from __future__ import annotations

import asyncio
import io
import json
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server
from wsgiref.util import FileWrapper

import httpx
import pytest
import uvicorn
from fastapi import FastAPI, Request, WebSocket
from fastapi.responses import StreamingResponse
from tests.scripted import Scripted, answer, cut, problem, scripted

from janji_client import AsyncClient, Client, Patience, Question
from janji_client.asgi import JanjiMiddleware as AsgiMiddleware
from janji_client.gates import AsyncGate, Denied, Gate, current_gate, requires
from janji_client.wsgi import JanjiMiddleware as WsgiMiddleware

QUICK = Patience(deadline=60, silence=60, pause=0.02, longest=0.1)
"""For what is answered: long enough for a machine that has much else to do."""
ONCE = Patience(deadline=60, silence=60, pause=200, longest=200)
"""For what is not: the first trouble is the last, for the next attempt would come after the deadline."""


def decision(proceed: bool = True) -> dict[str, Any]:
    code = "basis-consent" if proceed else "consent-withdrawn"
    return {
        "permit": proceed, "policy_version": "1", "facts_digest": "0" * 64, "enforcement": {"mode": "enforce", "proceed": proceed},
        "reasons": [{"code": code, "clause": "", "clauses": [], "article": "Art 9", "text": "why"}],
    }  # fmt: skip


YES, NO = answer(decision()), answer(decision(False))
SHORT = {"permit": True, "proceed": True, "mode": "enforce", "codes": ["basis-consent"]}


@contextmanager
def served(app: Any) -> Iterator[str]:
    """An ASGI application in uvicorn on a port that the system picks."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            thread.join(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


class _Silent(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""


@contextmanager
def served_by_wsgi(app: Any) -> Iterator[str]:
    """A WSGI application on a port that the system picks."""
    server = make_server("127.0.0.1", 0, app, handler_class=_Silent)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def fast_shop(url: str, patience: Patience = QUICK) -> FastAPI:
    """A shop whose pages ask: one by a decorator, one by its gate, one for many things."""
    client = AsyncClient(url, "jk_x", patience)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with client:
            yield

    shop = FastAPI(lifespan=lifespan)

    @shop.get("/offers/{person}")
    @requires("newsletters", ["email"], of="person", channel="email")
    async def offers(person: str) -> dict[str, str]:
        return {"for": person}

    @shop.get("/page")
    async def page(request: Request) -> list[bool]:
        gate: AsyncGate = request.scope["janji"]
        first = await gate.may("personalisation", ["interests"])
        again = await gate.may("personalisation", ["interests"])
        other = await gate.may("personalisation", ["interests"], subject="sub_other")
        return [bool(first), bool(again), bool(other)]

    @shop.get("/blocking")
    @requires("newsletters", ["email"])
    def blocking() -> None:
        """A view that blocks cannot ask a gate that is awaited."""

    @shop.get("/late")
    async def late() -> StreamingResponse:
        async def pieces() -> Any:
            yield b"begun"
            await current_gate().require("newsletters", ["email"])  # type: ignore[misc]  # the gate under ASGI is awaited

        return StreamingResponse(pieces())

    @shop.websocket("/socket")
    async def socket(socket: WebSocket) -> None:
        await socket.accept()
        await socket.send_json(bool(await socket.scope["janji"].may("newsletters", ["email"])))
        await socket.close()

    shop.add_middleware(
        AsgiMiddleware, client=client, subject=lambda scope: dict(scope["headers"]).get(b"x-person", b"").decode() or None, patience=patience
    )
    return shop


@contextmanager
def plain_shop(url: str, patience: Patience = QUICK) -> Iterator[str]:
    """The same without a framework, served."""

    @requires("newsletters", ["email"], channel="email")
    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [str(bool(environ["janji"].may("newsletters", ["email"], channel="email"))).encode()]

    client = Client(url, "jk_x", patience)
    with client, served_by_wsgi(WsgiMiddleware(app, client, lambda environ: environ.get("HTTP_X_PERSON"), patience)) as shop:
        yield shop


def test_asgi_lets_through_what_is_permitted() -> None:
    """A page is made after Janji was asked about the person in its address, for its purpose, data and channel."""
    with scripted(YES) as janji, served(fast_shop(janji.url)) as shop:
        assert httpx.get(f"{shop}/offers/sub_1", timeout=60).json() == {"for": "sub_1"}
    assert janji.heard[0].json == {"purpose": "newsletters", "data": ["email"], "channel": "email", "subject": "sub_1"}
    assert "Sec-GPC" not in janji.heard[0].headers


def test_wsgi_lets_through_what_is_permitted_and_asks_once() -> None:
    """As above; the same question is asked once in a request, and again in the next."""
    with scripted(YES) as janji, plain_shop(janji.url) as shop:
        assert httpx.get(shop, headers={"X-Person": "sub_1"}, timeout=60).text == "True"
        assert len(janji.heard) == 1
        assert httpx.get(shop, headers={"X-Person": "sub_1"}, timeout=60).text == "True"
        assert len(janji.heard) == 2
    assert janji.heard[0].json["subject"] == "sub_1"


@pytest.mark.parametrize(("act", "status"), [(NO, 403), (problem(422, "invalid"), 503), (cut, 503), (answer(b"?"), 503)],
                         ids=["denied", "invalid", "gone", "nonsense"])  # fmt: skip
def test_what_is_denied_is_a_problem(act: Any, status: int) -> None:
    """A denial is answered 403, no answer 503, each as a problem document that gives no reason away."""
    patience = ONCE if act is cut else QUICK
    with scripted(act) as janji, served(fast_shop(janji.url, patience)) as fast, plain_shop(janji.url, patience) as plain:
        for response in (httpx.get(f"{fast}/offers/sub_1", timeout=60), httpx.get(plain, timeout=60)):
            assert response.status_code == status
            assert response.headers["Content-Type"] == "application/problem+json"
            assert response.json()["status"] == status
            assert response.json()["type"] == "urn:janji:problem:" + ("denied" if status == 403 else "unavailable")
            assert "withdrawn" not in response.text
            assert "sub_1" not in response.text


def test_asgi_asks_once_for_each_question() -> None:
    """In one request a question is asked once about each person; the person of the request is found by the middleware."""
    with scripted(YES) as janji, served(fast_shop(janji.url)) as shop:
        assert httpx.get(f"{shop}/page", headers={"X-Person": "sub_1"}, timeout=60).json() == [True, True, True]
    assert [heard.json["subject"] for heard in janji.heard] == ["sub_1", "sub_other"]


def test_the_signal_of_the_browser_is_passed_on() -> None:
    """What a browser says by Global Privacy Control reaches Janji with each question."""
    with scripted(YES) as janji, served(fast_shop(janji.url)) as fast, plain_shop(janji.url) as plain:
        httpx.get(f"{fast}/offers/sub_1", headers={"Sec-GPC": "1"}, timeout=60)
        httpx.get(plain, headers={"Sec-GPC": "1"}, timeout=60)
        httpx.get(plain, headers={"Sec-GPC": "0"}, timeout=60)
    assert [heard.headers.get("Sec-GPC") for heard in janji.heard] == ["1", "1", None]


def test_asgi_does_not_wait_twice_for_who_does_not_answer() -> None:
    """After one deadline the rest of a request is a no at once."""
    with scripted(cut) as janji, served(fast_shop(janji.url, ONCE)) as shop:
        assert httpx.get(f"{shop}/page", headers={"X-Person": "sub_1"}, timeout=60).json() == [False, False, False]
        assert {heard.json.get("subject") for heard in janji.heard} == {"sub_1"}


def test_asgi_cannot_take_back_what_was_sent() -> None:
    """A denial after the answer began cuts it off."""
    with scripted(NO) as janji, served(fast_shop(janji.url)) as shop, pytest.raises(httpx.RemoteProtocolError):
        httpx.get(f"{shop}/late", timeout=60)
    assert len(janji.heard) == 1


def test_a_blocking_view_under_an_awaited_gate_is_a_mistake() -> None:
    """It is never let through unasked."""
    with scripted(YES) as janji, served(fast_shop(janji.url)) as shop:
        assert httpx.get(f"{shop}/blocking", timeout=60).status_code == 500
    assert janji.heard == []


def many(janji: Scripted, gate: Gate) -> list[bool]:
    questions = [Question("newsletters", ["email"], subject=f"sub_{number % 3}") for number in range(5)]
    return [bool(item) for item in gate.may_each(questions)]


def test_many_questions_are_one_request() -> None:
    """Questions that were not asked before go together; what is known is not asked again; what is recorded always is."""
    with scripted(answer({"items": [SHORT, {**SHORT, "proceed": False}, SHORT]}), YES) as janji, Client(janji.url, "jk_x", QUICK) as client:
        gate = Gate(client)
        assert many(janji, gate) == [True, False, True, True, False]
        assert many(janji, gate) == [True, False, True, True, False]
        assert len(janji.heard) == 1
        assert len(janji.heard[0].json["questions"]) == 3
        for _ in range(2):
            assert gate.may("newsletters", ["email"], subject="sub_0", record=True)
        assert len(janji.heard) == 3
        assert not gate.may("newsletters", ["email"], subject="sub_1")
        gate.forget()
        assert gate.may("newsletters", ["email"], subject="sub_1")
    assert len(janji.heard) == 4


def test_a_job_asks_too() -> None:
    """Outside of a request a gate is opened by hand; without one nothing runs."""

    @requires("newsletters", ["email"], of="person")
    def send(letter: str, person: str) -> str:
        return letter

    @requires("newsletters", ["email"], of="person")
    async def send_awaited(person: str) -> str:
        return person

    with pytest.raises(RuntimeError, match="no gate"):
        send("dear", person="sub_1")
    with scripted(YES, NO) as janji, Client(janji.url, "jk_x", QUICK) as client, Gate(client):
        assert send("dear", "sub_1") == "dear"
        with pytest.raises(Denied) as caught:
            send("dear", person="sub_2")
        assert asyncio.run(send_awaited("sub_1")) == "sub_1"
    assert caught.value.verdict.codes == ("consent-withdrawn",)
    assert [heard.json["subject"] for heard in janji.heard] == ["sub_1", "sub_2"]
    with pytest.raises(RuntimeError, match="no gate"):
        current_gate()


def test_a_misspelt_parameter_is_found_at_once() -> None:
    """The parameter that holds the person must be there when the function is defined."""
    with pytest.raises(TypeError, match="persn"):
        requires("newsletters", ["email"], of="persn")(lambda person: person)


def test_two_requests_at_once_have_a_gate_each() -> None:
    """What one request was told is not known to another that runs beside it."""

    async def both(url: str) -> list[list[bool]]:
        async with httpx.AsyncClient() as browser:
            answers = await asyncio.gather(*(browser.get(f"{url}/page", headers={"X-Person": f"sub_{number}"}) for number in range(8)))
        return [item.json() for item in answers]

    with scripted(YES) as janji, served(fast_shop(janji.url)) as shop:
        assert asyncio.run(both(shop)) == [[True, True, True]] * 8
    assert sorted(heard.json["subject"] for heard in janji.heard) == sorted([*(f"sub_{number}" for number in range(8)), *["sub_other"] * 8])
    assert json.loads(janji.heard[0].body)["purpose"] == "personalisation"


def test_wsgi_answers_until_something_was_sent() -> None:
    """An application that makes its answer while it is sent asks too; a no takes the place of a beginning that was not sent."""
    closed: list[str] = []

    @requires("newsletters", ["email"])
    def use() -> bytes:
        return b"used"

    class Pieces:
        """What a framework gives: an iterable that must be closed."""

        def __init__(self, *before: bytes) -> None:
            self.before = before

        def __iter__(self) -> Iterator[bytes]:
            yield from self.before
            yield use()

        def close(self) -> None:
            closed.append(type(current_gate()).__name__)

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        start_response("200 OK", [("Content-Type", "text/plain")])
        path = environ["PATH_INFO"]
        return [use()] if path == "/whole" else Pieces(*[b"begun"] * (path == "/begun"))

    for act, status in ((YES, 200), (NO, 403), (cut, 503)):
        patience = ONCE if act is cut else QUICK
        with scripted(act) as janji, Client(janji.url, "jk_x") as client, served_by_wsgi(WsgiMiddleware(app, client, patience=patience)) as shop:
            assert httpx.get(f"{shop}/whole", timeout=60).status_code == status
            assert httpx.get(f"{shop}/pieces", timeout=60).status_code == status
            assert httpx.get(f"{shop}/begun", timeout=60).text == ("begunused" if status == 200 else "begun")
    assert closed == ["Gate"] * 6


def test_wsgi_leaves_a_file_to_the_server() -> None:
    """What the server can send by itself, quicker, is given to it as it is."""
    given: list[Any] = [FileWrapper(io.BytesIO(b"file")), [b"list"]]
    with Client("http://127.0.0.1:9", "jk_x") as client:
        for one in given:
            app: Any = WsgiMiddleware(lambda *_, one=one: one, client)
            assert app({"wsgi.file_wrapper": FileWrapper}, lambda *_: None) is one


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize(("act", "code"), [(NO, 1008), (cut, 1013)], ids=["denied", "gone"])
def test_a_web_socket_is_closed_by_a_no(act: Any, code: int, accepted: bool) -> None:
    """Before it was accepted and after; a program is told whether to try again."""
    sent: list[dict[str, Any]] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        if accepted:
            await send({"type": "websocket.accept"})
        await scope["janji"].require("newsletters", ["email"])

    async def connect(url: str) -> None:
        async def receive() -> Any:
            return {"type": "websocket.connect"}

        async def send(message: Any) -> None:
            sent.append(message)

        async with AsyncClient(url, "jk_x") as client:
            await AsgiMiddleware(app, client, patience=ONCE)({"type": "websocket", "headers": []}, receive, send)

    with scripted(act) as janji:
        asyncio.run(connect(janji.url))
    assert sent[int(accepted) :] == [{"type": "websocket.close", "code": code}]


def test_an_awaited_function_under_a_blocking_gate_holds_nobody_up() -> None:
    """While Janji is asked, other requests of the same loop go on."""
    others = threading.Event()

    @requires("newsletters", ["email"])
    async def use() -> str:
        return "used"

    async def both() -> str:
        asked = asyncio.create_task(use())
        while not janji.heard:
            await asyncio.sleep(0.01)
        others.set()
        return await asked

    def act(handler: Any, heard: Any) -> None:
        (YES if others.wait(20) else NO)(handler, heard)

    with scripted(act) as janji, Client(janji.url, "jk_x", QUICK) as client, Gate(client):
        assert asyncio.run(both()) == "used"


def test_what_is_awaited_piece_by_piece_asks_before_the_first() -> None:
    """An asynchronous generator makes nothing without a yes."""

    @requires("newsletters", ["email"], of="person")
    async def pieces(person: str) -> AsyncIterator[str]:
        yield person

    async def through(url: str) -> list[str]:
        async with AsyncClient(url, "jk_x", QUICK) as client, AsyncGate(client):
            return [piece async for piece in pieces("sub_1")]

    with scripted(YES, NO) as janji:
        assert asyncio.run(through(janji.url)) == ["sub_1"]
        with pytest.raises(Denied):
            asyncio.run(through(janji.url))


def test_nobody_in_the_parameter_of_the_person_is_a_no() -> None:
    """It is never taken for the person of the request; a default is the person it names."""

    @requires("newsletters", ["email"], of="person")
    def use(person: str | None = "sub_default") -> str:
        return "used"

    with scripted(YES) as janji, Client(janji.url, "jk_x", QUICK) as client, Gate(client, "sub_request"):
        assert use() == "used"
        with pytest.raises(Denied):
            use(None)
    assert [heard.json["subject"] for heard in janji.heard] == ["sub_default"]


DJANGO = """
import asyncio, io, json, sys
import django
from django.conf import settings
from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.test import AsyncClient, Client, RequestFactory
from django.urls import path
from janji_client.django import JanjiMiddleware
from janji_client.gates import requires

settings.configure(
    ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], MIDDLEWARE=["janji_client.django.JanjiMiddleware"],
    JANJI={"URL": sys.argv[1], "KEY": "jk_x", "DEADLINE": 60, "SUBJECT": "__main__.person"},
)
django.setup()

@requires("newsletters", ["email"])
def use():
    return b"used"

@requires("newsletters", ["email"])
async def use_awaited():
    return b"used"

def person(request):
    return request.get_host()

async def awaited(request):
    return HttpResponse(await use_awaited())

def pieces():
    yield b"begun "
    yield use()

async def pieces_awaited():
    yield b"begun "
    yield await use_awaited()

urlpatterns = [
    path("view", lambda request: HttpResponse(use())),
    path("awaited", awaited),
    path("pieces", lambda request: StreamingHttpResponse(pieces())),
]

async def streamed():
    async def view(request):
        return StreamingHttpResponse(pieces_awaited())
    urlpatterns.append(path("streamed", view))
    return b"".join([piece async for piece in (await AsyncClient().get("/streamed")).streaming_content])

def said(make):
    try:
        return make()
    except Exception as error:
        return type(error).__name__.encode()

browser = Client()
told = {page: browser.get("/" + page) for page in ("view", "awaited")}
print(json.dumps({
    **{page: [answer.status_code, answer.headers["Content-Type"]] for page, answer in told.items()},
    "pieces": said(lambda: b"".join(browser.get("/pieces").streaming_content)).decode(),
    "streamed": said(lambda: asyncio.run(streamed())).decode(),
    "file": JanjiMiddleware(lambda request: FileResponse(io.BytesIO()))(RequestFactory().get("/")).file_to_stream is not None,
}))
"""


@pytest.mark.parametrize("permitted", [True, False])
def test_django_asks_in_every_kind_of_view(permitted: bool) -> None:
    """Views that block, that are awaited, and what either makes while it is sent; a file is left to the server."""
    with scripted(YES if permitted else NO) as janji:
        done = subprocess.run([sys.executable, "-c", DJANGO, janji.url], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = [200, "text/html; charset=utf-8"] if permitted else [403, "application/problem+json"]
    late = "begun used" if permitted else "Denied"
    assert json.loads(done.stdout) == {"view": told, "awaited": told, "pieces": late, "streamed": late, "file": True}
    assert {heard.json["subject"] for heard in janji.heard} == {"testserver"}
