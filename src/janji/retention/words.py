"""How far a sweep is, in words."""

from __future__ import annotations

from janji.terms.messages import N_

STATES = {
    "due": N_("over"), "doing": N_("was being done"), "done": N_("done"), "partly": N_("not all"), "not-anonymous": N_("not anonymous"),
    "blocked": N_("blocked"), "held": N_("held"), "failed": N_("failed"), "begun": N_("running"), "cut": N_("cut off"),
}  # fmt: skip
"""The states of a sweep, and of its parts."""
