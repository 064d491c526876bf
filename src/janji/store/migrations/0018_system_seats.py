"""How many connections of ours may be at a system at once."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column; services and processors, which say how fast they may be asked, are asked by one at a time."""

    dependencies: ClassVar = [("store", "0017_person_packages")]
    operations: ClassVar = [
        migrations.AddField("system", "seats", models.IntegerField(null=True, help_text="how many connections of ours may be there at once, where that is limited")),
        migrations.RunSQL("UPDATE system SET seats = 1 WHERE kind IN ('service', 'processor')", migrations.RunSQL.noop),
    ]
