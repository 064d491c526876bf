"""The first form of the shop's database."""

from typing import Any, ClassVar

from django.db import migrations, models


def _id() -> Any:
    return ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"))


class Migration(migrations.Migration):
    """Customers, parcels, letters, and what was heard."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.CreateModel("Customer", [
            _id(),
            ("subject", models.CharField(max_length=60, unique=True)),
            ("email", models.EmailField(max_length=254)),
            ("address", models.TextField(blank=True)),
        ]),
        migrations.CreateModel("Parcel", [
            _id(),
            ("subject", models.CharField(max_length=60)),
            ("thing", models.CharField(max_length=200)),
            ("address", models.TextField()),
        ]),
        migrations.CreateModel("Letter", [
            _id(),
            ("subject", models.CharField(db_index=True, max_length=60)),
            ("email", models.EmailField(max_length=254)),
            ("text", models.TextField()),
            ("headers", models.JSONField(default=dict)),
        ]),
        migrations.CreateModel("Heard", [("message", models.CharField(max_length=100, primary_key=True, serialize=False))]),
    ]  # fmt: skip
