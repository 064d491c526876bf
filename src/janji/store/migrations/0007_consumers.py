"""A consumer belongs to the application that registered it."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One column, empty for those that staff registered."""

    dependencies: ClassVar = [("store", "0006_webhooks")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="webhook",
            name="application",
            field=models.TextField(default="", help_text="whose it is: that which registered it; empty where staff did"),
        ),
    ]
