"""Incidents, and the notices of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; what it says of anybody is sealed."""

    dependencies: ClassVar = [("store", "0022_policy_drafts")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Incident",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("known", models.DateTimeField(help_text="when somebody here knew of it: the clocks run from then")),
                ("recorded", models.DateTimeField()),
                ("gravity", models.TextField()),
                ("systems", models.JSONField(help_text="names of systems")),
                ("data", models.JSONField(help_text="categories of the policy")),
                ("people", models.BigIntegerField(help_text="how many it may concern; none when nobody knows", null=True)),
                ("what", models.BinaryField(help_text="sealed: what happened")),
                ("notices", models.JSONField(help_text="by the duty's name: due, and when given by whom")),
                ("closed", models.DateTimeField(null=True)),
                ("why", models.BinaryField(help_text="sealed: why it was closed with a notice not given")),
            ],
            options={"db_table": "incident", "indexes": [models.Index(fields=["-known", "-id"], name="incident_newest")]},
        ),
    ]  # fmt: skip
