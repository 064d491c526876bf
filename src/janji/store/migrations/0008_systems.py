"""Systems that were connected, at which stage each is, and what is held because of a legal proceeding."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Two tables; the credentials of a system are among the keys of the house."""

    dependencies: ClassVar = [("store", "0007_consumers")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="System",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("kind", models.TextField(help_text="the dialect; `manual` where a person answers")),
                ("place", models.TextField(help_text="where it is, without who comes and by which password")),
                ("title", models.TextField(default="")),
                ("location", models.TextField(default="")),
                ("country", models.TextField(default="")),
                ("stage", models.TextField(default="manual", help_text="manual | search | planned | automatic")),
                ("secret", models.IntegerField(default=0, help_text="the number of its present address; 0 for none")),
                ("made", models.DateTimeField()),
                ("reached", models.DateTimeField(help_text="when it answered last", null=True)),
                ("proven", models.DateTimeField(help_text="when an erasure there was last found complete", null=True)),
                ("removed", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "system",
                "constraints": [
                    models.UniqueConstraint(condition=models.Q(("removed", None)), fields=("name",), name="one_system_a_name")
                ],
            },
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True, help_text="the person; none where a system is held", null=True)),
                ("system", models.TextField(help_text="the system; empty where a person is held", default="")),
                ("ground", models.TextField()),
                ("reference", models.BinaryField(help_text="sealed: what it is about")),
                ("set_at", models.DateTimeField()),
                ("until", models.DateTimeField(help_text="when somebody must look at it again", null=True)),
                ("lifted", models.DateTimeField(null=True)),
            ],
            options={"db_table": "hold"},
        ),
    ]
