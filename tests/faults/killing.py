"""A process that kills itself at a step: the one way in which the programs of the fault tests die."""

from __future__ import annotations

import os
import signal
from typing import Any


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
