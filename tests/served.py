"""A real `janji serve` with a policy in force and keys for applications, for as long as a test wants it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.serving import Running, environment, serving

SCOPES = (
    "decide", "collect", "consents:write", "consents:read", "subjects:write", "subjects:read", "tracks:read", "webhooks",
)  # fmt: skip


@dataclass(frozen=True)
class Served:
    """A Janji that serves: its process, and the environment in which the program works beside it."""

    running: Running
    environment: Mapping[str, str]
    folder: Path

    @property
    def url(self) -> str:
        """Where it listens."""
        return self.running.url

    def janji(self, *words: str) -> Any:
        """Run the program beside the server; what it writes, as JSON."""
        return json.loads(_janji(self.environment, self.folder, *words, "--format", "json"))

    def key(self, scopes: Sequence[str] = SCOPES, application: str = "shop") -> str:
        """A fresh key with these scopes."""
        made = self.janji("api-key", "create", application, *(word for scope in scopes for word in ("--scope", scope)))
        return str(made["key"])


@contextmanager
def served(folder: Path, database_url: str, policy: Path) -> Iterator[Served]:
    """Put a policy in force on an empty database, and serve it; webhooks reach this machine."""
    more = {"JANJI_WEBHOOK_NETWORKS": "127.0.0.0/8"}
    environ = environment(folder, database_url, **more)
    _janji(environ, folder, "init")
    _janji(environ, folder, "policy", "publish", str(policy))
    with serving(folder, database_url, **more) as running:
        yield Served(running, environ, folder)
        assert running.process.poll() is not None or running.end() == 0


def _janji(environ: Mapping[str, str], folder: Path, *words: str) -> str:
    done = subprocess.run([sys.executable, "-m", "janji", *words], cwd=folder, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
