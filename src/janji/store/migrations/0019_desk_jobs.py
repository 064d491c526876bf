"""Work that a screen asked the worker for."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table, one row a piece of work."""

    dependencies: ClassVar = [("store", "0018_system_seats")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="DeskJob",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("arguments", models.JSONField(help_text="names and codes, no personal data")),
                ("by", models.TextField(help_text="the number of the account that asked")),
                ("asked", models.DateTimeField()),
                ("begun", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True)),
                ("about", models.TextField(help_text="what is at hand")),
                ("done", models.BigIntegerField()),
                ("total", models.BigIntegerField()),
                ("report", models.JSONField(null=True)),
                ("failure", models.JSONField(null=True)),
            ],
            options={"db_table": "desk_job", "indexes": [models.Index(fields=["name", "asked"], name="desk_job_by_name"), models.Index(fields=["asked"], condition=models.Q(ended=None), name="desk_job_open")]},
        ),
    ]
