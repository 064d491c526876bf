"""Events about nobody (runs, policies) are found without reading those about people."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One small index: events about people are not in it."""

    dependencies: ClassVar = [("store", "0002_traces")]
    operations: ClassVar = [
        migrations.AddIndex(
            model_name="recordedevent",
            index=models.Index(fields=["kind", "id"], condition=models.Q(subject=None), name="event_about_nobody"),
        ),
    ]
