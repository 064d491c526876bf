"""Ask Janji before you collect, use or share data about a person."""

from janji_client.answers import (
    Collected,
    Consent,
    Decision,
    Delivery,
    Event,
    Explanation,
    Held,
    Me,
    Missing,
    Point,
    Reason,
    Recorded,
    Rejected,
    Standing,
    UnsubscribeLink,
    Verdict,
    Webhook,
)  # fmt: skip
from janji_client.clients import AsyncClient, Client
from janji_client.problems import (
    Busy,
    Conflict,
    Failed,
    Fault,
    Invalid,
    JanjiError,
    NotAllowed,
    NotFound,
    Unavailable,
    Unreachable,
)  # fmt: skip
from janji_client.questions import Choice, Identifier, Question, Subject, email, phone
from janji_client.sending import Patience
from janji_client.version import __version__

__all__ = [
    "AsyncClient", "Busy", "Choice", "Client", "Collected", "Conflict", "Consent", "Decision", "Delivery", "Event",
    "Explanation", "Failed", "Fault", "Held", "Identifier", "Invalid", "JanjiError", "Me", "Missing", "NotAllowed",
    "NotFound", "Patience", "Point", "Question", "Reason", "Recorded", "Rejected", "Standing", "Subject",
    "Unavailable", "Unreachable", "UnsubscribeLink", "Verdict", "Webhook", "__version__", "email", "phone",
]  # fmt: skip
