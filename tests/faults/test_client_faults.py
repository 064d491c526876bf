"""The client against a server that is slow, busy, gone, or cuts the line: it tries again, never does a thing twice, and says no."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.scripted import Act, answer, closed_port, cut, cut_in_answer, drip, hang, problem, scripted

from janji_client import (
    AsyncClient,
    Busy,
    Choice,
    Client,
    Conflict,
    Failed,
    Invalid,
    JanjiError,
    NotAllowed,
    NotFound,
    Patience,
    Question,
    Recorded,
    Unavailable,
    Unreachable,
    email,
)
from janji_client.questions import Details, Particulars

KEY = "jk_abcdefgh_secret"
SILENT = hang(60)
QUICK = Patience(deadline=120, silence=60, pause=0.02, longest=0.1)
"""For what succeeds in the end: long enough for a machine that has much else to do."""
UNHEARD = Patience(deadline=120, silence=1, pause=0.02, longest=0.1)
"""For an attempt that hears nothing."""
ONCE = Patience(deadline=60, silence=60, pause=200, longest=200)
"""The first trouble is the last: the next attempt would come after the deadline."""
BRIEF = Patience(deadline=0.5, silence=0.2, pause=0.02, longest=0.1)
"""For what never succeeds."""
PERMIT: dict[str, Any] = {
    "permit": True,
    "reasons": [{"code": "basis-consent", "clause": "", "clauses": [], "article": "Art 20", "text": "the person consented"}],
    "policy_version": "1", "facts_digest": "0" * 64,
    "question": {"purpose": "news", "data": ["email"], "operation": "use", "at": "2026-11-23T03:00:00Z"},
    "enforcement": {"mode": "enforce", "proceed": True},
}  # fmt: skip
RECORDED = {"id": "con_1", "digest": "ab", "version": 2}
SHORT = {"permit": True, "proceed": True, "mode": "enforce", "codes": ["basis-consent"]}


class Both:
    """Either client, used alike: the asynchronous one in a loop of its own for each call."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __call__(self, url: str, patience: Patience, use: Callable[[Any], Any]) -> Any:
        """The outcome of `use`, which is given the client and returns a value or what is to be awaited."""
        if self.kind == "blocking":
            with Client(url, KEY, patience) as client:
                found = use(client)
                return list(found) if inspect.isgenerator(found) else found
        return asyncio.run(self._awaited(url, patience, use))

    async def _awaited(self, url: str, patience: Patience, use: Callable[[Any], Any]) -> Any:
        async with AsyncClient(url, KEY, patience) as client:
            found = use(client)
            return [item async for item in found] if inspect.isasyncgen(found) else await found


@pytest.fixture(params=["blocking", "awaited"])
def both(request: pytest.FixtureRequest) -> Both:
    """Each test is run with either client."""
    return Both(request.param)


def decide(client: Any) -> Any:
    return client.decide("news", ["email"], subject=email("a@b.example"), channel="email")


def choose(client: Any) -> Any:
    return client.choose("sub_1", "withdraw", "news")


def test_a_question_and_its_answer(both: Both) -> None:
    """A question goes out as the contract says, with key and user agent, and the answer is a value."""
    with scripted(answer(PERMIT)) as server:
        decision = both(server.url, QUICK, decide)
    assert decision
    assert decision.reasons[0].code == "basis-consent"
    heard = server.heard[0]
    assert (heard.method, heard.path) == ("POST", "/v1/decisions")
    assert heard.json == {
        "purpose": "news", "data": ["email"], "subject": {"kind": "email", "value": "a@b.example"}, "channel": "email",
    }  # fmt: skip
    assert heard.headers["Authorization"] == f"Bearer {KEY}"
    assert heard.headers["User-Agent"].startswith("janji-client/")
    assert "Idempotency-Key" not in heard.headers


@pytest.mark.parametrize("trouble", [cut, cut_in_answer, SILENT, problem(503, "unavailable"), answer(b"", 502),
                                     problem(429, "rate", Retry_After="0")],
                         ids=["cut", "cut-in-answer", "silent", "503", "502", "429"])  # fmt: skip
