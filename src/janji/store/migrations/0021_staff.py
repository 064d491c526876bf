"""People who work here: accounts, sessions, passkeys, and identities at the company's sign-in."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import CASCADE


class Migration(migrations.Migration):
    """Four tables; the two last have the form that django-allauth gives its own."""

    dependencies: ClassVar = [("store", "0020_promise_boards")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="StaffMember",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField(help_text="what decisions are signed with")),
                ("email", models.TextField(help_text="in small letters", unique=True)),
                ("role", models.TextField()),
                ("systems", models.JSONField(help_text="the systems in the care of an owner")),
                ("epoch", models.IntegerField(help_text="sessions of another one are over")),
                ("made", models.DateTimeField()),
                ("stopped", models.DateTimeField(null=True)),
                ("seen", models.DateTimeField(help_text="when they signed in last", null=True)),
                ("link", models.BinaryField(help_text="digest of the link that signs in once", null=True, unique=True)),
                ("link_until", models.DateTimeField(null=True)),
            ],
            options={"db_table": "staff"},
        ),
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                ("session_key", models.TextField(primary_key=True, serialize=False)),
                ("session_data", models.TextField()),
                ("expire_date", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "staff_session"},
        ),
        migrations.CreateModel(
            name="StaffKey",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("type", models.CharField(max_length=20)),
                ("data", models.JSONField(help_text="name and public key")),
                ("created_at", models.DateTimeField()),
                ("last_used_at", models.DateTimeField(null=True)),
                ("user", models.ForeignKey(on_delete=CASCADE, to="store.staffmember")),
            ],
            options={"db_table": "mfa_authenticator"},
        ),
        migrations.CreateModel(
            name="StaffIdentity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("provider", models.CharField(max_length=200)),
                ("uid", models.CharField(help_text="digest of issuer and subject", max_length=191)),
                ("last_login", models.DateTimeField()),
                ("date_joined", models.DateTimeField()),
                ("extra_data", models.JSONField(help_text="nothing")),
                ("user", models.ForeignKey(on_delete=CASCADE, to="store.staffmember")),
            ],
            options={
                "db_table": "socialaccount_socialaccount",
                "constraints": [models.UniqueConstraint(fields=["provider", "uid"], name="one_identity_at_the_sign_in")],
            },
        ),
    ]
