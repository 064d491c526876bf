"""Values as they come in: limited to their declared parts, cut short, and read for texts and files."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from janji.collection.submission import Upload
from janji.policy.model import TouchpointField

_CUT = {4: 8, 6: 80}
"""How many bits of an address go, by its version: of 32, and of 128."""


def is_empty(value: Any) -> bool:
    """Whether nothing was given: absent, no text but blanks, nothing in a list or among parts."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or (isinstance(value, Mapping | list | tuple) and not value)


def limited(value: Any, declared: TouchpointField) -> tuple[Any, tuple[str, ...]]:
    """The value without what is not declared, and the names of the parts left out.

    A value without parts passes as it is, and so does a list of such. Parts are those named under `parts`, each without
    parts of its own. `None` when nothing is left.
    """
    if isinstance(value, Mapping):
        kept = {name: part for name, part in value.items() if name in declared.parts and not _has_parts(part)}
        return (kept or None), tuple(str(name) for name in value if name not in kept)
    if isinstance(value, list | tuple):
        found = [limited(item, declared) for item in value]
        kept_items = [item for item, _ in found if item is not None]
        return (kept_items or None), tuple(dict.fromkeys(name for _, names in found for name in names))
    return value, ()


def _has_parts(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list | tuple) and any(map(_has_parts, value)))


def shortened(value: Any) -> str | None:
    """An IP address (RFC 4291, RFC 791) without its end, as its network is written; `None` for anything else."""
    try:
        address = ipaddress.ip_address(value.strip() if isinstance(value, str) else "")
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    gone = _CUT[address.version]
    return str(type(address)(int(address) >> gone << gone))


def texts(value: Any, part: str | None = None) -> Iterator[tuple[str | None, str]]:
    """Every text in a value with the part it stands in: what was written, names of files, and what was read of them."""
    if isinstance(value, str):
        yield part, value
    elif isinstance(value, Upload):
        yield part, value.name
        if value.text is not None:
            yield part, value.text
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from texts(item, str(name))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item, part)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield part, str(value)


def uploads(value: Any) -> Iterator[Upload]:
    """Every file in a value."""
    if isinstance(value, Upload):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from uploads(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from uploads(item)


def read_birth(value: Any) -> date | None:
    """A date of birth as it is given, `2014-04-17`; `None` for anything else."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value.strip()) if isinstance(value, str) and len(value.strip()) == 10 else None
    except ValueError:
        return None
