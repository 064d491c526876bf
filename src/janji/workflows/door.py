"""The door: the opened house of a process that lives long, under whatever policy is in force."""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import cache
from typing import TypeVar

from janji.errors import Conflict
from janji.files.translations import LANGUAGES, load_tongue
from janji.store import policies
from janji.terms.messages import Tongue
from janji.terms.words import SHOWN_IN
from janji.workflows.allowances import Allowances
from janji.workflows.api_keys import Keyring
from janji.workflows.forgetting import open_record
from janji.workflows.house import House, clock_of
from janji.workflows.in_force import in_force
from janji.workflows.runtime import Runtime

BELIEVED = timedelta(seconds=1)
"""How long the policy in force is believed to be the one that was read last."""

T = TypeVar("T")


class Door:
    """The house of a long-lived process, for every thread of it."""

    def __init__(self, house: House) -> None:
        self.runtime = house.runtime
        self.keys = Keyring(house.runtime)
        self._house = house
        self.allowances = Allowances(house.runtime, self.secret("allowance"))
        self._looked = house.runtime.now()
        self._stale = False
        self._lock = threading.Lock()
        self._sleepers: dict[str, threading.Event] = {}

    def house(self) -> House:
        """The house under the policy in force, which is looked up again at most every second.

        Whoever comes while another thread reads a new version is served under the one before.
        """
        now = self.runtime.now()
        if (self._stale or not timedelta(0) <= now - self._looked < BELIEVED) and self._lock.acquire(blocking=self._stale):
            try:
                self._look_again()
            finally:
                self._lock.release()
        return self._house

    def outdated(self) -> None:
        """Somebody published: look the policy up before anything else is done."""
        self._stale = True

    def sleeper(self, step: str) -> threading.Event:
        """What a step of the worker of this process sleeps on between two times."""
        return self._sleepers.setdefault(step, threading.Event())

    def wake(self, step: str) -> None:
        """Let a step be done at once, if a worker of this process does it; another process comes to it in its own time."""
        self.sleeper(step).set()

    def do(self, work: Callable[[House], T]) -> T:
        """What `work` gives; once more, under the newest policy, when somebody was faster. Nothing was half done then."""
        try:
            return work(self.house())
        except Conflict:
            self.outdated()
            return work(self.house())

    def tongue(self, language: str) -> Tongue:
        """A language that the house speaks, by its code; the language of the house for any other."""
        return _tongue(language) if language in LANGUAGES else self.runtime.tongue

    def secret(self, name: str) -> bytes:
        """32 bytes that only this house knows, others for each name; the same in every process and after every start."""
        return hmac.digest(self._house.secrets.index, b"door\x00" + name.encode(), hashlib.sha256)

    def _look_again(self) -> None:
        now = self.runtime.now()
        published = self._house.published
        newest = policies.newest()
        if newest is not None and (published is None or published.number != newest):
            self._house = replace(self._house, published=in_force())
            SHOWN_IN.place = clock_of(self.runtime, self._house.published)
        self._looked, self._stale = now, False


@contextmanager
def open_door(runtime: Runtime) -> Iterator[Door]:
    """The door of the house of these settings; raises as `workflows.forgetting.open_record` does."""
    with open_record(runtime) as house:
        yield Door(house)


@cache
def _tongue(language: str) -> Tongue:
    return load_tongue(language)
