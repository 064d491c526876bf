"""The first form of the database; `standing` begins with one word and grows with the layout."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models

STANDING = """
CREATE TABLE standing (
  subject BYTEA PRIMARY KEY,
  version INT NOT NULL,
  w0 BIGINT NOT NULL DEFAULT 0,
  born INT,
  due BIGINT,
  layout INT NOT NULL
) WITH (fillfactor = 80)
"""


PENDING = """
CREATE TABLE pending (event UUID NOT NULL, leaf BYTEA NOT NULL, since TIMESTAMPTZ NOT NULL DEFAULT now())
"""


class Migration(migrations.Migration):
    """All tables at once."""

    initial = True
    dependencies: ClassVar = []
    operations: ClassVar = [
        migrations.RunSQL(STANDING, "DROP TABLE standing"),
        migrations.RunSQL(PENDING, "DROP TABLE pending"),
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
            ],
            options={
                "db_table": "ledger_checkpoint",
            },
        ),
        migrations.CreateModel(
            name="DestroyedKey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("kind", models.TextField()),
                ("at", models.DateTimeField()),
                ("level", models.TextField(help_text="logical | rewritten | recycled")),
            ],
            options={
                "db_table": "destroyed_key",
            },
        ),
        migrations.CreateModel(
            name="Guardian",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("ward", models.UUIDField(db_index=True)),
                ("guardian", models.UUIDField(db_index=True)),
                ("relation", models.TextField(help_text="parent | guardian | companion")),
                ("state", models.TextField(help_text="named | verified | revoked")),
                ("evidence", models.BinaryField(help_text="sealed with the ward's evidence key", null=True)),
                ("event", models.UUIDField()),
            ],
            options={
                "db_table": "guardian",
            },
        ),
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("position", models.BigIntegerField(primary_key=True, serialize=False)),
                ("event", models.UUIDField(unique=True)),
            ],
            options={
                "db_table": "ledger_leaf",
            },
        ),
        migrations.CreateModel(
            name="Link",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("source", models.UUIDField(help_text="the person the identifier stood for before")),
                ("target", models.UUIDField(db_index=True)),
                ("purpose", models.TextField()),
                ("basis", models.TextField()),
                ("event", models.UUIDField()),
                ("undone", models.UUIDField(help_text="the event that undid it", null=True)),
            ],
            options={
                "db_table": "link",
            },
        ),
        migrations.CreateModel(
            name="NoticeJob",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("old", models.TextField(help_text="digest of the version in force")),
                ("new", models.TextField(help_text="digest of the version to come")),
                ("opened", models.DateTimeField()),
                ("people", models.IntegerField()),
                ("done", models.DateTimeField(null=True)),
                ("evidence", models.TextField(default="")),
            ],
            options={
                "db_table": "notice_job",
            },
        ),
        migrations.CreateModel(
            name="PublishedPolicy",
            fields=[
                ("number", models.IntegerField(primary_key=True, serialize=False)),
                ("policy", models.TextField()),
                ("version", models.TextField()),
                ("digest", models.TextField(unique=True)),
                ("files", models.JSONField(help_text="file name to text")),
                ("layout", models.JSONField(help_text="the keys of the layout")),
                ("effective", models.DateField()),
                ("published", models.DateTimeField()),
                ("event", models.UUIDField()),
            ],
            options={
                "db_table": "published_policy",
            },
        ),
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("name", models.TextField(primary_key=True, serialize=False)),
                ("wrapped", models.BinaryField()),
                ("keeper", models.TextField(help_text="which key-encryption key wraps it")),
            ],
            options={
                "db_table": "secret",
            },
        ),
        migrations.CreateModel(
            name="Subject",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("pseudonym", models.BinaryField(help_text="16 bytes", unique=True)),
                ("state", models.TextField(default="active", help_text="active | merged | forgotten")),
                ("into", models.UUIDField(help_text="the survivor of a merge", null=True)),
                ("asserted_by", models.UUIDField(help_text="the person who spoke of this one", null=True)),
                (
                    "communication",
                    models.TextField(default="", help_text="the form of communication asked for"),
                ),
            ],
            options={
                "db_table": "subject",
            },
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                ("index", models.BinaryField(primary_key=True, serialize=False)),
                ("purpose", models.TextField(help_text="contact | import")),
                ("since", models.DateTimeField()),
                ("until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "suppression",
            },
        ),
        migrations.CreateModel(
            name="Task",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("subject", models.UUIDField(db_index=True, null=True)),
                ("opened", models.DateTimeField()),
                ("due", models.DateTimeField(null=True)),
                ("closed", models.DateTimeField(null=True)),
                ("details", models.JSONField(default=dict, help_text="codes and references, no personal data")),
            ],
            options={
                "db_table": "task",
            },
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level", "index", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("index", models.BigIntegerField()),
                ("hashes", models.BinaryField()),
            ],
            options={
                "db_table": "ledger_tile",
            },
        ),
        migrations.CreateModel(
            name="Identifier",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField(db_index=True)),
                ("kind", models.TextField()),
                ("index", models.BinaryField(help_text="32 bytes, keyed")),
                ("sealed", models.BinaryField()),
                ("verified", models.BooleanField(default=False)),
                (
                    "link",
                    models.UUIDField(
                        help_text="the join that brought it here, for a pseudonymous identifier", null=True
                    ),
                ),
            ],
            options={
                "db_table": "identifier",
                "constraints": [models.UniqueConstraint(fields=("kind", "index"), name="one_person_an_identifier")],
            },
        ),
        migrations.CreateModel(
            name="RecordedEvent",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.BinaryField(null=True)),
                ("version", models.IntegerField(null=True)),
                ("kind", models.TextField()),
                ("body", models.BinaryField()),
                ("sealed", models.BinaryField(null=True)),
            ],
            options={
                "db_table": "event",
                "constraints": [models.UniqueConstraint(fields=("subject", "version"), name="one_event_a_version")],
            },
        ),
        migrations.CreateModel(
            name="SubjectKey",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("subject", models.UUIDField()),
                ("kind", models.TextField(help_text="content | evidence")),
                ("wrapped", models.BinaryField()),
                ("keeper", models.TextField()),
            ],
            options={
                "db_table": "subject_key",
                "constraints": [models.UniqueConstraint(fields=("subject", "kind"), name="one_key_of_a_kind")],
            },
        ),
    ]
