"""The ledger on screen: how much it holds, its signed heads, verified live by the worker, and one event with its proof."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.http.response import HttpResponseBase

from janji.errors import Invalid
from janji.ledger.checkpoint import open_note
from janji.ledger.proofs import proof_json
from janji.ledger.words import ACTORS, details_words, kind_words
from janji.people.identifiers import PREFIX
from janji.staff.roles import Duty
from janji.terms.messages import N_, Message, say, unpack_message
from janji.terms.words import moment
from janji.web.console.downloads import NDJSON, TEXT, download, json_file, stream
from janji.web.console.fields import Field, capital, shown
from janji.web.console.shell import Desk, a_number, screen
from janji.web.console.work import progress
from janji.web.forms import sentence
from janji.web.requests import door_of
from janji.workflows import desk_jobs
from janji.workflows import ledger as workflow
from janji.workflows.desk_jobs import AUDIT, STEP, DeskJob
from janji.workflows.people import subject_of
from janji.workflows.person_records import named

HERE = "ledger"
PAGE = 20
_EVENT = Field(name="event", label=N_("The id of an event"), hint=N_("As a receipt, a certificate or an export names it."), longest=60)


@screen(HERE, Duty.SEE_LEDGER)
def ledger(desk: Desk) -> HttpResponse:
    """Size, heads, lag, the last audit and the one that runs; an id that was asked for leads to its event."""
    faults: dict[str, Message] = {}
    if asked := desk.query("event").strip():
        try:
            return desk.go(f"{HERE}/event/{UUID(asked)}")
        except ValueError:
            faults["event"] = say(N_("this is no id of an event"))
    found, job = workflow.overview(desk.house), desk_jobs.last(AUDIT)
    ended = job if job is None or not job.open else desk_jobs.last(AUDIT, ended=True)
    below = desk.number("below")
    heads = workflow.heads(desk.house, below, PAGE + 1)
    signed = 0 if found.signed is None else found.signed.size
    return desk.page(
        "console_ledger.html", N_("Ledger"), here=HERE, status=422 if faults else 200, fields=shown(desk, [_EVENT], faults), **progress(desk, job), audit=_audit(desk, ended),
        numbers=[
            (desk.told(N_("Events with a number")), desk.count(found.size), ""), (desk.told(N_("Of these signed")), desk.count(signed), "ok" if signed == found.size else "warn"),
            (desk.told(N_("Waiting for a number")), desk.count(found.queue.waiting), "ok" if not found.queue.waiting else "warn"),
            (desk.told(N_("The oldest waits for")), say(N_("{count} s"), count=int(found.queue.oldest)).render(desk.tongue), "bad" if found.queue.oldest > workflow.LONGEST_WAIT else ""),
        ],
        key=str(found.verifier), running=job is not None and job.open, verify=desk.address(f"{HERE}/verify"), export=desk.address(f"{HERE}/export"), key_file=desk.address(f"{HERE}/key"),
        heads=[{"size": desk.count(one.checkpoint.size), "root": one.checkpoint.root.hex(), "href": desk.address(f"{HERE}/heads/{one.checkpoint.size}")} for one in heads[:PAGE]],
        older=desk.address(HERE, below=str(heads[PAGE - 1].checkpoint.size)) if len(heads) > PAGE else "", first=desk.address(HERE) if below is not None else "", words=_WORDS,
    )  # fmt: skip


_WORDS = {
    "lead": N_("Everything that is recorded gets a number and is signed. Nobody can change it afterwards without being found out: verify it here, or with the export on a machine of your own."),
    "verify": N_("Verify everything now"), "running": N_("It is being verified"), "last": N_("Last verified"), "never": N_("It was not verified here yet."), "event": N_("Look at one event"),
    "open": N_("Open"), "choose": N_("Choose"), "heads": N_("Signed heads"), "size": N_("Events"), "root": N_("Root"), "note": N_("Checkpoint"), "no_heads": N_("Nothing is signed yet: the worker signs what is recorded within a second."),
    "older": N_("Older"), "newest": N_("Newest"), "keep": N_("Keep a checkpoint away from this machine: whoever has one can show whether history was cut off or written anew."), "export": N_("Export for an auditor"),
    "export_lead": N_("Every event and every head in one file. janji ledger audit verifies it without the database."), "key": N_("Verifier key"), "take_key": N_("Download the key"), "faults": N_("This was not looked for"),
    "faulty": N_("What is wrong, the first first"), "more": N_("and more; begin with the first, for one draws others behind it"),
}  # fmt: skip
_CHECKS = (
    (N_("Leaves and tree: every event is what its number holds"), {"malformed", "changed", "uncanonical", "missing", "moved", "replayed", "root", "tile", "misplaced"}),
    (N_("Signatures: every head is ours, and each goes on from the one before"), {"key", "signature", "unsigned", "truncated", "rolled-back", "forked"}),
    (N_("Histories: each person's events without a gap"), {"gap"}), (N_("Queue: nothing lost, nothing waits too long"), {"lost", "unsequenced"}),
    (N_("Standings: what is decided by is what the events add up to"), {"standing"}),
)  # fmt: skip


def _audit(desk: Desk, job: DeskJob | None) -> dict[str, Any] | None:
    """What the last audit that ended found."""
    if job is None or not job.report:
        return None
    report, kinds = job.report, set(job.report["kinds"])
    return {
        "clean": report["clean"], "words": desk.told(N_("Everything is as it was signed.")) if report["clean"] else desk.told(N_("Something is not as it was signed. Stop, and keep the database as it is.")),
        "at": moment(job.ended or job.asked).render(desk.tongue), "looked": say(N_("events: {events}, people: {people}, signed heads: {heads}"), events=desk.count(report["events"]), people=desk.count(report["people"]), heads=desk.count(report["checkpoints"])).render(desk.tongue),
        "checks": [(desk.told(text), not kinds & wrong) for text, wrong in _CHECKS], "more": report["more"],
        "faults": [(desk.count(one["position"]), sentence(unpack_message(one["message"]), desk.tongue)) for one in report["faults"]],
    }  # fmt: skip


@screen(f"{HERE}/verify", Duty.SEE_LEDGER, "POST")
def verify(desk: Desk) -> HttpResponse:
    """Ask the worker to verify everything."""
    desk_jobs.ask(desk.house, AUDIT, desk.staff.id)
    door_of(desk.request).wake(STEP)
    return desk.go(HERE)


@screen(f"{HERE}/heads/<str:size>", Duty.SEE_LEDGER)
def checkpoint(desk: Desk, size: str) -> HttpResponse:
    """A signed head as its note."""
    found = workflow.head(desk.house, a_number(size) or 0)
    return download(f"checkpoint-{found.checkpoint.size}.txt", found.note.encode(), TEXT)


@screen(f"{HERE}/key", Duty.SEE_LEDGER)
def key(desk: Desk) -> HttpResponse:
    """The key by which heads are verified."""
    return download("verifier-key.txt", f"{workflow.verifier(desk.house)}\n".encode(), TEXT)


@screen(f"{HERE}/export", Duty.SEE_LEDGER)
def export(desk: Desk) -> HttpResponseBase:
    """The whole ledger, as it is read."""
    size, lines = workflow.export_lines(desk.house)
    return stream(f"ledger-{size}.jsonl", lines, NDJSON)


# ------------------------------------------------------------------------------------------------------------ one event


PROOF_WORDS = {
    "proof": N_("Proof"), "holds": N_("The proof holds: it was made and verified just now."), "waits": N_("It is recorded. Its number and signature come within a second or two: look again."),
    "position": N_("Position"), "of": N_("of"), "digest": N_("Digest"), "root": N_("Root of the signed head"), "signer": N_("Signed by"), "path": N_("Steps from the event to the root"), "take": N_("Download the proof"),
    "offline": N_("janji ledger verify checks the file without this program's database."), "pseudonym": N_("Pseudonym"), "person": N_("Person"), "id": N_("Event"), "sealed": N_("Sealed evidence, digest"),
}  # fmt: skip
"""What `console_proof.html` says."""


@screen(f"{HERE}/event/<uuid:id>", Duty.SEE_LEDGER)
def event(desk: Desk, id: UUID) -> HttpResponse:
    """One event in words, and its proof, made and verified now."""
    found, tongue = workflow.seen(desk.house, id), desk.tongue
    one = found.event
    facts = [(N_("When"), moment(one.at).render(tongue)), (N_("Who acted"), desk.told(ACTORS[str(one.actor)]))]
    details = one.details if desk.house.published is None else named(desk.house, one.details, tongue.language)
    said = [part.render(tongue) for part in details_words(details)]
    subject = subject_of(one.subject) if one.subject and desk.staff.may(Duty.SEE_PEOPLE) else None
    return desk.page(
        "console_event.html", capital(kind_words(str(one.kind)).render(tongue)), here=HERE, back=(desk.address(HERE), desk.told(N_("Ledger"))), facts=[(desk.told(name), value) for name, value in facts], said=said,
        person=None if subject is None else (f"{PREFIX}{subject}", desk.address(f"people/{subject}")), pseudonym=one.subject or "", id=str(id), kind=str(one.kind), sealed=one.sealed or "",
        evidence=desk.address(f"evidence/{id}") if str(one.kind).startswith("consent.") and desk.staff.may(Duty.SEE_EVIDENCE) else "", proof=proof_view(desk, found), download=desk.address(f"{HERE}/event/{id}/proof"),
        words={
            **PROOF_WORDS, "said": N_("What it was about"), "kind": N_("Kind"), "consent": N_("The consent record"),
        },
    )  # fmt: skip


def proof_view(desk: Desk, found: workflow.Seen) -> dict[str, Any] | None:
    """The proof of an event for the template `console_proof.html`; nothing while there is none."""
    if found.proof is None:
        return None
    head = open_note(found.proof.note, found.proof.verifier)
    return {"position": desk.count(found.proof.position), "size": desk.count(head.size), "digest": found.proof.digest.hex(), "root": head.root.hex(), "signer": str(found.proof.verifier),
            "path": [part.hex() for part in found.proof.path]}  # fmt: skip


@screen(f"{HERE}/event/<uuid:id>/proof", Duty.SEE_LEDGER)
def proof(desk: Desk, id: UUID) -> HttpResponse:
    """The proof of an event as a file that verifies offline."""
    found = workflow.seen(desk.house, id).proof
    if found is None:
        raise Invalid(say(N_("the event is recorded, and no signed checkpoint covers it yet")), say(N_("look again in a second or two")))
    return json_file(f"proof-{id}.json", proof_json(found))
