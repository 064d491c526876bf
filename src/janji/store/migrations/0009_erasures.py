"""Erasures and searches as a journal: what is intended before, what came of it after; and the packages that searches filled."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables, one row a batch."""

    dependencies: ClassVar = [("store", "0008_systems")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("purpose", models.TextField()),
                ("digest", models.TextField(help_text="the plan, in 64 hexadecimal digits")),
                ("state", models.TextField(help_text="planned | begun | partly | done | dropped")),
                ("at", models.DateTimeField(help_text="the instant that the plan is for")),
                ("subjects", models.JSONField(help_text="the people, in their order")),
                ("options", models.JSONField()),
                ("stores", models.JSONField(help_text="how far it is in each system")),
                ("known", models.BinaryField(help_text="sealed: by what the people are found, as long as somebody looks again")),
                ("next", models.DateTimeField(help_text="when something is to be done with it", null=True)),
                ("tries", models.IntegerField(default=0)),
                ("looks", models.IntegerField(default=0, help_text="how often it was looked at again")),
                ("event", models.UUIDField(help_text="the event of its certificate", null=True)),
                ("ended", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "erasure",
                "indexes": [
                    models.Index(fields=["digest"], name="erasure_by_digest"),
                    models.Index(condition=models.Q(("next__isnull", False)), fields=["next"], name="erasure_due"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Package",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("made", models.DateTimeField()),
                ("until", models.DateTimeField(db_index=True, help_text="when its file is deleted")),
                ("subjects", models.JSONField(help_text="the people, in their order")),
                ("stores", models.JSONField(help_text="what each system gave, and why one gave nothing")),
                ("state", models.TextField(help_text="begun | partly | done | removed")),
                ("event", models.UUIDField(null=True)),
            ],
            options={"db_table": "package"},
        ),
    ]
