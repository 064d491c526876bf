"""Every call of the API, described once: what is sent, and how the answer is read.

A function here returns steps (`janji_client.sending.Steps`) that both clients carry out: it is a method of `Client` and of
`AsyncClient`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any, TypeVar, Unpack
from urllib.parse import quote

from janji_client.answers import (
    Collected,
    Decision,
    Delivery,
    Document,
    Event,
    Explanation,
    Me,
    Page,
    Recorded,
    Rejected,
    Standing,
    UnsubscribeLink,
    Verdict,
    Webhook,
    read_collected,
    read_decision,
    read_explanation,
    read_known,
    read_link,
    read_outcome,
    read_recorded,
    read_standing,
    read_verdict,
)  # fmt: skip
from janji_client.problems import Failed, JanjiError, NotFound
from janji_client.questions import Choice, Context, Details, Identifier, Particulars, Question, Subject, Verb, written
from janji_client.sending import Call, Reply, Steps

T = TypeVar("T")
S = TypeVar("S")
MANY = 1000
"""Items that the API takes in one request."""
STREAMED, LARGE = 5000, 1_000_000
"""Lines and bytes, about, of one request of a stream: less than what a server takes at once."""
LISTED = 200
"""Items of a page that is read."""
NDJSON = "application/x-ndjson"


# --- asking


def decide(purpose: str, data: Sequence[str], **details: Unpack[Details]) -> Steps[Decision]:
    """Ask whether something may be done (`Question` tells what can be said). Raises when Janji gives no answer."""
    return (yield from ask(Question(purpose, data, **details)))


def ask(question: Question) -> Steps[Decision]:
    """As `decide`, with the question as a value."""
    return (yield from _post("/v1/decisions", question, read_decision, changes=question.record))


def permitted(purpose: str, data: Sequence[str], **details: Unpack[Details]) -> Steps[Verdict]:
    """As `decide`, for a caller that wants to know no more than whether to go on: no answer is a no that says why."""
    try:
        decision = yield from decide(purpose, data, **details)
    except JanjiError as error:
        return no_answer(error)
    return decision.verdict


def decide_many(questions: Iterable[Question]) -> Steps[list[Verdict]]:
    """Ask any number of questions; the answers are in their order. Raises when Janji gives no answer to one of them."""

    def ask(part: list[Question]) -> Steps[list[Verdict]]:
        changes = any(question.record for question in part)
        return (yield from _post("/v1/decisions/batch", {"questions": part}, _each(read_verdict, part), changes))

    return (yield from _in_parts(questions, ask))


def explain(purpose: str, data: Sequence[str], **details: Unpack[Details]) -> Steps[Explanation]:
    """As `decide`, at length: what each clause says, the law behind it, what would change the answer."""
    return (yield from _post("/v1/decisions/explain", Question(purpose, data, **details), read_explanation))


def no_answer(error: JanjiError) -> Verdict:
    """The verdict where there is none: no."""
    return Verdict(False, False, "enforce", (error.code or "no-answer",), str(error), answered=False)


# --- collecting


def collect(touchpoint: str, fields: Mapping[str, Any], **context: Unpack[Context]) -> Steps[Collected]:
    """Hand over what somebody filled in before it is stored: the answer says which of it may be kept."""
    agreements = [{"kind": kind, "reference": reference} for kind, reference in context.get("agreements", {}).items()]
    about = {**context, "agreements": agreements} if agreements else context
    body = {"touchpoint": touchpoint, "fields": fields, "context": about}
    return (yield from _post("/v1/collect", body, read_collected, changes=True))


# --- people and what they say


def add_subject(*identifiers: Identifier) -> Steps[str]:
    """The `sub_...` of the person with these identifiers, who is put on record if they are not yet."""
    return (yield from _post("/v1/subjects", {"identifiers": identifiers}, _subject, changes=True))


def find_subjects(identifiers: Iterable[Identifier]) -> Steps[list[str | None]]:
    """The `sub_...` of the person behind each identifier, in their order; None for whom Janji does not know."""

    def find(part: list[Identifier]) -> Steps[list[str | None]]:
        read: Callable[[Any], str | None] = lambda item: _subject(item) if "subject" in item else None  # noqa: E731
        return (yield from _post("/v1/subjects/find", {"identifiers": part}, _each(read, part)))

    return (yield from _in_parts(identifiers, find))


def choose(subject: Subject, verb: Verb, purpose: str, **particulars: Unpack[Particulars]) -> Steps[Recorded]:
    """Record what a person said (`Choice` tells what can be said). Raises `Invalid` when it is not valid."""
    return (yield from _post("/v1/consents", Choice(subject, verb, purpose, **particulars), read_recorded, changes=True))


def choose_many(choices: Iterable[Choice]) -> Steps[list[Recorded | Rejected]]:
    """Record any number of choices, a thousand at a time; what became of each is in their order.

    When Janji goes away half-way, the error has what was answered until then in `done`.
    """

    def record(part: list[Choice]) -> Steps[list[Recorded | Rejected]]:
        return (yield from _post("/v1/consents/batch", {"items": part}, _each(read_outcome, part), changes=True))

    return (yield from _in_parts(choices, record))


def stream_choices(choices: Iterable[Choice]) -> Steps[Page[Recorded | Rejected]]:
    """Record choices as they come, without holding them all: gives what became of each, in their order.

    Nothing is sent before an answer is asked for, so go through all of them.
    """
    coming = iter(choices)
    part: list[bytes] = []
    size = 0
    for choice in coming:
        part.append(bytes_of(choice))
        size += len(part[-1])
        if len(part) == STREAMED or size >= LARGE:
            break
    if not part:
        return Page(())
    body = b"\n".join(part)
    reply = yield Call("POST", "/v1/consents/stream", body, NDJSON, changes=True, late=_late)
    items = _understood(reply, lambda: [json.loads(line) for line in reply.body.splitlines()], _list_of(read_outcome, part))
    return Page(tuple(items), stream_choices(coming))


# --- what is on record


def me() -> Steps[Me]:
    """What the key opens."""
    return (yield from _get("/v1/me", partial(read_known, Me)))


def standing(subject: str) -> Steps[Standing]:
    """What the choices of a person add up to now."""
    return (yield from _get(f"/v1/subjects/{_part(subject)}/standing", read_standing))


def consents(subject: str) -> Steps[Page[Event]]:
    """What a person said, the newest first, page by page as it is asked for."""
    return (yield from _page(f"/v1/subjects/{_part(subject)}/consents", partial(read_known, Event)))


def track(subject: str) -> Steps[Page[Event]]:
    """What was done with the data of a person, the newest first, page by page as it is asked for."""
    return (yield from _page(f"/v1/subjects/{_part(subject)}/track", partial(read_known, Event)))


def receipt(consent: str) -> Steps[Document]:
    """The receipt of a choice (ISO/IEC TS 27560), to hand to the person."""
    return (yield from _get(f"/v1/consents/{_part(consent)}/receipt", _document))


def proof(event: str) -> Steps[Document]:
    """The proof that an event stands in the ledger; `janji ledger verify` checks it and needs nothing else."""
    return (yield from _get(f"/v1/events/{_part(event)}/proof", _document))


# --- webhooks, and the link in a mail


def webhooks() -> Steps[Page[Webhook]]:
    """Who is told by webhook of what happens."""
    return (yield from _page("/v1/webhooks", partial(read_known, Webhook)))


def add_webhook(name: str, url: str, topics: Sequence[str] = (), purposes: Sequence[str] = ()) -> Steps[Webhook]:
    """Have word sent to `url`, of everything or of some topics and purposes. The `secret` is shown this once."""
    wanted = {"name": name, "url": url, "topics": topics, "purposes": purposes}
    body = {key: value for key, value in wanted.items() if value}
    return (yield from _post("/v1/webhooks", body, partial(read_known, Webhook), changes=True))


def webhook(webhook: str) -> Steps[Webhook]:
    """How a webhook does."""
    return (yield from _get(f"/v1/webhooks/{_part(webhook)}", partial(read_known, Webhook)))


def remove_webhook(webhook: str) -> Steps[None]:
    """Send no more word there."""
    try:
        yield Call("DELETE", f"/v1/webhooks/{_part(webhook)}")
    except NotFound as error:
        if error.count == 1:
            raise


def try_webhook(webhook: str) -> Steps[bool]:
    """Have a trial message sent; whether it was acknowledged."""
    reply = yield Call("POST", f"/v1/webhooks/{_part(webhook)}/test")
    return _understood(reply, reply.json, lambda found: found["acknowledged"] is True)


def deliveries(webhook: str) -> Steps[Page[Delivery]]:
    """What a webhook was told and what became of it, page by page as it is asked for."""
    return (yield from _page(f"/v1/webhooks/{_part(webhook)}/deliveries", partial(read_known, Delivery)))


def unsubscribe_link(subject: Subject, purpose: str, channel: str | None = None) -> Steps[UnsubscribeLink]:
    """The link to put into a mail, and its headers for one click (RFC 8058); the same for the same person and purpose."""
    body = written({"subject": subject, "purpose": purpose} | ({"channel": channel} if channel else {}))
    return (yield from _post("/v1/unsubscribe-links", body, read_link))


# --- what is public


def policy(version: int | None = None) -> Steps[Document]:
    """The policy in force, or the version that was published under a number."""
    return (yield from _get("/v1/policy" if version is None else f"/v1/policy/versions/{version}", _document))


def policy_versions() -> Steps[Page[Document]]:
    """Every version that was published."""
    return (yield from _page("/v1/policy/versions", _document))


def policy_diff(older: int, newer: int) -> Steps[Document]:
    """What a version changed against an older one."""
    return (yield from _get(f"/v1/policy/versions/{older}/diff/{newer}", _document))


def notice(touchpoint: str, language: str | None = None) -> Steps[Document]:
    """What a person is told where data are collected; its digest goes with a yes."""
    query = {"language": language} if language else {}
    return (yield from _get(f"/v1/touchpoints/{_part(touchpoint)}/notice", _document, query))


# --- what they are made of


def _get(path: str, read: Callable[[Any], T], query: Mapping[str, str] | None = None) -> Steps[T]:
    reply = yield Call("GET", path, query=query or {})
    return _understood(reply, reply.json, read)


def _post(path: str, body: Any, read: Callable[[Any], T], changes: bool = False) -> Steps[T]:
    reply = yield Call("POST", path, bytes_of(body), changes=changes)
    return _understood(reply, reply.json, read)


def _page(path: str, read: Callable[[Any], T], cursor: str | None = None) -> Steps[Page[T]]:
    """One page, and the steps to the next."""

    def read_page(found: Any) -> Page[T]:
        after = found.get("next")
        return Page(tuple(map(read, found["items"])), None if after is None else _page(path, read, str(after)))

    return (yield from _get(path, read_page, {"limit": str(LISTED)} | ({} if cursor is None else {"cursor": cursor})))


def _in_parts(items: Iterable[S], describe: Callable[[list[S]], Steps[list[T]]]) -> Steps[list[T]]:
    """As many calls as it takes, a thousand items each."""
    found: list[T] = []
    coming = iter(items)
    while part := list(islice(coming, MANY)):
        try:
            found += yield from describe(part)
        except JanjiError as error:
            error.done = tuple(found)
            raise
    return found


def _each(read: Callable[[Any], T], asked: Sequence[Any]) -> Callable[[Any], list[T]]:
    """A reader of `{"items": [...]}` with one answer for each thing asked."""
    many = _list_of(read, asked)
    return lambda found: many(found["items"])


def _late(reply: Reply) -> Reply:
    """A stream that began well and ends in a problem is that problem."""
    last = reply.body.rstrip().rpartition(b"\n")[2]
    try:
        document = json.loads(last)["problem"]
        return Reply(int(document["status"]), reply.headers, json.dumps(document).encode())
    except (ValueError, KeyError, TypeError):
        return reply


def _list_of(read: Callable[[Any], T], asked: Sequence[Any]) -> Callable[[Any], list[T]]:
    def listed(items: Any) -> list[T]:
        if len(items) != len(asked):
            raise ValueError("not one answer for each question")
        return [read(item) for item in items]

    return listed


def _understood(reply: Reply, open_: Callable[[], Any], read: Callable[[Any], T]) -> T:
    """The answer, or `Failed` when it has another form than it should: what is not understood is no yes."""
    try:
        return read(open_())
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Failed(
            "Janji's answer is not understood", "this client and that server may be of different versions", "not-understood", reply.status
        ) from None


def _subject(found: Any) -> str:
    return str(found["subject"])


def _document(found: Any) -> Document:
    if not isinstance(found, dict):
        raise TypeError
    return found


def bytes_of(value: Any) -> bytes:
    """A value as the API is sent it: JSON in UTF-8."""
    return json.dumps(written(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _part(word: str) -> str:
    """A word as one segment of a path."""
    return quote(word, safe="")
