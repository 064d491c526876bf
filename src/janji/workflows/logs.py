"""What a long-lived process logs: one line an event on standard error, JSON or text, nothing of anybody in it."""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

import orjson

from janji.errors import JanjiError
from janji.workflows.runtime import Settings

OURS = "janji"
FRAMES = 4
"""So many of the last places of an error are named."""

LOG = logging.getLogger(OURS)


def log_to_stderr(settings: Settings) -> None:
    """Let everything in this process log to standard error as the settings say."""
    text = settings.log_format == "text" or (settings.log_format == "auto" and sys.stderr.isatty())
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(TextLines() if text else JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOG.setLevel(settings.log_level.upper())
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a line for every request that waits for a thread
    logging.raiseExceptions = False
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False  # looked up for every line, and said in none


def event(name: str, level: int = logging.INFO, error: BaseException | None = None, **fields: object) -> None:
    """Log one event: its name, which is a code, and its fields, which must be about nobody."""
    if LOG.isEnabledFor(level):
        LOG.log(level, name, extra={"fields": fields}, exc_info=error)


def code_of(error: BaseException) -> str:
    """What may be said of an error everywhere: its kind. Texts of errors that are not ours can quote values."""
    return type(error).__name__.lower()


def places(trace: TracebackType | None) -> list[str]:
    """Where an error came from: the last places in files, without what stood there."""
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(trace)[-FRAMES:]]


def parts(record: logging.LogRecord) -> dict[str, Any]:
    """What is written of a record. Of a library's nothing but who logged, and where: its words may quote anything."""
    held: dict[str, Any] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "level": record.levelname.lower(),
    }  # fmt: skip
    if record.name.partition(".")[0] == OURS:
        held |= {"event": record.getMessage(), **getattr(record, "fields", {})}
    else:
        held |= {"event": "library", "library": record.name.partition(".")[0], "place": f"{record.module}:{record.lineno}"}
    error = record.exc_info[1] if record.exc_info else None
    if error is not None:
        held["error"] = code_of(error)
        if not isinstance(error, JanjiError):
            held["places"] = places(error.__traceback__)
    return held


class JsonLines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        return orjson.dumps(parts(record), default=str).decode()


class TextLines(logging.Formatter):
    """The same for people: the instant, the level, the event, and its fields as `name=value`."""

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        held = parts(record)
        at, level, name = held.pop("at"), held.pop("level"), held.pop("event")
        return " ".join([at, f"{level:<7}", name, *(f"{key}={value}" for key, value in held.items())])
