"""The tables of rights requests: requests, who asks, decisions of machines, copies for people, and messages."""

from __future__ import annotations

from django.db import models


class RightsRequest(models.Model):
    """A rights request: where it stands, its clock, and under seal what the person said and where to answer."""

    id = models.UUIDField(primary_key=True)
    right = models.TextField(help_text="as the policy names it")
    kind = models.TextField(help_text="as the law names it")
    subject = models.UUIDField(null=True)
    state = models.TextField()
    outcome = models.TextField(null=True)
    ground = models.TextField(null=True)
    opened = models.DateTimeField()
    due = models.DateTimeField()
    next = models.DateTimeField(null=True, help_text="when the clock or the worker looks at it again; null when it waits for people")
    ended = models.DateTimeField(null=True)
    intake = models.TextField()
    asker = models.TextField()
    wanted = models.TextField()
    proof = models.TextField()
    needed = models.IntegerField()
    approvals = models.JSONField(help_text="names and roles of the officers who agreed, in clear")
    reopened = models.IntegerField()
    details = models.JSONField(help_text="codes and references only, nothing personal")
    version = models.IntegerField(help_text="counts its steps")
    sealed = models.BinaryField(null=True, help_text="what the person said and where to answer")

    class Meta:
        db_table = "rights_request"
        indexes = (
            models.Index(fields=["due", "id"], name="request_open", condition=~models.Q(state="ended")),
            models.Index(fields=["next"], name="request_next", condition=~models.Q(state="ended") & models.Q(next__isnull=False)),
            models.Index(fields=["state", "id"], name="request_state", condition=~models.Q(state="ended")),
            models.Index(fields=["subject"], name="request_subject", condition=models.Q(subject__isnull=False)),
            models.Index(fields=["-ended", "-id"], name="request_ended", condition=models.Q(state="ended")),
            models.Index(fields=["ended"], name="request_sealed", condition=models.Q(state="ended", sealed__isnull=False)),
        )


class RequestIdentity(models.Model):
    """How far it is shown who asks: the code of a request, what can be asked besides, and how often it was tried."""

    request = models.UUIDField(primary_key=True)
    address = models.BinaryField(help_text="a keyed digest of the address that the codes go to")
    code = models.BinaryField(null=True, help_text="a keyed digest of the code that is good")
    number = models.IntegerField(help_text="how many codes were sent")
    expires = models.DateTimeField(null=True)
    tries = models.IntegerField(help_text="wrong codes")
    state = models.TextField(help_text="asked | channel | known | locked")
    facts = models.JSONField(help_text="keyed digests of the right answers, by topic")
    answered = models.IntegerField(help_text="wrong answers")
    subject = models.UUIDField(null=True, help_text="who the address leads to, once it was shown")

    class Meta:
        db_table = "request_identity"


class RequestCount(models.Model):
    """How often something was done since an instant: requests from an address or a network, wrong codes, messages taken."""

    name = models.BinaryField(primary_key=True, help_text="a keyed digest of what is counted")
    since = models.DateTimeField()
    count = models.IntegerField()

    class Meta:
        db_table = "request_count"
        indexes = (models.Index(fields=["since"], name="request_count_since"),)


class MachineDecision(models.Model):
    """A decision that a machine took about a person: what came out, and what a person said who looked anew."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField(db_index=True)
    purpose = models.TextField()
    outcome = models.TextField(help_text="a code of the application")
    reasons = models.JSONField(help_text="codes of the application")
    application = models.TextField(default="")
    at = models.DateTimeField()
    event = models.UUIDField()
    state = models.TextField(help_text="taken | review | reviewed")
    due = models.DateTimeField(null=True, help_text="until when somebody must look anew")
    request = models.UUIDField(null=True, help_text="the objection that asked for it")
    ruling = models.TextField(null=True, help_text="upheld | overruled")
    reviewed = models.DateTimeField(null=True)

    class Meta:
        db_table = "machine_decision"
        indexes = (models.Index(fields=["due", "id"], condition=models.Q(state="review"), name="decision_review"),)


class PersonPackage(models.Model):
    """What is handed to a person who asked for their data: whose, where it lies, how often its link was tried."""

    id = models.UUIDField(primary_key=True, help_text="the request's")
    package = models.UUIDField(help_text="what was gathered, from which it was made")
    subject = models.UUIDField()
    language = models.TextField()
    made = models.DateTimeField()
    until = models.DateTimeField(help_text="then its key is destroyed")
    file = models.UUIDField(help_text="by which its file is called")
    size = models.BigIntegerField()
    rows = models.BigIntegerField()
    link = models.IntegerField(help_text="the number of the link that is good; 0 before there was one")
    code = models.BinaryField(help_text="keyed digest of the second factor")
    wrong = models.IntegerField(help_text="wrong codes since the link was made")
    starts = models.IntegerField(help_text="how often handing over was begun by the link")
    handed = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True, help_text="when its key was destroyed")

    class Meta:
        db_table = "person_package"
        indexes = (
            models.Index(fields=["until"], name="person_package_until", condition=models.Q(ended__isnull=True)),
            models.Index(fields=["file"], name="person_package_file"),
        )


class Message(models.Model):
    """A message about a request: how far it is, and under seal to whom it goes and what it is filled with."""

    id = models.UUIDField(primary_key=True)
    request = models.UUIDField(null=True)
    subject = models.UUIDField(null=True)
    kind = models.TextField()
    language = models.TextField()
    made = models.DateTimeField()
    state = models.TextField(help_text="waiting | sent | delivered | handed | staff")
    way = models.TextField(help_text="email or the name of a gateway; empty when none is left")
    place = models.IntegerField(help_text="which of the sealed addresses")
    tried = models.JSONField(help_text="the ways and places that failed")
    since = models.DateTimeField(help_text="since when this way is tried")
    attempts = models.IntegerField()
    next = models.DateTimeField(null=True, help_text="when a worker looks at it again")
    reference = models.TextField(help_text="the number of the message at the provider")
    trouble = models.TextField(help_text="why it was not taken, as a code")
    task = models.UUIDField(null=True)
    sealed = models.BinaryField(null=True, help_text="to whom, and what it is filled with; gone when it is settled")

    class Meta:
        db_table = "message"
        indexes = (
            models.Index(fields=["next"], name="message_next", condition=models.Q(next__isnull=False)),
            models.Index(fields=["request", "made"], name="message_request", condition=models.Q(request__isnull=False)),
            models.Index(fields=["way", "reference"], name="message_reference", condition=~models.Q(reference="")),
            models.Index(fields=["id"], name="message_staff", condition=models.Q(state="staff")),
        )


class Gateway(models.Model):
    """A gateway for short messages: its description. What opens it is among the keys of the house."""

    name = models.TextField(primary_key=True)
    made = models.DateTimeField()
    description = models.TextField(help_text="its file, as YAML")

    class Meta:
        db_table = "gateway"
