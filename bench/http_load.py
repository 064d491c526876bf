"""Over HTTP, `wrk` beside the server on the same machine: decisions one by one and in batches, consents and withdrawals one by one.

Each beside the same server in front of nothing, loaded in the same way in the same run. What is asked is PT Sony's policy
about people on record; a consent is a valid one, recorded durably; a withdrawal ends one, and opens what follows from it. A served answer other than the wanted one is an error,
and no figure counts when there is one.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from uuid import UUID

from figures import Figure, show
from serving import Load, floor, janji, peopled, wrk

from janji.workflows.consents import text_of
from janji.workflows.house import House

PEOPLE = 5_000
SECONDS = 8
BATCH = 1_000
BATCHES = 20
"""How many different bodies of a batch are sent in turn."""



def measure(seconds: int = SECONDS) -> list[Figure]:
    """The figures, the floor beside each; every load for so long."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with peopled(folder, PEOPLE, ("decide", "consents:write")) as (opened, subjects, token):
            scripts = {"one": questions(subjects, token), "many": _many(subjects, token), "yes": consents(opened, subjects, token), "no": _no(subjects, token)}
            with janji(folder / "data", folder) as (url, _, _):
                loads = {name: wrk(url, script, seconds, folder, 2 if name == "many" else 8) for name, script in scripts.items()}
        with floor(folder) as url:
            bare = {name: wrk(url, script, max(seconds // 2, 1), folder, 2 if name == "many" else 8) for name, script in scripts.items()}
    return _figures(loads, bare)


def _figures(loads: dict[str, Load], bare: dict[str, Load]) -> list[Figure]:
    one, many, yes, no = loads["one"], loads["many"], loads["yes"], loads["no"]
    right = not any(load.errors for load in loads.values())
    against = "the same server in front of nothing"
    return [
        Figure("decisions over HTTP, one by one", one.rate, "decisions/s", against, one.rate / bare["one"].rate, ">= 1,000/s",
               right and one.rate >= 1000),
        Figure("the slowest hundredth of them", one.p99, "ms", against, one.p99 / bare["one"].p99, "< 25 ms", right and one.p99 < 25),
        Figure("decisions over HTTP, a thousand a call", many.rate * BATCH, "decisions/s", against, many.rate / bare["many"].rate,
               ">= 50,000/s", right and many.rate * BATCH >= 50_000),
        Figure("consents over HTTP, one by one", yes.rate, "consents/s", against, yes.rate / bare["yes"].rate, ">= 500/s",
               right and yes.rate >= 500),
        Figure("the slowest hundredth of them", yes.p99, "ms", against, yes.p99 / bare["yes"].p99, "(shown)", right),
        Figure("withdrawals with what follows", no.rate, "withdrawals/s", against, no.rate / bare["no"].rate, "(shown)", right),
    ]  # fmt: skip


def _head(token: str, path: str) -> str:
    return f"""
wrk.method, wrk.path = "POST", "{path}"
wrk.headers["Authorization"] = "Bearer {token}"
wrk.headers["Content-Type"] = "application/json"
local turn = 0
"""


def _in_turn(bodies: str) -> str:
    return f"local bodies = {bodies}\nrequest = function() turn = turn % #bodies + 1 return wrk.format(nil, nil, nil, bodies[turn]) end\n"


def _lua(texts: list[str]) -> str:
    return "{" + ",\n".join(f"[==[{text}]==]" for text in texts) + "}"


def _question(subject: UUID) -> dict[str, object]:
    return {"subject": f"sub_{subject}", "purpose": "newsletters", "data": ["email"], "channel": "email"}


def questions(subjects: list[UUID], token: str) -> str:
    """A script of single questions, each person in turn."""
    return _head(token, "/v1/decisions") + _in_turn(_lua([json.dumps(_question(one)) for one in subjects]))


def _many(subjects: list[UUID], token: str) -> str:
    bodies = [
        json.dumps({"questions": [_question(subjects[(turn * 37 + place) % len(subjects)]) for place in range(BATCH)]}) for turn in range(BATCHES)
    ]
    return _head(token, "/v1/decisions/batch") + _in_turn(_lua(bodies))


def consents(opened: House, subjects: list[UUID], token: str) -> str:
    """A script of single consents, each person in turn."""
    text = text_of(opened, "newsletters", "id")
    assert text is not None
    said = {"verb": "grant", "purpose": "newsletters", "channel": "email", "language": "id", "notice_digest": text.digest, "method": "unticked-box"}
    return _head(token, "/v1/consents") + _in_turn(_lua([json.dumps({"subject": f"sub_{one}", **said}) for one in subjects]))


def _no(subjects: list[UUID], token: str) -> str:
    said = {"verb": "withdraw", "purpose": "newsletters", "channel": "email"}
    return _head(token, "/v1/consents") + _in_turn(_lua([json.dumps({"subject": f"sub_{one}", **said}) for one in subjects]))


if __name__ == "__main__":
    show(measure())
