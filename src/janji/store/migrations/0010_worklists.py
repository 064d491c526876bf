"""Owners of systems, the worklists that they are sent, what they are asked line by line, and what they attested."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    """Five tables; what is personal in them is sealed."""

    dependencies: ClassVar = [("store", "0009_erasures")]
    operations: ClassVar = [
        migrations.CreateModel(
            name="Owner",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("index", models.BinaryField(help_text="32 bytes, keyed: the address", unique=True)),
                ("sealed", models.BinaryField(help_text="name and address")),
                ("language", models.TextField()),
            ],
            options={"db_table": "owner"},
        ),
        migrations.CreateModel(
            name="SystemOwner",
            fields=[
                ("system", models.TextField(primary_key=True, serialize=False)),
                ("owner", models.UUIDField(db_index=True)),
            ],
            options={"db_table": "system_owner"},
        ),
        migrations.CreateModel(
            name="Worklist",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("batch", models.UUIDField(help_text="what it was made for: one list an owner")),
                ("owner", models.UUIDField(db_index=True)),
                ("asked", models.TextField(help_text="access | erase")),
                ("opened", models.DateTimeField()),
                ("due", models.DateTimeField()),
                ("expires", models.DateTimeField(help_text="when its link ends")),
                ("state", models.TextField(default="open", help_text="open | answered | closed")),
                ("link", models.IntegerField(default=1, help_text="the number of the link that is good")),
                ("mailed", models.IntegerField(default=0, help_text="how many messages its owner was sent")),
                ("next", models.DateTimeField(help_text="when the next message is due; in the future too while it is sent", null=True)),
                ("trouble", models.TextField(default="", help_text="why the last message could not be sent")),
                ("task", models.UUIDField(help_text="what is open for a person who must look after it", null=True)),
            ],
            options={
                "db_table": "worklist",
                "indexes": [models.Index(condition=models.Q(("next__isnull", False)), fields=["next"], name="worklist_next")],
                "constraints": [models.UniqueConstraint(fields=("batch", "owner"), name="one_worklist_an_owner")],
            },
        ),
        migrations.CreateModel(
            name="WorklistLine",
            fields=[
                ("pk", models.CompositePrimaryKey("worklist", "number", blank=True, editable=False, primary_key=True, serialize=False)),
                ("worklist", models.UUIDField()),
                ("number", models.IntegerField(help_text="from 1")),
                ("system", models.TextField()),
                ("person", models.IntegerField(help_text="their place in the batch, from 0")),
                ("subject", models.UUIDField(null=True)),
                ("sealed", models.BinaryField(help_text="what they are found by; empty once the list is closed")),
                ("state", models.TextField(default="open", help_text="open | nothing | found | erased | kept | dropped")),
                ("rows", models.IntegerField(default=0)),
                ("answer", models.BinaryField(help_text="what was found, or why it stays", null=True)),
                ("attestation", models.UUIDField(null=True)),
            ],
            options={"db_table": "worklist_line"},
        ),
        migrations.CreateModel(
            name="WorklistAttestation",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("worklist", models.UUIDField(db_index=True)),
                ("at", models.DateTimeField()),
                ("digest", models.TextField(help_text="the SHA-256 of the evidence; empty without any")),
                ("sealed", models.BinaryField(help_text="who attests, and the evidence")),
            ],
            options={"db_table": "worklist_attestation"},
        ),
    ]
