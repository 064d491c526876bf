"""The tables of our own database. Only this floor sees them.

Two more have no model: `standing`, which grows with the layout (`store.standings`), and `pending`, the queue of the
sequencer, which has no key for the sake of speed (`store.records` fills it, `store.ledger` empties it).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class Secret(models.Model):
    """A key of the house (for pseudonyms, indices, the ledger's signature), wrapped by the key-encryption key."""

    name = models.TextField(primary_key=True)
    wrapped = models.BinaryField()
    keeper = models.TextField(help_text="which key-encryption key wraps it")

    class Meta:
        db_table = "secret"


class Subject(models.Model):
    """A person. `id` is random; ledger and standing know only the pseudonym."""

    id = models.UUIDField(primary_key=True)
    pseudonym = models.BinaryField(unique=True, help_text="16 bytes")
    state = models.TextField(default="active", help_text="active | merged | forgotten")
    into = models.UUIDField(null=True, help_text="the survivor of a merge")
    asserted_by = models.UUIDField(null=True, help_text="the person who spoke of this one")
    communication = models.TextField(default="", help_text="the form of communication asked for")

    class Meta:
        db_table = "subject"


class SubjectKey(models.Model):
    """A key of a person, wrapped. Destroying it overwrites and deletes the row."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField()
    kind = models.TextField(help_text="content | evidence")
    wrapped = models.BinaryField()
    keeper = models.TextField()

    class Meta:
        db_table = "subject_key"
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "kind"], name="one_key_of_a_kind")]


class DestroyedKey(models.Model):
    """That a key was destroyed, when, and how thoroughly."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField()
    kind = models.TextField()
    at = models.DateTimeField()
    level = models.TextField(help_text="logical | rewritten | recycled")
    trace = models.TextField(default="", help_text="the nonce the key was wrapped with, in hexadecimal digits")

    class Meta:
        db_table = "destroyed_key"


class Identifier(models.Model):
    """An identifier of a person: found by its blind index, kept sealed with the content key."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField(db_index=True)
    kind = models.TextField()
    index = models.BinaryField(help_text="32 bytes, keyed")
    sealed = models.BinaryField()
    verified = models.BooleanField(default=False)
    link = models.UUIDField(null=True, help_text="the join that brought it here, for a pseudonymous identifier")

    class Meta:
        db_table = "identifier"
        constraints: ClassVar = [models.UniqueConstraint(fields=["kind", "index"], name="one_person_an_identifier")]


class Link(models.Model):
    """A join of a pseudonymous identifier to a person: a processing step with purpose and basis, undone on withdrawal."""

    id = models.UUIDField(primary_key=True)
    source = models.UUIDField(help_text="the person the identifier stood for before")
    target = models.UUIDField(db_index=True)
    purpose = models.TextField()
    basis = models.TextField()
    event = models.UUIDField()
    undone = models.UUIDField(null=True, help_text="the event that undid it")

    class Meta:
        db_table = "link"


class Guardian(models.Model):
    """A guardian of a child or of a person with a disability, with evidence and how far it is verified."""

    id = models.UUIDField(primary_key=True)
    ward = models.UUIDField(db_index=True)
    guardian = models.UUIDField(db_index=True)
    relation = models.TextField(help_text="parent | guardian | companion")
    state = models.TextField(help_text="named | verified | revoked")
    evidence = models.BinaryField(null=True, help_text="sealed with the ward's evidence key")
    event = models.UUIDField()

    class Meta:
        db_table = "guardian"


class Suppression(models.Model):
    """Who must not be contacted or imported again, by an index with a key of its own."""

    index = models.BinaryField(primary_key=True)
    purpose = models.TextField(help_text="contact | import")
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)

    class Meta:
        db_table = "suppression"


class Task(models.Model):
    """Work that a person or a later step must do, with its clock."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    subject = models.UUIDField(null=True, db_index=True)
    opened = models.DateTimeField()
    due = models.DateTimeField(null=True)
    closed = models.DateTimeField(null=True)
    details = models.JSONField(default=dict, help_text="codes and references, no personal data")

    class Meta:
        db_table = "task"


class RecordedEvent(models.Model):
    """An event as its canonical bytes, with the sealed evidence beside it."""

    id = models.UUIDField(primary_key=True)
    subject = models.BinaryField(null=True)
    version = models.IntegerField(null=True)
    kind = models.TextField()
    body = models.BinaryField()
    sealed = models.BinaryField(null=True)

    class Meta:
        db_table = "event"
        constraints: ClassVar = [models.UniqueConstraint(fields=["subject", "version"], name="one_event_a_version")]
        indexes: ClassVar = [models.Index(fields=["kind", "id"], condition=models.Q(subject=None), name="event_about_nobody")]


class Leaf(models.Model):
    """Where an event stands in the ledger."""

    position = models.BigIntegerField(primary_key=True)
    event = models.UUIDField(unique=True)

    class Meta:
        db_table = "ledger_leaf"


class Tile(models.Model):
    """Up to 256 hashes of one level of the tree (C2SP tlog-tiles); only the last of a level is ever short."""

    pk = models.CompositePrimaryKey("level", "index")
    level = models.SmallIntegerField()
    index = models.BigIntegerField()
    hashes = models.BinaryField()

    class Meta:
        db_table = "ledger_tile"


class Checkpoint(models.Model):
    """A signed tree head (C2SP signed note) of a size."""

    size = models.BigIntegerField(primary_key=True)
    note = models.TextField()

    class Meta:
        db_table = "ledger_checkpoint"


class PublishedPolicy(models.Model):
    """A policy version as it was published; never changed."""

    number = models.IntegerField(primary_key=True)
    policy = models.TextField()
    version = models.TextField()
    digest = models.TextField(unique=True)
    files = models.JSONField(help_text="file name to text")
    layout = models.JSONField(help_text="the keys of the layout")
    effective = models.DateField()
    published = models.DateTimeField()
    event = models.UUIDField()

    class Meta:
        db_table = "published_policy"


class NoticeJob(models.Model):
    """The duty to tell people of a change before it happens, and the evidence that it was done (Art 21(2))."""

    id = models.UUIDField(primary_key=True)
    old = models.TextField(help_text="digest of the version in force")
    new = models.TextField(help_text="digest of the version to come")
    opened = models.DateTimeField()
    people = models.IntegerField()
    done = models.DateTimeField(null=True)
    evidence = models.TextField(default="")

    class Meta:
        db_table = "notice_job"
