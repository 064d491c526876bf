"""Atom feeds (RFC 4287) as Django writes them, with the link from a version to what it changed."""

from __future__ import annotations

from typing import Any

from django.utils.feedgenerator import Atom1Feed


class Feed(Atom1Feed):
    """A feed whose entries may have a related page."""

    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        """The elements of one entry; what it changed is a link of its own."""
        super().add_item_elements(handler, item)
        if item.get("related") is not None:
            handler.addQuickElement("link", "", {"rel": "related", "href": item["related"]})
