"""A process that kills itself at a step: the one way in which the programs of the fault tests die."""

from __future__ import annotations

import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any

import psycopg
from tests.serving import wait_until

PATIENCE = 300


def die_at(place: Any, name: str, nth: int, *, after: bool) -> None:
    """Let this process kill itself before or after the nth call of a function of a module."""
    real = getattr(place, name)
    left = [nth]

    def mortal(*words: Any, **named: Any) -> Any:
        left[0] -= 1
        if left[0] == 0 and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*words, **named)
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(place, name, mortal)


def fork_and_die(url: str, work: Callable[[], object]) -> None:
    """Do this in a process of its own, which is begun as this one stands, and see that it was killed, and that the database at `url` knows.

    Whoever calls has closed what two processes cannot share; the new one opens its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # newer Pythons warn where there are threads; the child uses none of them
        child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:  # the parent is told by how this ends
            traceback.print_exc()
        finally:
            os._exit(1)
    end = time.monotonic() + PATIENCE
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > end:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise AssertionError("it neither died nor ended")
        time.sleep(0.005)
    assert os.WIFSIGNALED(done[1]), "it ended, and was not killed"
    assert os.WTERMSIG(done[1]) == signal.SIGKILL
    with psycopg.connect(url, autocommit=True) as link:  # until the server has seen it, the dead hold their locks
        wait_until(lambda: link.execute(_OTHERS).fetchone() == (0,))


_OTHERS = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid() AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
