"""Plain words for the vocabularies of a policy itself: trackers, whose they are, and what is done for a child."""

from __future__ import annotations

from janji.policy.model import ChildAccess, Party, TrackerKind
from janji.terms.messages import N_

TRACKERS = {
    TrackerKind.COOKIE: N_("cookie"),
    TrackerKind.STORAGE: N_("storage in the browser"),
    TrackerKind.BEACON: N_("beacon"),
    TrackerKind.SCRIPT: N_("script"),
    TrackerKind.PLUGIN: N_("plugin"),
    TrackerKind.IDENTIFIER: N_("identifier"),
    TrackerKind.LOG: N_("log"),
}

PARTIES = {Party.FIRST: N_("our own"), Party.THIRD: N_("of a third party")}

CHILDREN = {
    ChildAccess.OPEN: N_("for a child too, without a guardian"),
    ChildAccess.GUARDIAN: N_("for a child only with the verified consent of a parent or guardian"),
    ChildAccess.NEVER: N_("never for a child"),
}
