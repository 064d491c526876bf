"""Evidence for a claim (UU 27/2022 Art 12, 64): what is on record of a person, decided and disclosed, with proofs that anybody can check."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import merge
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from janji.errors import Corrupt, Refusal
from janji.files.archives import write_archive
from janji.files.translations import load_tongue
from janji.ledger.events import Actor, Event, Kind, stamp
from janji.ledger.proofs import proof_json
from janji.rights.requests import PREFIX, Outcome, Request, staff_name
from janji.store import ledger, people, policies, vault
from janji.terms.messages import N_, Tongue, say
from janji.terms.processing import Right
from janji.workflows import gathering
from janji.workflows.house import House
from janji.workflows.ledger import cover, prove, verifier
from janji.workflows.machine_decisions import decision_json, decisions_of
from janji.workflows.people import current
from janji.workflows.recording import Entry, evidence_of, record
from janji.workflows.request_desk import events_of
from janji.workflows.requests import request_of, requests_of
from janji.workflows.tracks import Track, track, track_json

FORM = "janji-evidence-pack/1"
_NAMES = frozenset({"by", "approved", "attested_by"})
"""What of sealed evidence names members of staff and owners: the person gets what was done, not who else is named."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was written: how many events it proves, and the SHA-256 of its list of files."""

    request: UUID
    events: int
    digest: str


def write_pack(house: House, request: UUID, path: Path, language: str = "", by: str = "") -> Pack:
    """Write the evidence of a claim into a ZIP: everything on record, each event with its proof up to a head that is signed for it.

    What is held in the systems is named by system and count, as the search for the claim found it; the data themselves are in the
    person's package. Recorded, with who hands it over. Raises `Refusal` unless the request is a claim that was carried out: nothing is shown before it is
    known who asks.
    """
    asked = request_of(request)
    if asked.kind is not Right.CLAIM or asked.subject is None or asked.outcome not in (Outcome.DONE, Outcome.PARTLY_DONE, Outcome.NOTHING_HELD):
        raise Refusal(say(N_("there is evidence for a claim that was carried out, and for nothing else")), say(N_("`janji request show` says how far it is")))
    subject = current(asked.subject)
    cover(house)
    pack = _Pack(house, asked, subject, load_tongue(language or asked.details.get("language") or house.runtime.settings.language))
    digest = write_archive(path, pack.entries())
    record(house, [Entry(
        kind=Kind.DELIVERY_MADE, actor=Actor.STAFF, subject=subject, details={"request": str(request), "events": pack.count, "pack": digest},
        evidence={"by": staff_name(by)} if by else None,
    )])  # fmt: skip
    return Pack(request, pack.count, digest)