def test_trouble_passes_over(both: Both, trouble: Act) -> None:
    """What goes wrong once is tried again; a change carries the same idempotency key each time."""
    with scripted(trouble, answer(RECORDED)) as server:
        assert both(server.url, UNHEARD if trouble is SILENT else QUICK, choose).id == "con_1"
    keys = [heard.headers["Idempotency-Key"] for heard in server.heard]
    assert len(keys) == 2 or (trouble is SILENT and len(keys) > 2)  # on a slow machine the answer, too, may be silent for too long
    assert len(set(keys)) == 1
    assert len(keys[0]) >= 32


def test_the_deadline_is_one_for_all(both: Both) -> None:
    """An answer that is never silent and comes too slowly is none: the deadline ends it."""
    with scripted(drip(4, RECORDED)) as server, pytest.raises(Unreachable):
        both(server.url, BRIEF, choose)
    with scripted(drip(0.4, RECORDED)) as server:
        assert both(server.url, QUICK, choose).id == "con_1"


def test_two_changes_have_two_keys(both: Both) -> None:
    """The same choice twice is two choices: each call has a key of its own."""
    with scripted(answer(RECORDED)) as server:
        both(server.url, QUICK, choose)
        both(server.url, QUICK, choose)
    assert len({heard.headers["Idempotency-Key"] for heard in server.heard}) == 2


def test_a_recorded_question_changes_something(both: Both) -> None:
    """A question that writes a use into the track record must not write it twice."""
    with scripted(cut, answer(PERMIT)) as server:
        both(server.url, QUICK, lambda client: client.decide("news", ["email"], subject="sub_1", record=True))
    assert len({heard.headers["Idempotency-Key"] for heard in server.heard}) == 1


def test_the_first_attempt_may_be_at_work_still(both: Both) -> None:
    """A conflict with one's own first attempt is waited out; any other conflict is told."""
    with scripted(problem(409, "in-progress", Retry_After="0"), answer(RECORDED)) as server:
        assert both(server.url, QUICK, choose).version == 2
    with scripted(problem(409, "conflict")) as server, pytest.raises(Conflict):
        both(server.url, QUICK, choose)
    assert len(server.heard) == 1


@pytest.mark.parametrize("trouble", [cut, SILENT, problem(503, "unavailable"), None], ids=["cut", "silent", "503", "gone"])
def test_no_answer_is_a_no(both: Both, trouble: Act | None) -> None:
    """When Janji is not reached before the deadline, `decide` raises and `permitted` is false and says why."""
    patience = BRIEF if trouble is SILENT else ONCE
    with scripted(trouble or cut) as server:
        url = server.url if trouble else closed_port()
        with pytest.raises(Unavailable) as caught:
            both(url, patience, decide)
        verdict = both(url, patience, lambda client: client.permitted("news", ["email"], subject=email("a@b.example")))
    assert not verdict
    assert not verdict.answered
    assert {*verdict.codes, caught.value.code} <= {"unavailable", "unreachable"}
    assert "\nhelp: " in verdict.why
    assert caught.value.help


@pytest.mark.parametrize("body", [b"", b"yes", b"{}", b"[]", {**PERMIT, "permit": "true"}, {**PERMIT, "enforcement": {"mode": "enforce", "proceed": 1}}],
                         ids=["empty", "text", "object", "list", "text-for-truth", "number-for-truth"])  # fmt: skip
def test_what_is_not_understood_is_a_no(both: Both, body: Any) -> None:
    """An answer of another form is an error, never a yes."""
    with scripted(answer(body)) as server:
        with pytest.raises(Failed):
            both(server.url, QUICK, decide)
        assert not both(server.url, QUICK, lambda client: client.permitted("news", ["email"]))


def test_a_denial_is_false(both: Both) -> None:
    """An answer is true exactly when the caller may go on: what counts is what the deployment says to do."""
    for proceed in (True, False):
        denied = {**PERMIT, "permit": False, "enforcement": {"mode": "observe" if proceed else "enforce", "proceed": proceed}}
        with scripted(answer(denied)) as server:
            assert bool(both(server.url, QUICK, decide)) is proceed
            assert bool(both(server.url, QUICK, lambda client: client.permitted("news", ["email"]))) is proceed


@pytest.mark.parametrize(("status", "kind"), [(400, Invalid), (401, NotAllowed), (403, NotAllowed), (404, NotFound), (409, Conflict),
                                              (413, Invalid), (415, Invalid), (422, Invalid), (500, Failed), (302, Failed)])  # fmt: skip
