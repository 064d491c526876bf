"""Who somebody was at the company's sign-in before that was forgotten."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import CASCADE


class Migration(migrations.Migration):
    """One table."""

    dependencies: ClassVar = [("store", "0023_incidents")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="StaffPastIdentity",
            fields=[
                ("id", models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(on_delete=CASCADE, to="store.staffmember")),
                ("uid", models.CharField(help_text="digest of issuer and subject", max_length=191)),
            ],
            options={"db_table": "staff_past_identity", "constraints": [models.UniqueConstraint(fields=["user", "uid"], name="one_past_of_an_identity")]},
        ),
    ]  # fmt: skip
