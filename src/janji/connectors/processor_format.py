"""How a processor that speaks OpenDSR is described: where it is, what opens it, who signs for it, by what it knows people."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from janji.connectors.service_format import AUTH, Auth
from janji.datamap.catalogue import Catalogue, Column, Kind, Sort, Table
from janji.documents.shapes import Count, Field, Id, Line, ListOf, OneOf, Prose, Reader, Record, Schema, document_schema
from janji.documents.tree import read_tree
from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place
from janji.terms.texts import Text

ADDRESS = "urn:janji:schema:processor:1"
PEOPLE = "people"
"""The one table that a processor is seen as: a row is a person that it may know."""
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")


class Encoding(StrEnum):
    """How identities are told (OpenDSR 5.2)."""

    RAW = "raw"
    SHA256 = "sha256"
    SHA1 = "sha1"
    MD5 = "md5"


@dataclass(frozen=True, slots=True)
class Processor:
    """A processor as it is described. `identities` are OpenDSR's types of identity, `controller` our number there.

    `certificate` is where the certificate lies that it signs with, where that is not its own domain. `days` is how long it may take.
    """

    processor: str
    at: str
    domain: str
    identities: tuple[str, ...]
    regulation: str
    title: Text | None = None
    auth: Auth | None = None
    controller: str = ""
    encoding: Encoding = Encoding.RAW
    certificate: str = ""
    rate: int = 10
    days: int = 30
    place: Place = field(default=NOWHERE, compare=False)

    def catalogue(self) -> Catalogue:
        """Its form: one table with a column for each type of identity."""
        columns = tuple(Column(name, "identity", Sort.TEXT) for name in self.identities)
        return Catalogue("processor", {PEOPLE: Table(PEOPLE, columns, Kind.TABLE)})


PROCESSOR = Record("Processor", Processor, {
    "processor": Field(Id(), "its name", required=True),
    "title": Field(Prose(), "its name for people"),
    "at": Field(Line(), "where it takes requests, with the version: `https://opendsr.example.com/v3`", required=True),
    "domain": Field(Line(), "the domain that it signs for, as its certificate names it", required=True),
    "identities": Field(ListOf(Id()), "by which types of identity it knows people, as `email` or `controller_customer_id`", required=True),
    "regulation": Field(Id(), "the word of the specification for the law that requests name", required=True),
    "auth": Field(AUTH, "what opens it"),
    "controller": Field(Line(), "our number there, which its answers must name"),
    "encoding": Field(OneOf(Encoding), "how identities are told; `raw` when left out"),
    "certificate": Field(Line(), "where its certificate lies, when that is not under its own domain"),
    "rate": Field(Count(), "how many requests a second it may be sent; 10 when left out"),
    "days": Field(Count(), "how many days it may take; 30 when left out"),
})  # fmt: skip


def processor_schema() -> Schema:
    """The JSON Schema of a processor's file."""
    return document_schema(PROCESSOR, "A processor that Janji sends requests to by OpenDSR", ADDRESS)


def parse_processor(name: str, data: bytes) -> Processor:
    """The processor that a file describes. Raises `Invalid` with every mistake and its place."""
    reader = Reader()
    tree = read_tree(name, data)
    read: Any = None if tree.root is None else PROCESSOR.read(tree.root, reader)
    found = [*tree.diagnostics, *reader.diagnostics]
    if isinstance(read, Processor) and not found:
        _check(read, reader)
        found = reader.diagnostics
    if not isinstance(read, Processor) or found:
        raise Invalid(say(N_("`{file}` does not describe a processor"), file=name), say(N_("correct what is said above")), tuple(found))
    return read


def _check(processor: Processor, reader: Reader) -> None:
    for text in (processor.at, processor.certificate or processor.at):
        if _BASE.fullmatch(text) is None:
            reader.error("bad-address", say(N_("this is no address of a processor")), processor.place, say(N_("write it as `https://host/path`")))
    if _DOMAIN.fullmatch(processor.domain) is None:
        reader.error("bad-domain", say(N_("`domain` is no name of a host")), processor.place, say(N_("write it as `opendsr.example.com`, in small letters")))
    if not processor.identities or processor.rate < 1 or processor.days < 1:
        reader.error("bad-number", say(N_("`identities`, `rate` and `days` cannot be empty or zero")), processor.place, say(N_("name an identity, and at least 1")))
