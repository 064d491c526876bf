"""Sweeps of retention as a journal: what was over, what was done with it in each system, and by which event it is certified."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table, one row a sweep."""

    dependencies: ClassVar = [("store", "0010_worklists")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Sweep",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField(help_text="the instant for which it was worked out what is over")),
                ("policy", models.TextField(help_text="the digest of the policy whose schedule it was")),
                ("state", models.TextField(help_text="begun | partly | done | cut")),
                ("parts", models.JSONField(help_text="how far it is with each table")),
                ("missed", models.IntegerField(default=0, help_text="nights without a sweep before it")),
                ("task", models.UUIDField(help_text="the task of telling people, where something was deleted", null=True)),
                ("events", models.JSONField(help_text="the events of its certificates, by system")),
                ("ended", models.DateTimeField(null=True)),
            ],
            options={"db_table": "sweep"},
        ),
    ]
