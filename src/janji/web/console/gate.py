"""What django-allauth asks of us: who staff are, what a passkey is made for, and whom of the company's own sign-in we know."""

from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from typing import Any

import jwt
from allauth.account.adapter import DefaultAccountAdapter
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter, get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth import get_user_model
from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from janji.errors import Invalid
from janji.terms.messages import N_, say
from janji.web.console import CONSOLE
from janji.web.console.shell import sign_in
from janji.web.documents import site_of
from janji.web.pages import controller_name, page_tongue
from janji.web.requests import door_of
from janji.workflows.staff import UNTIL, signed_in

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
"""How an identity token may be signed: with a key that the provider alone has."""
APART = 60
"""Seconds by which two clocks may differ."""
COMPANY = "company"
"""The one provider of sign-in beside passkeys."""


class Backend(BaseBackend):
    """Whose a session is: an account that was not stopped. There is nothing else to show, and no password."""

    def get_user(self, user_id: Any) -> Any:
        """The account of a number."""
        return get_user_model().objects.filter(pk=user_id, stopped=None).first()


class Accounts(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """How a session begins, however somebody showed who they are."""

    def login(self, request: HttpRequest, user: Any) -> None:
        """Begin a session with a key of its own, whatever key the browser came with, that ends by itself."""
        user.backend = f"{Backend.__module__}.{Backend.__name__}"
        super().login(request, user)
        request.session.cycle_key()
        request.session[UNTIL] = signed_in(door_of(request).house(), str(user.pk))

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """To the first screen, always: nobody else's words lead anywhere."""
        return f"{CONSOLE}?language={page_tongue(request).language}"

    def get_login_stages(self) -> list[str]:
        """None: a passkey is two factors, and the company's sign-in is the company's."""
        return []

    def is_open_for_signup(self, *_: Any) -> bool:
        """Never: an officer or the command line makes accounts."""
        return False

    def is_reauthentication_required(self, **_: Any) -> bool:
        """Not again within a session of this length."""
        return False

    def respond_user_inactive(self, request: HttpRequest, user: Any) -> HttpResponse:
        """As whoever is not known."""
        return refused(request)

    def send_notification_mail(self, *_: Any, **__: Any) -> None:
        """We have no texts of theirs to send."""


class Passkeys(DefaultMFAAdapter):  # type: ignore[misc]
    """What a passkey is made for: this site by its name, and the account by its number."""

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site."""
        request = context.request
        return {"id": request.get_host().rpartition(":")[0] or request.get_host(), "name": controller_name(door_of(request).house()) or "Janji"}

    def get_public_key_credential_user_entity(self, user: Any) -> dict[str, Any]:
        """The account; its address shows which one it is where a device holds several."""
        return {**super().get_public_key_credential_user_entity(user), "display_name": user.name, "name": user.email}

    def generate_authenticator_name(self, user: Any, type: Any) -> str:
        """What a passkey without a name is called."""
        return str(page_tongue(context.request).translate(N_("Passkey")))


class _Company(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The company's sign-in, held to its word: the issuer that was set, and a signed statement of who it is."""

    @property
    def openid_config(self) -> dict[str, Any]:
        """What it says of itself; it must be who it was set to be (OpenID Connect Discovery 4.3)."""
        found: dict[str, Any] = super().openid_config
        issuer = self.get_provider().app.settings["server_url"]
        if str(found.get("issuer", "")).rstrip("/") != issuer.rstrip("/"):
            raise OAuth2Error("another issuer")
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """Where it sends people back to."""
        return f"{site_of(request)}{reverse('openid_connect_callback', kwargs={'provider_id': COMPANY})}"

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        """Who came: only by an identity token that is signed, for us and of this issuer (OpenID Connect Core 3.1.3.7, 5.3.2)."""
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("no identity token")
        login = super().complete_login(request, app, token, **kwargs)
        held = login.account.extra_data
        claims, told = held["id_token"], held.get("userinfo") or {}
        if told and told.get("sub") != claims.get("sub"):
            raise OAuth2Error("two people")
        login.claims = {**told, **claims}
        login.account.uid = hashlib.sha256(f"{claims['iss']}\0{claims['sub']}".encode()).hexdigest()
        login.account.extra_data = {}  # nothing is kept that is not needed
        return login


    def _decode_id_token(self, app: Any, id_token: str) -> dict[str, Any]:
        """The statement, whose signature must be one of the keys that the issuer publishes; where several are and none is named, any of them."""
        with self._session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        try:
            named = jwt.get_unverified_header(id_token).get("kid")
            for key in jwt.PyJWKSet.from_dict(answer.json()).keys:
                if named is None or key.key_id in (None, named):
                    with suppress(jwt.InvalidSignatureError, jwt.InvalidKeyError):
                        found: dict[str, Any] = jwt.decode(
                            id_token, key.key, algorithms=ALGORITHMS, audience=app.client_id, issuer=self.openid_config["issuer"],
                            leeway=APART, options={"require": ["aud", "exp", "iss", "sub"]},
                        )  # fmt: skip
                        return found
        except jwt.PyJWTError:
            pass
        raise OAuth2Error("no identity token that can be believed")

    def _session(self) -> Any:
        return get_adapter().get_requests_session()


class _Provider(OpenIDConnectProvider):  # type: ignore[misc]
    oauth2_adapter_class = _Company


class Company(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Sign-in by the company's own provider: only for accounts that are here, by an address that it has verified."""

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """The provider of the settings, if one is set."""
        held = door_of(request).runtime.settings
        if not held.oidc_issuer or not held.oidc_client or provider not in (None, COMPANY):
            return []
        return [SocialApp(provider="openid_connect", provider_id=COMPANY, name=COMPANY, client_id=held.oidc_client, secret=held.oidc_secret or "",
                          settings={"server_url": held.oidc_issuer.rstrip("/"), "oauth_pkce_enabled": True})]  # fmt: skip

    def get_provider(self, request: HttpRequest, provider: Any, client_id: Any = None) -> Any:
        """The provider of the settings; raises allauth's error where none is set."""
        return _Provider(request, app=self.get_app(request, provider))

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Whom it vouches for must be one of us: by who they were the first time, or the first time by their address."""
        claims, nonce = sociallogin.claims, str((sociallogin.state.get("data") or {}).get("nonce", ""))
        if not nonce or not hmac.compare_digest(nonce, str(claims.get("nonce", ""))):
            raise ImmediateHttpResponse(refused(request))
        if sociallogin.is_existing:
            return
        address = str(claims.get("email", "")).lower()
        user = get_user_model().objects.filter(email=address, stopped=None).first() if claims.get("email_verified") is True else None
        if user is None or type(sociallogin.account).objects.filter(user=user).exists():
            raise ImmediateHttpResponse(refused(request))  # unknown, or somebody else has come with this address before
        sociallogin.user = sociallogin.account.user = user
        sociallogin.account.save()

    def is_open_for_signup(self, *_: Any) -> bool:
        """Never."""
        return False

    def on_authentication_error(self, request: HttpRequest, provider: Any, **_: Any) -> None:
        """Whatever went wrong there, our page says no more than that."""
        raise ImmediateHttpResponse(refused(request))


def back_from_company(request: HttpRequest, provider_id: str) -> HttpResponse:
    """What comes of somebody who was sent back by the company's sign-in."""
    answer: HttpResponse = OAuth2CallbackView.adapter_view(_Company(request, provider_id))(request)
    return answer


def refused(request: HttpRequest) -> HttpResponse:
    """The page for whom the company's sign-in did not bring in; the same for every reason."""
    return sign_in(request, Invalid(say(N_("the company sign-in did not bring you in")), say(N_("it must be the one of your account here, with the same address; ask the data protection officer"))), 403)
