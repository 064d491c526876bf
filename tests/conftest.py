"""What every test stands on: the root of the repository, and Hypothesis without time limits."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent

settings.register_profile("janji", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)
settings.load_profile("janji")

for name in [name for name in os.environ if name.startswith("JANJI_") and name != "JANJI_EXAMPLES"]:
    del os.environ[name]


@pytest.fixture(scope="session")
def root() -> Path:
    """The root of the repository."""
    return ROOT
