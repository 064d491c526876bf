"""How an HTTP service is described: where it is, what opens it, and for each table the only requests that are ever sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from janji.datamap.catalogue import Catalogue, Column, Kind, Sort, Table
from janji.documents.described import read_described
from janji.documents.shapes import (
    Count,
    Field,
    Id,
    Line,
    ListOf,
    MapOf,
    OneOf,
    Prose,
    Reader,
    Record,
    Schema,
    document_schema,
)
from janji.terms.messages import N_, say
from janji.terms.places import NOWHERE, Place
from janji.terms.texts import Text

ADDRESS = "urn:janji:schema:service:1"
VALUE = "value"
"""The hole for the value by which rows are looked for."""
_HOLE = re.compile(r"\{([^{}]*)\}")
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
_PATH = re.compile(r"/[A-Za-z0-9._~!$&'()*+,;=:@%/?{}-]*")


class Method(StrEnum):
    """How a request is sent."""

    GET = "get"
    POST = "post"
    PUT = "put"
    PATCH = "patch"
    DELETE = "delete"


class AuthKind(StrEnum):
    """What opens a service: HTTP Basic (RFC 7617), a bearer token (RFC 6750), a header, or client credentials (RFC 6749 4.4)."""

    BASIC = "basic"
    BEARER = "bearer"
    HEADER = "header"
    CLIENT = "client-credentials"


class PagingKind(StrEnum):
    """How the next page is asked for: by a cursor or an address in the body, a number, an offset, or a `Link` (RFC 8288)."""

    CURSOR = "cursor"
    ADDRESS = "address"
    PAGE = "page"
    OFFSET = "offset"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Auth:
    """What opens the service. `user` and `secret` are names of sealed secrets, never the secrets themselves."""

    kind: AuthKind
    secret: str
    user: str = ""
    header: str = "Authorization"
    token: str = ""
    scope: str = ""
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Paging:
    """How a list goes on. `next` is where the body has the cursor or address, `size` how many rows a page has."""

    kind: PagingKind
    parameter: str = "page"
    next: str = "next"
    size: int = 0
    first: int = 1
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One request: a path with holes, a body of JSON with holes, and where its answer has the rows."""

    path: str
    method: Method = Method.GET
    body: str = ""
    rows: str = ""
    paging: Paging | None = None
    id: str = ""
    place: Place = NOWHERE

    @property
    def holes(self) -> tuple[str, ...]:
        """The names of what is filled in."""
        return tuple(_HOLE.findall(self.path)) + tuple(hole for text in _texts(json.loads(self.body or "null")) for hole in _HOLE.findall(text))


@dataclass(frozen=True, slots=True)
class ServiceColumn:
    """What one member of a row holds."""

    id: str
    sort: Sort = Sort.TEXT
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class ServiceTable:
    """One kind of row. `find` has, for each column by which rows can be found, how; `key` tells two rows apart."""

    id: str
    columns: Mapping[str, ServiceColumn]
    key: tuple[str, ...]
    find: Mapping[str, Endpoint]
    delete: Endpoint | None = None
    change: Endpoint | None = None
    place: Place = NOWHERE


@dataclass(frozen=True, slots=True)
class Service:
    """A service as it is described. `rate` is how many requests a second it may be sent."""

    service: str
    at: str
    tables: Mapping[str, ServiceTable]
    title: Text | None = None
    auth: Auth | None = None
    rate: int = 10
    place: Place = field(default=NOWHERE, compare=False)

    def catalogue(self) -> Catalogue:
        """Its form, as it is described."""
        return Catalogue("service", {
            name: Table(name, tuple(Column(column.id, "JSON", column.sort) for column in table.columns.values()), Kind.TABLE, table.key)
            for name, table in self.tables.items()
        })  # fmt: skip


_PAGING = Record("Paging", Paging, {
    "kind": Field(OneOf(PagingKind), "how the next page is asked for", required=True),
    "parameter": Field(Line(), "the parameter of the query that says which page; `page` when left out"),
    "next": Field(Line(), "where the body has the cursor or address of the next page, as `meta.next`; `next` when left out"),
    "size": Field(Count(), "how many rows a page has; needed for `offset`"),
    "first": Field(Count(), "the number of the first page; 1 when left out"),
})  # fmt: skip
_ENDPOINT = Record("Endpoint", Endpoint, {
    "path": Field(Line(), "the path and query behind `at`, with names between braces where something is filled in: `value`, or columns", required=True),
    "method": Field(OneOf(Method), "how it is sent; `get` to find, `delete` to delete, `patch` to change when left out"),
    "body": Field(Line(), "the body as JSON on one line; a text in it that is one name between braces is filled in"),
    "rows": Field(Line(), "where the answer has the rows, as `data.items`; the answer itself when left out"),
    "paging": Field(_PAGING, "how a list goes on; one page when left out"),
})  # fmt: skip
_TABLE = Record("Table", ServiceTable, {
    "columns": Field(MapOf(Record("Column", ServiceColumn, {"sort": Field(OneOf(Sort), "what it holds; `text` when left out")})), "the members of a row", required=True),
    "key": Field(ListOf(Id()), "the columns that tell two rows apart", required=True),
    "find": Field(MapOf(_ENDPOINT), "by which columns rows can be found, and how", required=True),
    "delete": Field(_ENDPOINT, "how one row is deleted; without it the rows stay"),
    "change": Field(_ENDPOINT, "how one row is changed; the body is the columns that change"),
})  # fmt: skip
AUTH = Record("Auth", Auth, {
    "kind": Field(OneOf(AuthKind), "what opens the service", required=True),
    "secret": Field(Id(), "the name of the sealed secret: password, token, or client secret", required=True),
    "user": Field(Id(), "the name of the sealed user name or client id"),
    "header": Field(Line(), "the header that takes the secret, for the kind `header`"),
    "token": Field(Line(), "the path behind `at` that gives tokens, for `client-credentials`"),
    "scope": Field(Line(), "the scope to ask for, for `client-credentials`"),
})  # fmt: skip
SERVICE = Record("Service", Service, {
    "service": Field(Id(), "its name", required=True),
    "title": Field(Prose(), "its name for people"),
    "at": Field(Line(), "where it is: `https://host/path`, before every path below", required=True),
    "auth": Field(AUTH, "what opens it"),
    "rate": Field(Count(), "how many requests a second it may be sent; 10 when left out"),
    "tables": Field(MapOf(_TABLE), "what it holds", required=True),
})  # fmt: skip


