"""A destroyed key leaves a trace to search for; no statistics are gathered of wrapped keys, indices and sealed values."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

UNSAMPLED = (("subject_key", "wrapped"), ("secret", "wrapped"), ("identifier", "index"), ("identifier", "sealed"),
             ("suppression", "index"), ("guardian", "evidence"))  # fmt: skip
"""ANALYZE copies values of a column into `pg_statistic`, where they would outlive the row."""


class Migration(migrations.Migration):
    """One column, and six that ANALYZE leaves alone."""

    dependencies: ClassVar = [("store", "0001_first")]
    operations: ClassVar = [
        migrations.AddField(
            model_name="destroyedkey",
            name="trace",
            field=models.TextField(default="", help_text="the nonce the key was wrapped with, in hexadecimal digits"),
        ),
        *(
            migrations.RunSQL(
                f'ALTER TABLE {table} ALTER COLUMN "{column}" SET STATISTICS 0', migrations.RunSQL.noop
            )
            for table, column in UNSAMPLED
        ),
    ]