def test_problems_are_one_tree(both: Both, status: int, kind: type[JanjiError]) -> None:
    """A problem document is told once, as its kind of error, with code, help and parts; and nothing is tried again."""
    document = {
        "type": "urn:janji:problem:some-code", "title": "no", "detail": "the purpose `newz` is not declared", "help": "did you mean `news`",
        "errors": [{"pointer": "/language", "code": "notice-missing", "detail": "no notice was shown", "help": "show it"}, "else"],
    }  # fmt: skip
    with scripted(answer(document, status, Location="/v1/other")) as server, pytest.raises(kind) as caught:
        both(server.url, QUICK, choose)
    error = caught.value
    assert (error.code, error.status, len(server.heard)) == ("some-code", status, 1)
    assert [item.code for item in error.errors] == ["notice-missing"]
    assert str(error) == "the purpose `newz` is not declared\n/language: no notice was shown\nhelp: did you mean `news`"


def test_busy_is_waited_out_or_told(both: Both) -> None:
    """`Retry-After` is kept to; when it is beyond the deadline nobody waits in vain."""
    with scripted(problem(429, "rate", Retry_After="600")) as server, pytest.raises(Busy) as caught:
        both(server.url, QUICK, decide)
    assert caught.value.retry_after == 600
    assert len(server.heard) == 1


def test_what_stands_before_janji_may_answer_anything(both: Both) -> None:
    """A page of a proxy is an error of its status, without a word of the page."""
    with scripted(answer(b"<html>secret</html>", 504)) as server, pytest.raises(Unavailable) as caught:
        both(server.url, ONCE, decide)
    assert "secret" not in str(caught.value)


def test_many_questions_go_in_thousands(both: Both) -> None:
    """Any number of questions comes back in order; a batch with fewer answers than questions is an error."""
    acts = [answer({"items": [SHORT] * 1000}), answer({"items": [{**SHORT, "proceed": False}] * 2}), answer({"items": [SHORT]})]
    with scripted(*acts) as server:
        found = both(server.url, QUICK, lambda client: client.decide_many(Question("news", ["email"]) for _ in range(1002)))
        assert [bool(item) for item in found] == [True] * 1000 + [False] * 2
        assert [len(heard.json["questions"]) for heard in server.heard] == [1000, 2]
        with pytest.raises(Failed):
            both(server.url, QUICK, lambda client: client.decide_many([Question("news", ["email"])] * 2))


def test_what_was_done_is_known_when_the_rest_fails(both: Both) -> None:
    """When Janji goes away half-way, the error has what became of the choices before."""
    with scripted(answer({"items": [RECORDED] * 1000}), cut) as server, pytest.raises(Unreachable) as caught:
        both(server.url, ONCE, lambda client: client.choose_many([Choice("sub_1", "refuse", "news")] * 1500))
    assert len(caught.value.done) == 1000
    assert isinstance(caught.value.done[0], Recorded)


def test_one_of_many_that_is_rejected_is_false(both: Both) -> None:
    """A choice that was not recorded cannot be taken for one that was."""
    rejected = {"rejections": [{"code": "no-notice", "text": "no notice was shown"}]}
    with scripted(answer({"items": [RECORDED, rejected]})) as server:
        good, bad = both(server.url, QUICK, lambda client: client.choose_many([Choice("sub_1", "grant", "news")] * 2))
    assert good
    assert not bad
    assert bad.rejections[0].code == "no-notice"


def test_choices_are_streamed(both: Both) -> None:
    """A stream goes out line by line, in parts that are tried again as a whole and recorded once."""
    lines = b"".join(b'{"id": "con_1", "digest": "ab", "version": 2}\n' for _ in range(5000))
    with scripted(cut, answer(lines), answer(lines.splitlines()[0])) as server:
        found = both(server.url, QUICK, lambda client: client.stream_choices(Choice("sub_1", "refuse", "news") for _ in range(5001)))
    assert len(found) == 5001
    assert [len(heard.body.splitlines()) for heard in server.heard] == [5000, 5000, 1]
    assert [heard.headers["Content-Type"] for heard in server.heard] == ["application/x-ndjson"] * 3
    first, again, last = (heard.headers["Idempotency-Key"] for heard in server.heard)
    assert first == again != last


