"""What `detect-secrets` does not know: the keys that Janji itself gives out."""

from __future__ import annotations

import re

from detect_secrets.plugins.base import RegexBasedDetector


class JanjiKeyDetector(RegexBasedDetector):
    """API keys (`jk_...`), secrets of webhooks (`whsec_...`) and signing keys of notes."""

    secret_type = "Janji key"  # noqa: S105 - a name for people
    denylist = (
        re.compile(r"\bjk_[a-z0-9]{8}_[A-Za-z0-9_-]{43}\b"),
        re.compile(r"\bwhsec_[A-Za-z0-9+/]{32,}={0,2}"),
        re.compile(r"PRIVATE\+KEY\+\S+"),
    )
