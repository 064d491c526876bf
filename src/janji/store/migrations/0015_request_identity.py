"""Who asks: the code of each request, what can be asked besides, and counts that bound how often anybody tries."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables of digests and numbers, with nothing personal in them."""

    dependencies: ClassVar = [("store", "0014_machine_decisions")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="RequestIdentity",
            fields=[
                ("request", models.UUIDField(primary_key=True, serialize=False)),
                ("address", models.BinaryField(help_text="a keyed digest of the address that the codes go to")),
                ("code", models.BinaryField(null=True, help_text="a keyed digest of the code that is good")),
                ("number", models.IntegerField(help_text="how many codes were sent")),
                ("expires", models.DateTimeField(null=True)),
                ("tries", models.IntegerField(help_text="wrong codes")),
                ("state", models.TextField(help_text="asked | channel | known | locked")),
                ("facts", models.JSONField(help_text="keyed digests of the right answers, by topic")),
                ("answered", models.IntegerField(help_text="wrong answers")),
                ("subject", models.UUIDField(null=True, help_text="who the address leads to, once it was shown")),
            ],
            options={"db_table": "request_identity"},
        ),
        migrations.CreateModel(
            name="RequestCount",
            fields=[
                ("name", models.BinaryField(primary_key=True, serialize=False, help_text="a keyed digest of what is counted")),
                ("since", models.DateTimeField()),
                ("count", models.IntegerField()),
            ],
            options={"db_table": "request_count", "indexes": [models.Index(fields=["since"], name="request_count_since")]},
        ),
    ]
