"""Drafts of the policy, and every step of them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables; what is published moves into the table of versions."""

    dependencies: ClassVar = [("store", "0021_staff")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PolicyDraft",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("base", models.IntegerField(help_text="the number of the published version that it changes")),
                ("opened", models.DateTimeField()),
                ("state", models.TextField(default="open", help_text="open | scheduled | published | discarded")),
                ("revision", models.IntegerField(default=0, help_text="the newest of its steps")),
                ("approval", models.JSONField(help_text="who agreed, when, and to which digest", null=True)),
                ("due", models.DateTimeField(help_text="when it is to be published", null=True)),
                ("ask_ages", models.BooleanField(default=False)),
                ("closed", models.DateTimeField(null=True)),
                ("number", models.IntegerField(help_text="under which it was published", null=True)),
            ],
            options={"db_table": "policy_draft", "indexes": [models.Index(fields=["state", "due"], name="policy_draft_due")]},
        ),
        migrations.CreateModel(
            name="PolicyDraftStep",
            fields=[
                ("pk", models.CompositePrimaryKey("draft", "revision", blank=True, editable=False, primary_key=True, serialize=False)),
                ("draft", models.UUIDField()),
                ("revision", models.IntegerField()),
                ("base", models.IntegerField(help_text="the number of the version that the files are read over")),
                ("files", models.JSONField(help_text="file name to text")),
                ("what", models.TextField(help_text="the entry or file that was changed")),
                ("staff", models.TextField()),
                ("name", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "policy_draft_step"},
        ),
    ]  # fmt: skip