def service_schema() -> Schema:
    """The JSON Schema of a service's file."""
    return document_schema(SERVICE, "An HTTP service that Janji searches and erases in", ADDRESS)


def parse_service(name: str, data: bytes) -> Service:
    """The service that a file describes. Raises `Invalid` with every mistake and its place."""
    return read_described(name, data, SERVICE, _checked, say(N_("`{file}` does not describe a service"), file=name))


def _checked(read: Service, reader: Reader) -> Service:
    found = _completed(read)
    _check(found, reader)
    return found


def _completed(service: Service) -> Service:
    """Methods that were left out, by what an endpoint is for."""
    def meant(endpoint: Endpoint | None, method: Method) -> Endpoint | None:
        return replace(endpoint, method=method) if endpoint is not None and endpoint.method is Method.GET else endpoint

    tables = {
        name: replace(table, delete=meant(table.delete, Method.DELETE), change=meant(table.change, Method.PATCH))
        for name, table in service.tables.items()
    }  # fmt: skip
    return replace(service, tables=tables, at=service.at.rstrip("/"))


def _check(service: Service, reader: Reader) -> None:
    if _BASE.fullmatch(service.at) is None:
        reader.error("bad-address", say(N_("`at` is no address of a service")), service.place, say(N_("write it as `https://host/path`")))
    if service.rate < 1:
        reader.error("bad-rate", say(N_("a service that may be asked nothing cannot be searched")), service.place, say(N_("allow at least 1 request a second")))
    auth = service.auth
    if auth is not None and ((auth.kind in (AuthKind.BASIC, AuthKind.CLIENT) and not auth.user) or (auth.kind is AuthKind.CLIENT and _PATH.fullmatch(auth.token) is None)):
        reader.error("auth-incomplete", say(N_("`{kind}` needs more than a secret"), kind=auth.kind), auth.place, say(N_("add `user`, and for `client-credentials` `token`")))
    for table in service.tables.values():
        for column in table.key:
            if column not in table.columns:
                reader.error("unknown-column", say(N_("`{column}` is no column of `{table}`"), column=column, table=table.id), table.place, say(N_("name it under `columns`")))
        for column, endpoint in table.find.items():
            if column not in table.columns:
                reader.error("unknown-column", say(N_("`{column}` is no column of `{table}`"), column=column, table=table.id), endpoint.place, say(N_("name it under `columns`")))
            _check_endpoint(endpoint, {VALUE}, reader)
        for sent in (table.delete, table.change):
            if sent is not None:
                _check_endpoint(sent, set(table.columns), reader)


def _check_endpoint(endpoint: Endpoint, known: set[str], reader: Reader) -> None:
    """A path of plain characters, a body of JSON, and holes that can be filled; at least one."""
    try:
        holes = set(endpoint.holes)
    except ValueError:
        reader.error("bad-body", say(N_("this body is not JSON")), endpoint.place, say(N_("write it as JSON on one line, within single quotation marks")))
        return
    if _PATH.fullmatch(endpoint.path) is None or "//" in endpoint.path or {".", ".."} & set(endpoint.path.partition("?")[0].split("/")):
        reader.error("bad-path", say(N_("this is no path behind the address of the service")), endpoint.place, say(N_("write it as `/contacts?email={{value}}`")))
    if not holes or not holes <= known:
        words = ", ".join(f"`{{{word}}}`" for word in sorted(known))
        reader.error("bad-hole", say(N_("nothing can be filled in here, or something that is not known")), endpoint.place, say(N_("known here: {words}"), words=words))
    paging = endpoint.paging
    if paging is not None and paging.kind is PagingKind.OFFSET and not paging.size:
        reader.error("bad-paging", say(N_("`offset` needs to know how many rows a page has")), paging.place, say(N_("add `size`")))


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for one in inner for text in _texts(one)]


