"""Every screen of the privacy centre, by name: what pictures are taken of, what is looked through for barriers, and what is timed.

A screen has the address that it is opened by, or `{holes}` in it that the house at hand fills (`tests.centre_house` does), or a way
through a form. `route` is the address of its endpoint as the code writes it, so that a test can see that none is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: its name, its address with `language` still to come, and the endpoint that shows it."""

    name: str
    path: str
    route: str = ""

    @property
    def endpoint(self) -> str:
        """The endpoint that shows it."""
        return self.route or self.path.partition("?")[0]


OPEN = (
    Screen("home", "/"), Screen("rights", "/rights"), Screen("right-access", "/rights?right=access"), Screen("right-deletion", "/rights?right=deletion"),
    Screen("status", "/rights/status"), Screen("versions", "/versions"), Screen("help", "/help"), Screen("guardians", "/guardians"), Screen("numbers", "/numbers"),
    Screen("promises", "/promises"),
)  # fmt: skip
"""Pages that anybody can open, and that search engines could show."""
LINKED = (
    Screen("my-link", "{my_link}", "/my/in/{token}"), Screen("prove-link", "{prove_link}", "/rights/prove/{token}"), Screen("act", "{act}", "/rights/act/{token}"),
    Screen("request", "{request}", "/rights/page/{token}"), Screen("package", "{package}", "/packages/{token}"), Screen("unsubscribe", "{unsubscribe}", "/unsubscribe/{token}"),
    Screen("link-of-nobody", "/rights/page/none", "/rights/page/{token}"), Screen("nowhere", "/no-such-page", "-"),
)  # fmt: skip
"""Pages that links in messages lead to, and those that a broken one leads to."""
MINE = (
    Screen("my", "/my"), Screen("my-consents", "/my/consents"), Screen("my-stop", "/my/consents/stop?purpose=newsletters"), Screen("my-stop-all", "/my/consents/stop"),
    Screen("my-places", "/my/places"), Screen("my-correct", "/my/correct?data=name"), Screen("my-record", "/my/record"), Screen("my-requests", "/my/requests"),
    Screen("my-request-ready", "/my/requests/{ready}", "/my/requests/{uuidstr:id}"), Screen("my-request-refused", "/my/requests/{refused}", "/my/requests/{uuidstr:id}"),
    Screen("my-request-waits", "/my/requests/{waits}", "/my/requests/{uuidstr:id}"), Screen("my-contact", "/my/contact"),
    Screen("my-wards", "/my/wards"), Screen("my-yes", "/my/consents/yes?purpose=product-surveys"), Screen("my-trackers", "/my/trackers"), Screen("my-ask", "/my/ask"),
)  # fmt: skip
"""Pages of somebody who showed who they are."""
FORMS = ("form-say", "form-fault", "form-review", "form-receipt", "form-code-fault", "my-ward", "sign-in", "sign-in-code", "sign-in-code-fault")
"""Pages that a form answers with; `tests.walking` goes there."""
FILES = ("/my/consents/receipts", "/my/consents/{uuidstr:event}/receipt", "/rights/page/{token}/certificate")
"""Addresses of the centre that give a file and no screen."""
