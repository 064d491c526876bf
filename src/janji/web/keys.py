"""Who asks: API keys as bearer tokens (RFC 6750), and the scopes and purposes that they open."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.security import HttpBearer

from janji.terms.messages import N_, say
from janji.web.limits import limit_key
from janji.web.negotiation import accept_json
from janji.web.problems import Problem
from janji.web.requests import door_of, key_of
from janji.workflows.api_keys import Key, Scope


class ApiKey(HttpBearer):
    """The check of an endpoint: `auth=ApiKey(Scope.DECIDE)`; without a scope any key will do."""

    openapi_bearerFormat = "jk_<id>_<secret>"  # noqa: N815 - the name is OpenAPI's
    openapi_description = "A key that `janji api-key create` made, with the scope that the operation names."

    def __init__(self, scope: Scope | None = None) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Key:
        """The key that was shown; raises a problem when there is none, or it does not open this."""
        accept_json(request)
        words = request.META.get("HTTP_AUTHORIZATION", "").split(" ")
        token = words[1] if len(words) == 2 and words[0].lower() == "bearer" else ""
        return self.authenticate(request, token)

    def authenticate(self, request: HttpRequest, token: str) -> Key:
        """The key of a token."""
        key = door_of(request).keys.find(token) if token else None
        if key is None:
            raise Problem(
                401, "unauthenticated", say(N_("this address needs a key")), say(N_("send it as `Authorization: Bearer jk_...`")),
                headers={"WWW-Authenticate": 'Bearer realm="janji"'},
            )  # fmt: skip
        limit_key(request, key)
        if self.scope is not None and self.scope not in key.scopes:
            raise Problem(403, "scope", say(N_("the key lacks the scope `{scope}`"), scope=self.scope), say(N_("ask for a key that has it")))
        return key


def within(request: HttpRequest, purpose: str) -> None:
    """Raise a problem unless the key that was shown is about this purpose."""
    if not key_of(request).sees(purpose):
        raise outside()


def outside() -> Problem:
    """The problem of a purpose that is none of the key's."""
    return Problem(403, "purpose", say(N_("the key is confined to other purposes")), say(N_("`GET /v1/me` lists them")))
