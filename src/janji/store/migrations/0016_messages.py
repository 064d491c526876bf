"""Messages of requests: what goes out, how far it is, to whom under seal; and the gateways that they go by."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables; the worker's indexes hold what is not settled alone."""

    dependencies: ClassVar = [("store", "0015_request_identity")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("request", models.UUIDField(null=True)),
                ("subject", models.UUIDField(null=True)),
                ("kind", models.TextField()),
                ("language", models.TextField()),
                ("made", models.DateTimeField()),
                ("state", models.TextField(help_text="waiting | sent | delivered | handed | staff")),
                ("way", models.TextField(help_text="email or the name of a gateway; empty when none is left")),
                ("place", models.IntegerField(help_text="which of the sealed addresses")),
                ("tried", models.JSONField(help_text="the ways and places that failed")),
                ("since", models.DateTimeField(help_text="since when this way is tried")),
                ("attempts", models.IntegerField()),
                ("next", models.DateTimeField(null=True, help_text="when a worker looks at it again")),
                ("reference", models.TextField(help_text="the number of the message at the provider")),
                ("trouble", models.TextField(help_text="why it was not taken, as a code")),
                ("task", models.UUIDField(null=True)),
                ("sealed", models.BinaryField(null=True, help_text="to whom, and what it is filled with; gone when it is settled")),
            ],
            options={
                "db_table": "message",
                "indexes": [
                    models.Index(fields=["next"], name="message_next", condition=models.Q(next__isnull=False)),
                    models.Index(fields=["request", "made"], name="message_request", condition=models.Q(request__isnull=False)),
                    models.Index(fields=["way", "reference"], name="message_reference", condition=~models.Q(reference="")),
                    models.Index(fields=["id"], name="message_staff", condition=models.Q(state="staff")),
                ],
            },
        ),
        migrations.CreateModel(
            name="Gateway",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("made", models.DateTimeField()),
                ("description", models.TextField(help_text="its file, as YAML")),
            ],
            options={"db_table": "gateway"},
        ),
    ]
