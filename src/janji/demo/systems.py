"""The systems of the made-up company, by name."""

from __future__ import annotations

from collections.abc import Mapping

from janji.demo.care import CARE
from janji.demo.community import COMMUNITY
from janji.demo.mycontoh import MYCONTOH
from janji.demo.recruitment import RECRUITMENT
from janji.demo.sheets import Made
from janji.demo.weblogs import WEBLOGS

SYSTEMS: Mapping[str, Made] = {made.name: made for made in (MYCONTOH, CARE, COMMUNITY, RECRUITMENT, WEBLOGS)}
MOST = 900_000
"""So many people have numbers that differ."""
