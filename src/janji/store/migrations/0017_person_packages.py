"""What is handed to people who asked for their data: where it lies under seal, and how often its link was tried."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """One table, with nothing personal in it but for whose package it is."""

    dependencies: ClassVar = [("store", "0016_messages")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="PersonPackage",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False, help_text="the request's")),
                ("package", models.UUIDField(help_text="what was gathered, from which it was made")),
                ("subject", models.UUIDField()),
                ("language", models.TextField()),
                ("made", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="then its key is destroyed")),
                ("file", models.UUIDField(help_text="by which its file is called")),
                ("size", models.BigIntegerField()),
                ("rows", models.BigIntegerField()),
                ("link", models.IntegerField(help_text="the number of the link that is good; 0 before there was one")),
                ("code", models.BinaryField(help_text="keyed digest of the second factor")),
                ("wrong", models.IntegerField(help_text="wrong codes since the link was made")),
                ("starts", models.IntegerField(help_text="how often handing over was begun by the link")),
                ("handed", models.DateTimeField(null=True)),
                ("ended", models.DateTimeField(null=True, help_text="when its key was destroyed")),
            ],
            options={
                "db_table": "person_package",
                "indexes": [
                    models.Index(fields=["until"], name="person_package_until", condition=models.Q(ended__isnull=True)),
                    models.Index(fields=["file"], name="person_package_file"),
                ],
            },
        ),
    ]
