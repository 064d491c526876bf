"""Rights requests: where each stands, its clock, and under seal what the person said."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

_CODES = "codes and references only, nothing personal"


class Migration(migrations.Migration):
    """One table; the queue's indexes hold open requests alone, so that closed ones cost it nothing."""

    dependencies: ClassVar = [("store", "0012_processors")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RightsRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("right", models.TextField(help_text="as the policy names it")),
                ("kind", models.TextField(help_text="as the law names it")),
                ("subject", models.UUIDField(null=True)),
                ("state", models.TextField()),
                ("outcome", models.TextField(null=True)),
                ("ground", models.TextField(null=True)),
                ("opened", models.DateTimeField()),
                ("due", models.DateTimeField()),
                ("next", models.DateTimeField(null=True, help_text="when the clock or the worker looks at it again; null when it waits for people")),
                ("ended", models.DateTimeField(null=True)),
                ("intake", models.TextField()),
                ("asker", models.TextField()),
                ("wanted", models.TextField()),
                ("proof", models.TextField()),
                ("needed", models.IntegerField()),
                ("approvals", models.JSONField(help_text="names and roles of the officers who agreed, in clear")),
                ("reopened", models.IntegerField()),
                ("details", models.JSONField(help_text=_CODES)),
                ("version", models.IntegerField(help_text="counts its steps")),
                ("sealed", models.BinaryField(null=True, help_text="what the person said and where to answer")),
            ],
            options={
                "db_table": "rights_request",
                "indexes": [
                    models.Index(fields=["due", "id"], name="request_open", condition=~models.Q(state="ended")),
                    models.Index(fields=["next"], name="request_next", condition=~models.Q(state="ended") & models.Q(next__isnull=False)),
                    models.Index(fields=["state", "id"], name="request_state", condition=~models.Q(state="ended")),
                    models.Index(fields=["subject"], name="request_subject", condition=models.Q(subject__isnull=False)),
                    models.Index(fields=["-ended", "-id"], name="request_ended", condition=models.Q(state="ended")),
                    models.Index(fields=["ended"], name="request_sealed", condition=models.Q(state="ended", sealed__isnull=False)),
                ],
            },
        ),
    ]