def pack_bytes(house: House, request: UUID, language: str = "", by: str = "") -> bytes:
    """The same pack as bytes, for whoever takes it along at a screen; raises as `write_pack`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "pack.zip"
        write_pack(house, request, path, language, by)
        return path.read_bytes()


class _Pack:
    """One pack as it is written, entry by entry."""

    def __init__(self, house: House, request: Request, subject: UUID, tongue: Tongue) -> None:
        self.house, self.request, self.subject, self.tongue = house, request, subject, tongue
        self.count = 0
        self.family = {vault.pseudonym(house.secrets.pseudonym, one).hex(): one for one in people.family(subject)}

    def entries(self) -> Iterator[tuple[str, bytes]]:
        """Every file of the pack, in order."""
        yield "README.txt", self._readme().encode()
        lines = []
        digests = set[str]()
        for line in merge(track(self.house, self.subject), self._unshown(), key=lambda line: line.event.at, reverse=True):
            if line.position is None:
                continue  # recorded while this is written
            self.count += 1
            name = f"proofs/{self.count:05d}.json"
            yield name, _json(proof_json(prove(self.house, UUID(line.event.id))))
            lines.append({**self._line(line), "proof": name})
            if line.event.policy:
                digests.add(line.event.policy)
        yield "track.json", _json({"form": FORM, "items": lines})
        yield "decisions.json", _json({"form": FORM, "items": [self._decision(row) for row in decisions_of(self.subject)]})
        yield "disclosures.json", _json({"form": FORM, "items": [one for one in lines if one["kind"] == Kind.DISCLOSURE_MADE]})
        yield "held.json", _json({"form": FORM, **self._held()})
        yield from _policies(digests)
        yield "pack.json", _json({
            "form": FORM, "request": f"{PREFIX}{self.request.id}", "asked": stamp(self.request.opened), "made": stamp(self.house.runtime.now()),
            "key": str(verifier(self.house)), "events": self.count, "pseudonyms": sorted(self.family),
        })  # fmt: skip

    def _unshown(self) -> list[Track]:
        """The steps of the person's requests from before it was shown who asks, the newest first: they name nobody, and say when each was asked."""
        asked = requests_of(self.subject)
        ids = [*(one.id for one in asked), *(UUID(one.details["came_as"]) for one in asked if "came_as" in one.details)]
        placed = [(event, ledger.placed(UUID(event.id))) for id in ids for event in events_of(id) if event.subject is None]
        return sorted((Track(event, None if place is None else place.position) for event, place in placed), key=lambda line: line.event.at, reverse=True)

    def _line(self, line: Track) -> dict[str, Any]:
        held, opened = track_json(line), self._evidence(line.event)
        return {**held, **({"evidence": opened} if opened else {})}

    def _evidence(self, event: Event) -> Mapping[str, Any] | None:
        """What proves an event, opened, without the names of others; nothing once its key is gone."""
        whose = self.family.get(event.subject or "")
        if event.sealed is None or whose is None:
            return None
        try:
            found = evidence_of(self.house, whose, UUID(event.id))
        except Corrupt:
            return {"lost": True}
        return None if found is None else {name: value for name, value in found.items() if name not in _NAMES}

    def _decision(self, row: Any) -> dict[str, Any]:
        return {name: value for name, value in decision_json(row).items() if name != "subject"}

    def _held(self) -> dict[str, Any]:
        """What each system held when it was searched for the claim."""
        package = self.request.details.get("package")
        if package is None:
            return {"systems": []}
        found = gathering.package_json(gathering.package(UUID(package)), self.tongue)
        return {name: found[name] for name in ("id", "made", "state", "systems") if name in found}

    def _readme(self) -> str:
        paragraphs = (
            say(N_("Evidence for a claim")),
            say(N_("This archive holds what is on record of one person: what the person said, what was decided, disclosed and done, and when.")),
            say(N_("`track.json` has every event, the newest first; `evidence` in it was kept under seal. Each names its proof in `proofs`.")),
            say(N_("`decisions.json` has what machines decided and what people said who looked anew; `disclosures.json` who was given data; `held.json` what each system held; `policies` each version of the policy that was in force.")),
            say(N_("A proof shows that an event stands in the ledger as it was signed, and was not changed since. Nobody needs the company for that:")),
        )  # fmt: skip
        command = f"janji ledger verify proofs/00001.json --key '{verifier(self.house)}'"
        last = say(N_("Compare the key with the one that the company or an auditor gave you another way. `manifest.json` has the SHA-256 of every file."))
        return "\n\n".join([*(one.render(self.tongue) for one in paragraphs), f"  {command}", last.render(self.tongue)]) + "\n"


def _policies(digests: set[str]) -> Iterator[tuple[str, bytes]]:
    """The text of each version of the policy that an event was recorded under."""
    for row in policies.versions():
        if row.digest in digests:
            for name, text in sorted(row.files.items()):
                yield f"policies/{row.number}/{PurePosixPath(name).name}", text.encode()


def _json(held: Mapping[str, Any]) -> bytes:
    return json.dumps(held, ensure_ascii=False, indent=2).encode() + b"\n"
