"""A house with a shop whose people have packages made for requests, and short words for looking into one."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4
from zipfile import ZipFile

from janji.workflows.gathering import search
from janji.workflows.house import House
from janji.workflows.person_packages import copy_for_staff, write_package


def packaged(house: House, subject: UUID, language: str = "en") -> UUID:
    """Gather what is held about a person and make their package; the request it is for."""
    found, request = search(house, [subject]), uuid4()
    write_package(house, request, found.id, subject, language)
    return request


def unpacked(house: House, request: UUID, folder: Path) -> dict[str, bytes]:
    """The files of a package, written to a folder too."""
    folder.mkdir(exist_ok=True)
    copy_for_staff(house, request, folder / "p.zip", "Dewi")
    return opened((folder / "p.zip").read_bytes(), folder)


def opened(data: bytes, folder: Path | None = None) -> dict[str, bytes]:
    """The files of a ZIP."""
    with ZipFile(io.BytesIO(data)) as held:
        assert held.testzip() is None
        if folder is not None:
            held.extractall(folder)
        return {name: held.read(name) for name in held.namelist()}


def rows(files: dict[str, bytes], path: str) -> list[dict[str, Any]]:
    """The rows of a JSON file."""
    return list(json.loads(files[path])["rows"])
