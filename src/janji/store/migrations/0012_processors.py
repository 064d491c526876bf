"""Processors that speak OpenDSR: who signs for each, and the requests that were sent to them."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables, with nothing personal in them."""

    dependencies: ClassVar = [("store", "0011_sweeps")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Processor",
            fields=[
                ("system", models.TextField(primary_key=True, serialize=False)),
                ("domain", models.TextField(db_index=True)),
                ("certificate", models.TextField(help_text="in PEM, with those between it and the authority")),
                ("controller", models.TextField(help_text="our number there; empty when it has none")),
                ("callback", models.TextField(help_text="the address that it calls back; empty when it calls nobody")),
            ],
            options={"db_table": "processor"},
        ),
        migrations.CreateModel(
            name="ProcessorRequest",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("system", models.TextField()),
                ("state", models.TextField(help_text="pending | in_progress | completed | cancelled")),
                ("changed", models.DateTimeField()),
                ("body", models.BinaryField(help_text="what was signed last; empty before anything was")),
                ("signature", models.TextField(help_text="as it came, in base64")),
            ],
            options={"db_table": "processor_request"},
        ),
    ]
