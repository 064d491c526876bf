"""What waits for a person's look, and what enforcement would change: reviews and observations."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables; ANALYZE copies no sealed value of a review."""

    dependencies: ClassVar = [("store", "0004_door")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Review",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True, null=True)),
                ("application", models.TextField(default="")),
                ("touchpoint", models.TextField()),
                ("field", models.TextField()),
                ("data", models.TextField()),
                ("found", models.JSONField(default=list, help_text="what was found where, no text of it")),
                ("opened", models.DateTimeField()),
                ("due", models.DateTimeField(db_index=True)),
                ("sealed", models.BinaryField()),
            ],
            options={"db_table": "review"},
        ),
        migrations.CreateModel(
            name="Observation",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "purpose", "application", "touchpoint", "code", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("purpose", models.TextField()),
                ("application", models.TextField()),
                ("touchpoint", models.TextField()),
                ("code", models.TextField(help_text="a reason, or nothing for a question that was asked")),
                ("day", models.DateField()),
                ("times", models.BigIntegerField()),
                ("reason", models.JSONField(null=True, help_text="message, clauses and article of one such reason")),
            ],
            options={"db_table": "observation"},
        ),
        migrations.CreateModel(
            name="ObservedPerson",
            fields=[
                ("pk", models.CompositePrimaryKey(
                    "subject", "purpose", "application", "code", blank=True, editable=False, primary_key=True, serialize=False)),
                ("subject", models.BinaryField(help_text="16 bytes, the pseudonym")),
                ("purpose", models.TextField()),
                ("application", models.TextField()),
                ("code", models.TextField()),
                ("day", models.DateField(help_text="the last one")),
            ],
            options={"db_table": "observed_person"},
        ),
        migrations.RunSQL('ALTER TABLE review ALTER COLUMN "sealed" SET STATISTICS 0', migrations.RunSQL.noop),
    ]
