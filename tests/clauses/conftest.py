"""The policy of PT Sony Indonesia, opened and compiled once for all tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.clauses.asking import Sony

from janji.workflows.policies import open_policy

POLICY = Path(__file__).parents[2] / "policies" / "pt-sony-indonesia"


@pytest.fixture(scope="session")
def sony() -> Sony:
    """The operating policy of PT Sony Indonesia."""
    opened = open_policy(POLICY)
    return Sony(opened, opened.compiled)
