"""What was attested of systems that no sweep reaches."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table; where the evidence is, is sealed."""

    dependencies: ClassVar = [("store", "0024_past_identities")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="AttestedEnd",
            fields=[
                ("event", models.UUIDField(help_text="the event of the ledger that says it", primary_key=True, serialize=False)),
                ("system", models.UUIDField()),
                ("number", models.IntegerField(help_text="its place among those of the system")),
                ("reference", models.BinaryField(help_text="sealed: where the evidence is")),
            ],
            options={"db_table": "attested_end", "constraints": [models.UniqueConstraint(fields=["system", "number"], name="one_attestation_a_number")]},
        ),
    ]  # fmt: skip
