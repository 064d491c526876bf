"""Sentences on screens of the console: what stands in backticks is a name, and is set as one."""

from __future__ import annotations

import re

from django.utils.html import conditional_escape, format_html_join
from django.utils.safestring import SafeString

_NAMED = re.compile("`([^`]+)`")


def prose(text: str) -> SafeString:
    """A sentence for a page, its names as code; whatever else is in it stays text."""
    parts = _NAMED.split(text)
    return SafeString(conditional_escape(parts[0])) + format_html_join("", "<code>{}</code>{}", zip(parts[1::2], parts[2::2], strict=True))
