"""The tables of the company's systems: where each is, what is held there, and what was attested of those that no sweep reaches."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class System(models.Model):
    """A system of the company: where it is, and how far Janji may go there. Its address is among the keys of the house."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    kind = models.TextField(help_text="the dialect; `manual` where a person answers")
    place = models.TextField(help_text="where it is, without who comes and by which password")
    title = models.TextField(default="")
    location = models.TextField(default="")
    country = models.TextField(default="")
    stage = models.TextField(default="manual", help_text="manual | search | planned | automatic")
    secret = models.IntegerField(default=0, help_text="the number of its present address; 0 for none")
    made = models.DateTimeField()
    reached = models.DateTimeField(null=True, help_text="when it answered last")
    proven = models.DateTimeField(null=True, help_text="when an erasure there was last found complete")
    removed = models.DateTimeField(null=True)
    seats = models.IntegerField(null=True, help_text="how many connections of ours may be there at once, where that is limited")

    class Meta:
        db_table = "system"
        constraints: ClassVar = [models.UniqueConstraint(fields=["name"], condition=models.Q(removed=None), name="one_system_a_name")]


class Hold(models.Model):
    """A person or a system of whom nothing may go, because of a legal proceeding."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField(null=True, db_index=True, help_text="the person; none where a system is held")
    system = models.TextField(default="", help_text="the system; empty where a person is held")
    ground = models.TextField()
    reference = models.BinaryField(help_text="sealed: what it is about")
    set_at = models.DateTimeField()
    until = models.DateTimeField(null=True, help_text="when somebody must look at it again")
    lifted = models.DateTimeField(null=True)

    class Meta:
        db_table = "hold"


class AttestedEnd(models.Model):
    """Somebody who looks after a system that no sweep reaches said up to which day what was over there has ended."""

    event = models.UUIDField(primary_key=True, help_text="the event of the ledger that says it")
    system = models.UUIDField()
    number = models.IntegerField(help_text="its place among those of the system")
    reference = models.BinaryField(help_text="sealed: where the evidence is")

    class Meta:
        db_table = "attested_end"
        constraints: ClassVar = [models.UniqueConstraint(fields=["system", "number"], name="one_attestation_a_number")]
