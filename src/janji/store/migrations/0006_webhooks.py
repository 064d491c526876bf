"""Consumers that are told of events by webhook, what each is to be told, and how far the ledger was read for it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables; none of them is written while something is recorded."""

    dependencies: ClassVar = [("store", "0005_collection")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="WebhookPosition",
            fields=[
                ("id", models.SmallIntegerField(primary_key=True, serialize=False)),
                ("position", models.BigIntegerField()),
            ],
            options={"db_table": "webhook_position"},
        ),
        migrations.CreateModel(
            name="Webhook",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("url", models.TextField()),
                ("topics", models.JSONField(help_text="what it is told of")),
                ("purposes", models.JSONField(help_text="the purposes it is told of; empty for every one")),
                ("state", models.TextField(default="active", help_text="active | paused | gone | removed")),
                ("made", models.DateTimeField()),
                ("secret", models.IntegerField(default=1, help_text="the number of its present secret")),
                ("former_until", models.DateTimeField(help_text="until when the secret before signs too", null=True)),
                ("failing", models.DateTimeField(help_text="since when every attempt failed", null=True)),
                ("failures", models.IntegerField(default=0)),
                ("next", models.DateTimeField(help_text="before then it is left alone", null=True)),
                ("task", models.UUIDField(help_text="what is open for a person who must look after it", null=True)),
            ],
            options={
                "db_table": "webhook",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "removed"), _negated=True), fields=("name",), name="one_webhook_a_name"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                ("id", models.UUIDField(help_text="the `webhook-id`", primary_key=True, serialize=False)),
                ("webhook", models.UUIDField()),
                ("event", models.UUIDField()),
                ("position", models.BigIntegerField()),
                ("state", models.TextField(default="due", help_text="due | told | failed | dropped")),
                ("attempts", models.IntegerField(default=0)),
                ("first", models.DateTimeField(help_text="the first attempt", null=True)),
                ("next", models.DateTimeField(help_text="when it may be sent; in the future too while somebody sends it")),
                ("outcome", models.TextField(default="", help_text="the status of the last answer, or why there was none")),
                ("told", models.UUIDField(help_text="the event that records the acknowledgement", null=True)),
            ],
            options={
                "db_table": "webhook_delivery",
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "due")), fields=["webhook", "attempts", "position"], name="delivery_due"
                    ),
                    models.Index(fields=["webhook", "position"], name="delivery_of_webhook"),
                ],
                "constraints": [models.UniqueConstraint(fields=("webhook", "event"), name="one_delivery_an_event")],
            },
        ),
    ]
