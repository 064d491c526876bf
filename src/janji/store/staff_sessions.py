"""Sessions of browsers at the console, as Django keeps them in a database; a key is stored as its digest, so that whoever reads the table is nobody."""

from __future__ import annotations

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from janji.store.staff_models import StaffSession


class SessionStore(DatabaseStore):
    """Django's store of sessions over our table."""

    @classmethod
    def get_model_class(cls) -> type[StaffSession]:  # type: ignore[override]  # any model with these three fields will do
        """Our table."""
        return StaffSession

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing for one that is not there, or over."""
        row = StaffSession.objects.filter(session_key=_digest(self.session_key or ""), expire_date__gt=timezone.now()).first()
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row.session_data))

    def exists(self, session_key: str | None) -> bool:
        """Whether there is one with this key."""
        return StaffSession.objects.filter(session_key=_digest(session_key or "")).exists()

    def create_model_instance(self, data: dict[str, Any]) -> StaffSession:  # type: ignore[override]
        """The row of what a session holds."""
        return StaffSession(session_key=_digest(self._get_or_create_session_key()), session_data=self.encode(data), expire_date=self.get_expiry_date())  # type: ignore[attr-defined]  # the stubs lack it

    def delete(self, session_key: str | None = None) -> None:
        """End a session, this one unless another is named."""
        key = self.session_key if session_key is None else session_key
        if key is not None:
            StaffSession.objects.filter(session_key=_digest(key)).delete()


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
