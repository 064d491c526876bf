"""Stores that are no databases opened by their addresses: folders, buckets, services and processors, within the settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote, urlsplit

from janji.errors import Invalid
from janji.files.reading import read_file
from janji.network.addresses import Reach
from janji.terms.messages import N_, say

if TYPE_CHECKING:
    from janji.connectors.base import Connector
    from janji.workflows.runtime import Runtime


def open_outside(runtime: Runtime, name: str, address: str) -> Connector:
    """The connector of an address, by how it begins.

    `file:///folder`, `s3://KEY:SECRET@bucket/prefix?...`, `service:/file.yaml?name=secret`, `opendsr:/file.yaml?name=secret`: what
    stands behind `?` of the last two are secrets by the names that the file gives them. Raises `Invalid` for an address or a
    file with mistakes, `Unavailable` when nothing answers or DuckDB is missing.
    """
    from janji.connectors.bounds import LIMITS
    from janji.network.asking import Asker

    parts, reach = urlsplit(address), Reach(runtime.settings.service_networks)
    if parts.scheme == "file":
        from janji.connectors.files import open_folder

        return open_folder(name, _path(address))
    if parts.scheme == "s3":
        from janji.connectors.buckets import open_bucket, read_address

        return open_bucket(name, read_address(address), Asker(reach, LIMITS.statement), runtime.now)
    path = _path(address)
    if parts.scheme == "service":
        from janji.connectors.service_format import parse_service
        from janji.connectors.services import open_service

        return open_service(name, parse_service(path.name, read_file(path)), _secrets(address), Asker(reach))
    from janji.connectors.processor_format import parse_processor
    from janji.connectors.processors import OpenDsrProcessorConnector
    from janji.workflows.processors import RecordNotes, callback_url

    processor = parse_processor(path.name, read_file(path))
    return OpenDsrProcessorConnector(
        name, processor, _secrets(address), Asker(reach), RecordNotes(runtime), runtime.now, callback_url(runtime.settings)
    )


def _path(address: str) -> Path:
    """The path of an address on this machine. Raises `Invalid` for one on another."""
    parts = urlsplit(address)
    if parts.netloc not in ("", "localhost") or not parts.path:
        raise Invalid(say(N_("this is no address of a file or folder of this machine")), say(N_("write it with three slashes, as `file:///srv/logs`")))
    return Path(unquote(parts.path))


def _secrets(address: str) -> Mapping[str, str]:
    """The secrets behind an address by their names."""
    try:
        return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True) if urlsplit(address).query else ())
    except ValueError:
        raise Invalid(say(N_("what stands behind the address are no secrets")), say(N_("write them as `?name=secret&other=secret`, percent-encoded"))) from None
