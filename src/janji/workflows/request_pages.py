"""The page of a request: where it is at the site, by a link that only the house can make."""

from __future__ import annotations

from uuid import UUID

from janji.store import vault
from janji.workflows import tokens
from janji.workflows.house import House

PATH = "/rights/page/"


def page_path(house: House, id: UUID, *, shown: bool) -> str:
    """Where a request's page is at the site: for whoever filed it, or for whom it was shown to be."""
    return f"{PATH}{tokens.write_token(_page_key(house), id.bytes + bytes([shown]))}"


def read_page_path(house: House, token: str) -> tuple[UUID, bool] | None:
    """The request of a page, and whether the link was given once it was shown who asks; `None` for what is none of ours."""
    value = tokens.read_token(_page_key(house), token)
    return None if value is None else (UUID(bytes=value[:16]), bool(value[16]))


def _page_key(house: House) -> bytes:
    return vault.derived_key(house.secrets.pseudonym, "rights page 1")
