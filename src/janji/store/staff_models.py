"""The tables of the people who work here: accounts, sessions, passkeys, and who they are at the company's sign-in."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class StaffMember(models.Model):
    """An account of a member of staff; what Django and django-allauth take for a user. No password: there is no column for one."""

    USERNAME_FIELD = EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    is_authenticated = True
    is_anonymous = False

    id = models.UUIDField(primary_key=True)
    name = models.TextField(help_text="what decisions are signed with")
    email = models.TextField(unique=True, help_text="in small letters")
    role = models.TextField()
    systems = models.JSONField(help_text="the systems in the care of an owner")
    epoch = models.IntegerField(help_text="sessions of another one are over")
    made = models.DateTimeField()
    stopped = models.DateTimeField(null=True)
    seen = models.DateTimeField(null=True, help_text="when they signed in last")
    link = models.BinaryField(null=True, unique=True, help_text="digest of the link that signs in once")
    link_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "staff"

    @property
    def is_active(self) -> bool:
        """Whether they may sign in at all."""
        return self.stopped is None

    def get_session_auth_hash(self) -> str:
        """What a session must have kept to be one of today's: a new role or an end changes it."""
        return str(self.epoch)

    def has_usable_password(self) -> bool:
        """Never."""
        return False

    def set_unusable_password(self) -> None:
        """Nothing to do."""


class StaffSession(models.Model):
    """A session of a browser at the console, by a digest of its key."""

    session_key = models.TextField(primary_key=True)
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "staff_session"


class StaffKey(models.Model):
    """A passkey. The table is the one that django-allauth calls its own, so that it is made and backed up where that is not installed."""

    user = models.ForeignKey(StaffMember, models.CASCADE)
    type = models.CharField(max_length=20)
    data = models.JSONField(help_text="name and public key")
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "mfa_authenticator"


class StaffIdentity(models.Model):
    """Who a member of staff is at the company's own sign-in (OpenID Connect); django-allauth's table, as above."""

    user = models.ForeignKey(StaffMember, models.CASCADE)
    provider = models.CharField(max_length=200)
    uid = models.CharField(max_length=191, help_text="digest of issuer and subject")
    last_login = models.DateTimeField()
    date_joined = models.DateTimeField()
    extra_data = models.JSONField(help_text="nothing")

    class Meta:
        db_table = "socialaccount_socialaccount"
        constraints: ClassVar = [models.UniqueConstraint(fields=["provider", "uid"], name="one_identity_at_the_sign_in")]


class StaffPastIdentity(models.Model):
    """Who a member of staff was at the company's sign-in, after that was forgotten there: it opens nothing, but tells that two accounts are one person's."""

    user = models.ForeignKey(StaffMember, models.CASCADE)
    uid = models.CharField(max_length=191, help_text="digest of issuer and subject")

    class Meta:
        db_table = "staff_past_identity"
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "uid"], name="one_past_of_an_identity")]
