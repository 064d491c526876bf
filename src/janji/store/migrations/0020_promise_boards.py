"""The promise board as the worker saw it: looks, what turned between them, and signed reports."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables, none of them about anybody."""

    dependencies: ClassVar = [("store", "0019_desk_jobs")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PromiseLook",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("number", models.IntegerField(help_text="the version of the policy that it is of")),
                ("program", models.TextField(help_text="the version of the program that looked")),
                ("kept", models.IntegerField()),
                ("broken", models.IntegerField()),
                ("unproven", models.IntegerField()),
                ("claims", models.IntegerField(help_text="those that are not a promise")),
                ("states", models.JSONField(help_text="the state of each clause")),
                ("boards", models.JSONField(help_text="the board as JSON, by language; of the newest look only", null=True)),
            ],
            options={"db_table": "promise_look", "indexes": [models.Index(fields=["-at", "-id"], name="promise_look_newest")]},
        ),
        migrations.CreateModel(
            name="PromiseChange",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("clause", models.TextField()),
                ("was", models.TextField(help_text="empty for a clause that was not there before")),
                ("became", models.TextField(help_text="empty for a clause that is there no more")),
                ("why", models.JSONField(help_text="a packed message; nothing personal", null=True)),
            ],
            options={"db_table": "promise_change", "indexes": [
                models.Index(fields=["-at", "-id"], name="promise_change_newest"), models.Index(fields=["clause", "-at"], name="promise_change_clause"),
            ]},
        ),
        migrations.CreateModel(
            name="PromiseReport",
            fields=[
                ("id", models.UUIDField(help_text="of the work that made it", primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("event", models.UUIDField(help_text="the event that names its digests; none where the ledger was not whole", null=True)),
                ("file", models.BinaryField()),
            ],
            options={"db_table": "promise_report"},
        ),
    ]  # fmt: skip
