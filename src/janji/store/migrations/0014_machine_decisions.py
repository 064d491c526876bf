"""Decisions that a machine took: what came out, by which reasons, and what a person said who looked anew; and lists that correct."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; the index of reviews holds those alone that wait."""

    dependencies: ClassVar = [("store", "0013_requests")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="MachineDecision",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True)),
                ("purpose", models.TextField()),
                ("outcome", models.TextField(help_text="a code of the application")),
                ("reasons", models.JSONField(help_text="codes of the application")),
                ("application", models.TextField(default="")),
                ("at", models.DateTimeField()),
                ("event", models.UUIDField()),
                ("state", models.TextField(help_text="taken | review | reviewed")),
                ("due", models.DateTimeField(help_text="until when somebody must look anew", null=True)),
                ("request", models.UUIDField(help_text="the objection that asked for it", null=True)),
                ("ruling", models.TextField(help_text="upheld | overruled", null=True)),
                ("reviewed", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "machine_decision",
                "indexes": [models.Index(condition=models.Q(("state", "review")), fields=["due", "id"], name="decision_review")],
            },
        ),
        migrations.AlterField(model_name="worklist", name="asked", field=models.TextField(help_text="access | erase | correct")),
        migrations.AlterField(
            model_name="worklistline", name="state",
            field=models.TextField(default="open", help_text="open | nothing | found | erased | corrected | kept | dropped"),
        ),
    ]  # fmt: skip
