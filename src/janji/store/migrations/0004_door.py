"""Keys of applications, answers that a repeated request gets again, and how much each caller may still ask."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Three tables; what a caller may still ask is not worth a log: a crash gives everybody a full allowance."""

    dependencies: ClassVar = [("store", "0003_runs")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.TextField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(help_text="SHA-256 of the secret")),
                ("application", models.TextField()),
                ("scopes", models.JSONField()),
                ("purposes", models.JSONField(null=True, help_text="the purposes it is confined to; none when it is not")),
                ("rate", models.IntegerField(help_text="requests a minute")),
                ("made", models.DateTimeField()),
                ("revoked", models.DateTimeField(null=True)),
            ],
            options={"db_table": "api_key"},
        ),
        migrations.CreateModel(
            name="KeptAnswer",
            fields=[
                ("name", models.BinaryField(primary_key=True, serialize=False, help_text="32 bytes, keyed: caller, address and key")),
                ("body", models.BinaryField(help_text="32 bytes, keyed: what was asked")),
                ("sealed", models.BinaryField(help_text="status and answer")),
                ("at", models.DateTimeField(db_index=True)),
            ],
            options={"db_table": "kept_answer"},
        ),
        migrations.CreateModel(
            name="Allowance",
            fields=[
                ("name", models.BinaryField(primary_key=True, serialize=False, help_text="32 bytes, keyed: who asks")),
                ("remaining", models.FloatField()),
                ("granted", models.FloatField(help_text="how much the last request was given")),
                ("at", models.FloatField(help_text="seconds of Unix time")),
            ],
            options={"db_table": "allowance"},
        ),
        migrations.RunSQL("ALTER TABLE allowance SET UNLOGGED", migrations.RunSQL.noop),
    ]
