"""Precision and recall of something that finds, held against labels."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Score:
    """How often what was found is what was labelled, with a line for each difference."""

    hits: int = 0
    alarms: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """The share of the finds that are right; 1 when there are none."""
        return self.hits / (self.hits + len(self.alarms)) if self.hits + len(self.alarms) else 1.0

    @property
    def recall(self) -> float:
        """The share of the labels that were found; 1 when there are none."""
        return self.hits / (self.hits + len(self.misses)) if self.hits + len(self.misses) else 1.0
