"""Our own database: values in, values out; no row object leaves, and nothing here commits."""

from __future__ import annotations

from janji.store.configuration import configure

configure()
