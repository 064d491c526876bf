"""Promises proven: the board of a policy with all that can be seen of it, and a signed report that anybody can check."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from janji.assurance.asking import Model
from janji.assurance.board import Board, board
from janji.assurance.words import STATES, TONES, board_json, checks, told
from janji.decision.compiler import CompiledPolicy
from janji.errors import Corrupt, JanjiError
from janji.files.templates import fill
from janji.files.writing import remove_files, write_files
from janji.ledger.checkpoint import sign
from janji.ledger.events import Actor, Kind, decode, stamp
from janji.ledger.proofs import proof_json
from janji.scanner.scan import build_scanner
from janji.store import ledger as store
from janji.store import policies
from janji.terms.messages import N_, Message, Tongue, say
from janji.workflows.audits import DATA, NOTE, PAGE, PROOF, signed_report
from janji.workflows.house import House
from janji.workflows.in_force import diagnostics_of
from janji.workflows.ledger import cover, prove_now, verifier
from janji.workflows.mapping import Step, quiet
from janji.workflows.policies import Opened
from janji.workflows.promise_looks import look
from janji.workflows.recording import Entry, record

AN_ID = "-".join("[0-9a-f]" * length for length in (8, 4, 4, 4, 12))
"""The names that proofs of evidence have; what else lies beside them is somebody's own."""
FORM = "janji-promises/1"


@dataclass(frozen=True, slots=True)
class Proven:
    """The board of a policy at an instant; `house` says whether more than the policy was looked at."""

    compiled: CompiledPolicy
    at: datetime
    board: Board
    house: bool

    def json(self, tongue: Tongue) -> dict[str, Any]:
        """The board as JSON, with what it is of."""
        policy = self.compiled.policy
        return {
            "form": FORM, "policy": str(policy.id), "version": self.compiled.version, "law": str(policy.law), "at": stamp(self.at),
            "record": self.house, **board_json(self.board, tongue),
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """A report as it was written: its files, and the event that names their digests, unless the ledger is not whole."""

    files: tuple[Path, ...]
    event: UUID | None


def prove_policy(opened: Opened, at: datetime) -> Proven:
    """The board of a policy that no record is about: only the policy itself is looked at. Raises `Invalid` when it has errors."""
    made = board(_model(opened.compiled, at), (), opened.checked.diagnostics)
    return Proven(opened.compiled, at, made, house=False)


def prove(house: House, step: Step = quiet) -> Proven:
    """The board of the policy in force, with everything that can be seen of the house; nothing is recorded. Raises `Refusal` while none is published."""
    at, compiled = house.runtime.now(), house.policy_in_force.compiled
    row = policies.latest()
    made = board(_model(compiled, at), look(house, step), () if row is None else diagnostics_of(row))
    return Proven(compiled, at, made, house=True)


def _model(compiled: CompiledPolicy, at: datetime) -> Model:
    """The policy as it is asked: today, or on its first day when that is still to come."""
    first = compiled.policy.effective
    return Model(compiled, max(at, at.replace(year=first.year, month=first.month, day=first.day)), build_scanner())


def write_report(house: House, proven: Proven, folder: Path, tongue: Tongue) -> Report:
    """Write a report into a folder, in place of the one that was there; gives where its files are."""
    files, event = report_files(house, proven, tongue)
    written = {folder / name: content for name, content in files.items()}
    write_files(written)
    remove_files({folder / PROOF, *folder.glob(f"proofs/{AN_ID}.json")} - written.keys())  # of a report that was there before
    return Report(tuple(written), event)


def report_files(house: House, proven: Proven, tongue: Tongue) -> tuple[dict[str, bytes], UUID | None]:
    """The board as a page and as JSON, signed, with a proof of each event that it rests on and that is about nobody; that it was made is recorded.

    `promises.note` signs the digest of the JSON with the ledger's key. The event `promises.proven` names the digests of both, and is
    proven beside it; where the ledger is not whole nothing can be proven, and the report says that itself.
    """
    data = _bytes(proven.json(tongue))
    page = fill(
        "promises.html", tongue, proven=proven, board=proven.board, policy=proven.compiled.policy, states=STATES, tones=TONES, checks=checks, told=told, stamp=stamp,
        at=stamp(proven.at), key=str(verifier(house)), digest=hashlib.sha256(data).hexdigest(),
    ).encode()  # fmt: skip
    files = {PAGE: page, DATA: data, NOTE: _signed(house, data, page)}
    event = _recorded(house, proven, data, page)
    whole = _proofs(house, proven, event)
    return files | whole, event if PROOF in whole else None


def _signed(house: House, data: bytes, page: bytes) -> bytes:
    """The digests of a report in a signed note (C2SP), by the ledger's key."""
    signer = verifier(house)
    return sign(signed_report(signer, store.size(), data, page), signer.name, house.secrets.signing).encode()


def _recorded(house: House, proven: Proven, data: bytes, page: bytes) -> UUID:
    counts = {str(state): count for state, count in proven.board.counts.items()}
    details = {"report": hashlib.sha256(data).hexdigest(), "page": hashlib.sha256(page).hexdigest(), **counts}
    return record(house, [Entry(kind=Kind.PROMISES_PROVEN, actor=Actor.STAFF, details=details)])[0].id


def _proofs(house: House, proven: Proven, event: UUID) -> dict[str, bytes]:
    """The proofs of the report and of its evidence; none where the ledger does not go on from what was signed."""
    rests = {one.event: None for line in proven.board.lines for one in line.findings if one.event is not None}
    try:
        cover(house)
        found = {PROOF: _bytes(proof_json(prove_now(house, event)))}
    except Corrupt:
        return {}
    for name in rests:
        try:
            proof = prove_now(house, UUID(name))
            if decode(proof.body).subject is None:  # a report is handed on: whose choice was the newest is nobody's business
                found[f"proofs/{name}.json"] = _bytes(proof_json(proof))
        except JanjiError:
            continue  # the check of the ledger tells of it
    return found


def _bytes(held: Mapping[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False, indent=2).encode() + b"\n"


SUMMARY = N_("kept: {kept}, broken: {broken}, unproven: {unproven}, not a promise: {claims}")


def summary(made: Board) -> Message:
    """The board in one line."""
    kept, broken, unproven, claims = made.counts.values()
    return say(SUMMARY, kept=kept, broken=broken, unproven=unproven, claims=claims)