def test_a_stream_that_ends_in_a_problem(both: Both) -> None:
    """What fails behind a good beginning is tried again under the same key, or told as what it is."""
    begun = b'{"id": "con_1", "digest": "ab", "version": 2}\n{"problem": {"type": "urn:janji:problem:%s", "status": %d}}\n'
    whole = b'{"id": "con_1", "digest": "ab", "version": 2}\n' * 2
    stream = [Choice("sub_1", "refuse", "news")] * 2
    with scripted(answer(begun % (b"unavailable", 503)), answer(whole)) as server:
        assert len(both(server.url, QUICK, lambda client: client.stream_choices(stream))) == 2
    assert len({heard.headers["Idempotency-Key"] for heard in server.heard}) == 1
    with scripted(answer(begun % (b"corrupt", 500))) as server, pytest.raises(Failed) as caught:
        both(server.url, QUICK, lambda client: client.stream_choices(stream))
    assert caught.value.code == "corrupt"


def test_pages_are_followed(both: Both) -> None:
    """A list is read page by page, each when it is come to."""
    line = {"kind": "consent.given", "at": "2026-11-23T03:00:00.000Z", "actor": "person", "details": {}, "of_a_newer_janji": 1}
    first = {"items": [{**line, "id": "a"}, {**line, "id": "b"}], "next": "c/1"}
    with scripted(answer(first), answer({"items": [{**line, "id": "c"}]})) as server:
        found = both(server.url, QUICK, lambda client: client.track("sub_1"))
    assert [item.id for item in found] == ["a", "b", "c"]
    assert found[0].at == datetime(2026, 11, 23, 3, tzinfo=UTC)
    with scripted(answer({"items": [{"id": "a"}]})) as other, pytest.raises(Failed):
        both(other.url, QUICK, lambda client: client.track("sub_1"))
    assert [heard.path for heard in server.heard] == ["/v1/subjects/sub_1/track?limit=200", "/v1/subjects/sub_1/track?limit=200&cursor=c%2F1"]


def test_removing_what_was_removed_by_the_attempt_before(both: Both) -> None:
    """When the answer to a removal is lost, that there is nothing left is success; at first sight it is an error."""
    with scripted(cut, problem(404, "not-found")) as server:
        both(server.url, QUICK, lambda client: client.remove_webhook("whk_1"))
    with scripted(problem(404, "not-found")) as server, pytest.raises(NotFound):
        both(server.url, QUICK, lambda client: client.remove_webhook("whk_1"))


def test_a_word_cannot_leave_its_place_in_the_path(both: Both) -> None:
    """What is put into an address is one segment of it."""
    with scripted(answer({})) as server:
        both(server.url, QUICK, lambda client: client.receipt("../me?x=1"))
    assert server.heard[0].path == "/v1/consents/..%2Fme%3Fx%3D1/receipt"


def test_nothing_personal_is_shown(both: Both, caplog: pytest.LogCaptureFixture) -> None:
    """Neither `repr`, nor a log, nor an error holds the key or what was sent."""
    caplog.set_level(logging.DEBUG)
    with scripted(cut) as server, pytest.raises(Unreachable) as caught:
        both(server.url, ONCE, decide)
    shown = "\n".join([
        caplog.text, str(caught.value), repr(caught.value), repr(email("a@b.example")), repr(Client(server.url, KEY)),
        repr(Choice(email("a@b.example"), "grant", "news", evidence="a@b.example")),
        repr(Question("news", ["email"], subject=email("a@b.example"), facts={"born": "a@b.example"})),
    ])  # fmt: skip
    assert "a@b.example" not in shown
    assert "secret" not in shown


def test_one_category_is_not_its_letters() -> None:
    """A single category may be given as a text."""
    assert Question("news", "email").data == ("email",)


def test_what_can_be_said_is_what_is_sent() -> None:
    """The keyword arguments of a call and the fields of its value are the same."""
    assert set(Details.__annotations__) == set(Question.__dataclass_fields__) - {"purpose", "data", "_"}
    assert set(Particulars.__annotations__) == set(Choice.__dataclass_fields__) - {"subject", "verb", "purpose", "_"}


def test_both_clients_have_every_call() -> None:
    """Each call is a method of both, with its own name and documentation."""
    blocking, awaited = Client("http://janji.example"), AsyncClient("http://janji.example")
    names = [name for name in dir(Client) if not name.startswith("_") and name not in ("run", "run_pages", "close")]
    assert len(names) > 20
    for name in names:
        assert getattr(blocking, name).__name__ == name
        assert getattr(awaited, name).__doc__
