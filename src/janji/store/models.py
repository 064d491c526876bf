"""The tables of our own database. Only this floor sees them.

Two more have no model: `standing`, which grows with the layout (`store.standings`), and `pending`, the queue of the
sequencer, which has no key for the sake of speed (`store.records` fills it, `store.ledger` empties it).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from janji.store import request_models, staff_models, system_models  # noqa: F401 - Django finds their tables through this module


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


class Review(models.Model):
    """What was written freely and waits for a person's look: sealed, with its clock."""

    id = models.UUIDField(primary_key=True)
    subject = models.UUIDField(null=True, db_index=True)
    application = models.TextField(default="")
    touchpoint = models.TextField()
    field = models.TextField()
    data = models.TextField()
    found = models.JSONField(default=list, help_text="what was found where, no text of it")
    opened = models.DateTimeField()
    due = models.DateTimeField(db_index=True)
    sealed = models.BinaryField()

    class Meta:
        db_table = "review"


class Observation(models.Model):
    """How often on a day a question was asked (no code), or would have been denied for a reason."""

    pk = models.CompositePrimaryKey("purpose", "application", "touchpoint", "code", "day")
    purpose = models.TextField()
    application = models.TextField()
    touchpoint = models.TextField()
    code = models.TextField(help_text="a reason, or nothing for a question that was asked")
    day = models.DateField()
    times = models.BigIntegerField()
    reason = models.JSONField(null=True, help_text="message, clauses and article of one such reason")

    class Meta:
        db_table = "observation"


class ObservedPerson(models.Model):
    """Whom enforcement would have stopped for a reason, by pseudonym, and when last."""

    pk = models.CompositePrimaryKey("subject", "purpose", "application", "code")
    subject = models.BinaryField(help_text="16 bytes, the pseudonym")
    purpose = models.TextField()
    application = models.TextField()
    code = models.TextField()
    day = models.DateField(help_text="the last one")

    class Meta:
        db_table = "observed_person"


class ApiKey(models.Model):
    """A key of an application. The secret is known to the application alone."""

    id = models.TextField(primary_key=True)
    digest = models.BinaryField(help_text="SHA-256 of the secret")
    application = models.TextField()
    scopes = models.JSONField()
    purposes = models.JSONField(null=True, help_text="the purposes it is confined to; none when it is not")
    rate = models.IntegerField(help_text="requests a minute")
    made = models.DateTimeField()
    revoked = models.DateTimeField(null=True)

    class Meta:
        db_table = "api_key"


class KeptAnswer(models.Model):
    """The answer to a request that named itself, so that asking again does nothing twice."""

    name = models.BinaryField(primary_key=True, help_text="32 bytes, keyed: caller, address and key")
    body = models.BinaryField(help_text="32 bytes, keyed: what was asked")
    sealed = models.BinaryField(help_text="status and answer")
    at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kept_answer"


class Allowance(models.Model):
    """How much somebody may still ask: one row for all processes. Not logged, and full again after a crash."""

    name = models.BinaryField(primary_key=True, help_text="32 bytes, keyed: who asks")
    remaining = models.FloatField()
    granted = models.FloatField(help_text="how much the last request was given")
    at = models.FloatField(help_text="seconds of Unix time")

    class Meta:
        db_table = "allowance"


class Webhook(models.Model):
    """A consumer that is told of events: where, of which kinds and purposes, and how it answers."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    url = models.TextField()
    topics = models.JSONField(help_text="what it is told of")
    purposes = models.JSONField(help_text="the purposes it is told of; empty for every one")
    state = models.TextField(default="active", help_text="active | paused | gone | removed")
    made = models.DateTimeField()
    secret = models.IntegerField(default=1, help_text="the number of its present secret")
    former_until = models.DateTimeField(null=True, help_text="until when the secret before signs too")
    failing = models.DateTimeField(null=True, help_text="since when every attempt failed")
    failures = models.IntegerField(default=0)
    next = models.DateTimeField(null=True, help_text="before then it is left alone")
    task = models.UUIDField(null=True, help_text="what is open for a person who must look after it")
    application = models.TextField(default="", help_text="whose it is: that which registered it; empty where staff did")

    class Meta:
        db_table = "webhook"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["name"], condition=~models.Q(state="removed"), name="one_webhook_a_name")
        ]


class WebhookDelivery(models.Model):
    """That one consumer is to be told of one event, and how far that is. The message is made when it is sent."""

    id = models.UUIDField(primary_key=True, help_text="the `webhook-id`")
    webhook = models.UUIDField()
    event = models.UUIDField()
    position = models.BigIntegerField()
    state = models.TextField(default="due", help_text="due | told | failed | dropped")
    attempts = models.IntegerField(default=0)
    first = models.DateTimeField(null=True, help_text="the first attempt")
    next = models.DateTimeField(help_text="when it may be sent; in the future too while somebody sends it")
    outcome = models.TextField(default="", help_text="the status of the last answer, or why there was none")
    told = models.UUIDField(null=True, help_text="the event that records the acknowledgement")

    class Meta:
        db_table = "webhook_delivery"
        constraints: ClassVar = [models.UniqueConstraint(fields=["webhook", "event"], name="one_delivery_an_event")]
        indexes: ClassVar = [
            models.Index(fields=["webhook", "attempts", "position"], condition=models.Q(state="due"), name="delivery_due"),
            models.Index(fields=["webhook", "position"], name="delivery_of_webhook"),
        ]


class WebhookPosition(models.Model):
    """How far the ledger was read for webhooks: one row, and the lock of everything that makes deliveries."""

    id = models.SmallIntegerField(primary_key=True)
    position = models.BigIntegerField()

    class Meta:
        db_table = "webhook_position"


class Erasure(models.Model):
    """An erasure of a batch of people: its plan, how far it is in each system, and by what the people are found meanwhile."""

    id = models.UUIDField(primary_key=True)
    purpose = models.TextField()
    digest = models.TextField(help_text="the plan, in 64 hexadecimal digits")
    state = models.TextField(help_text="planned | begun | partly | done | dropped")
    at = models.DateTimeField(help_text="the instant that the plan is for")
    subjects = models.JSONField(help_text="the people, in their order")
    options = models.JSONField()
    stores = models.JSONField(help_text="how far it is in each system")
    known = models.BinaryField(help_text="sealed: by what the people are found, as long as somebody looks again")
    next = models.DateTimeField(null=True, help_text="when something is to be done with it")
    tries = models.IntegerField(default=0)
    looks = models.IntegerField(default=0, help_text="how often it was looked at again")
    event = models.UUIDField(null=True, help_text="the event of its certificate")
    ended = models.DateTimeField(null=True)

    class Meta:
        db_table = "erasure"
        indexes: ClassVar = [
            models.Index(fields=["digest"], name="erasure_by_digest"),
            models.Index(fields=["next"], condition=models.Q(next__isnull=False), name="erasure_due"),
        ]


class Package(models.Model):
    """What a search found about a batch of people: which file of the data directory holds it, sealed, and until when."""

    id = models.UUIDField(primary_key=True)
    made = models.DateTimeField()
    until = models.DateTimeField(db_index=True, help_text="when its file is deleted")
    subjects = models.JSONField(help_text="the people, in their order")
    stores = models.JSONField(help_text="what each system gave, and why one gave nothing")
    state = models.TextField(help_text="begun | partly | done | removed")
    event = models.UUIDField(null=True)

    class Meta:
        db_table = "package"


class Owner(models.Model):
    """Somebody who looks after systems by hand: how to write to them, sealed."""

    id = models.UUIDField(primary_key=True)
    index = models.BinaryField(unique=True, help_text="32 bytes, keyed: the address")
    sealed = models.BinaryField(help_text="name and address")
    language = models.TextField()

    class Meta:
        db_table = "owner"


class SystemOwner(models.Model):
    """Who looks after a system."""

    system = models.TextField(primary_key=True)
    owner = models.UUIDField(db_index=True)

    class Meta:
        db_table = "system_owner"


class Worklist(models.Model):
    """What one owner is asked about several people in several systems, by a link."""

    id = models.UUIDField(primary_key=True)
    batch = models.UUIDField(help_text="what it was made for: one list an owner")
    owner = models.UUIDField(db_index=True)
    asked = models.TextField(help_text="access | erase | correct")
    opened = models.DateTimeField()
    due = models.DateTimeField()
    expires = models.DateTimeField(help_text="when its link ends")
    state = models.TextField(default="open", help_text="open | answered | closed")
    link = models.IntegerField(default=1, help_text="the number of the link that is good")
    mailed = models.IntegerField(default=0, help_text="how many messages its owner was sent")
    next = models.DateTimeField(null=True, help_text="when the next message is due; in the future too while it is sent")
    trouble = models.TextField(default="", help_text="why the last message could not be sent")
    task = models.UUIDField(null=True, help_text="what is open for a person who must look after it")

    class Meta:
        db_table = "worklist"
        constraints: ClassVar = [models.UniqueConstraint(fields=["batch", "owner"], name="one_worklist_an_owner")]
        indexes: ClassVar = [models.Index(fields=["next"], condition=models.Q(next__isnull=False), name="worklist_next")]


class WorklistLine(models.Model):
    """One person in one system, and what its owner answered. What is sealed opens with the key of the list alone."""

    pk = models.CompositePrimaryKey("worklist", "number")
    worklist = models.UUIDField()
    number = models.IntegerField(help_text="from 1")
    system = models.TextField()
    person = models.IntegerField(help_text="their place in the batch, from 0")
    subject = models.UUIDField(null=True)
    sealed = models.BinaryField(help_text="what they are found by; empty once the list is closed")
    state = models.TextField(default="open", help_text="open | nothing | found | erased | corrected | kept | dropped")
    rows = models.IntegerField(default=0)
    answer = models.BinaryField(null=True, help_text="what was found, or why it stays")
    attestation = models.UUIDField(null=True)

    class Meta:
        db_table = "worklist_line"


class WorklistAttestation(models.Model):
    """Who says that answers are true, with the evidence: sealed with the evidence key of the list."""

    id = models.UUIDField(primary_key=True)
    worklist = models.UUIDField(db_index=True)
    at = models.DateTimeField()
    digest = models.TextField(help_text="the SHA-256 of the evidence; empty without any")
    sealed = models.BinaryField(help_text="who attests, and the evidence")

    class Meta:
        db_table = "worklist_attestation"


class Sweep(models.Model):
    """A sweep of retention: for which instant, how far it is with each table, and by which events it is certified."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField(help_text="the instant for which it was worked out what is over")
    policy = models.TextField(help_text="the digest of the policy whose schedule it was")
    state = models.TextField(help_text="begun | partly | done | cut")
    parts = models.JSONField(help_text="how far it is with each table")
    missed = models.IntegerField(default=0, help_text="nights without a sweep before it")
    task = models.UUIDField(null=True, help_text="the task of telling people, where something was deleted")
    events = models.JSONField(help_text="the events of its certificates, by system")
    ended = models.DateTimeField(null=True)

    class Meta:
        db_table = "sweep"


class Processor(models.Model):
    """Who signs for a processor that speaks OpenDSR."""

    system = models.TextField(primary_key=True)
    domain = models.TextField(db_index=True)
    certificate = models.TextField(help_text="in PEM, with those between it and the authority")
    controller = models.TextField(help_text="our number there; empty when it has none")
    callback = models.TextField(help_text="the address that it calls back; empty when it calls nobody")

    class Meta:
        db_table = "processor"


class ProcessorRequest(models.Model):
    """A request to a processor, and what it signed about it last. Nothing in it says who the person is."""

    id = models.UUIDField(primary_key=True)
    system = models.TextField()
    state = models.TextField(help_text="pending | in_progress | completed | cancelled")
    changed = models.DateTimeField()
    body = models.BinaryField(help_text="what was signed last; empty before anything was")
    signature = models.TextField(help_text="as it came, in base64")

    class Meta:
        db_table = "processor_request"


class DeskJob(models.Model):
    """Work that a screen asked the worker for: how far it is, and what came of it."""

    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    arguments = models.JSONField(help_text="names and codes, no personal data")
    by = models.TextField(help_text="the number of the account that asked")
    asked = models.DateTimeField()
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    about = models.TextField(help_text="what is at hand")
    done = models.BigIntegerField()
    total = models.BigIntegerField()
    report = models.JSONField(null=True)
    failure = models.JSONField(null=True)

    class Meta:
        db_table = "desk_job"
        indexes: ClassVar = [
            models.Index(fields=["name", "asked"], name="desk_job_by_name"),
            models.Index(fields=["asked"], condition=models.Q(ended=None), name="desk_job_open"),
        ]


class PromiseLook(models.Model):
    """A look at the promise board: how many promises were in which state. The newest one has the whole board beside it."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    number = models.IntegerField(help_text="the version of the policy that it is of")
    program = models.TextField(help_text="the version of the program that looked")
    kept = models.IntegerField()
    broken = models.IntegerField()
    unproven = models.IntegerField()
    claims = models.IntegerField(help_text="those that are not a promise")
    states = models.JSONField(help_text="the state of each clause")
    boards = models.JSONField(null=True, help_text="the board as JSON, by language; of the newest look only")

    class Meta:
        db_table = "promise_look"
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="promise_look_newest")]


class PromiseChange(models.Model):
    """A clause whose state turned between two looks, and the first reason."""

    id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()
    clause = models.TextField()
    was = models.TextField(help_text="empty for a clause that was not there before")
    became = models.TextField(help_text="empty for a clause that is there no more")
    why = models.JSONField(null=True, help_text="a packed message; nothing personal")

    class Meta:
        db_table = "promise_change"
        indexes: ClassVar = [models.Index(fields=["-at", "-id"], name="promise_change_newest"), models.Index(fields=["clause", "-at"], name="promise_change_clause")]


class PromiseReport(models.Model):
    """A signed report of the board, as the archive that is handed out."""

    id = models.UUIDField(primary_key=True, help_text="of the work that made it")
    at = models.DateTimeField()
    event = models.UUIDField(null=True, help_text="the event that names its digests; none where the ledger was not whole")
    file = models.BinaryField()

    class Meta:
        db_table = "promise_report"


class PolicyDraft(models.Model):
    """A version of the policy that is being written: on which version it stands, how far it is, and who agreed to it."""

    id = models.UUIDField(primary_key=True)
    base = models.IntegerField(help_text="the number of the published version that it changes")
    opened = models.DateTimeField()
    state = models.TextField(default="open", help_text="open | scheduled | published | discarded")
    revision = models.IntegerField(default=0, help_text="the newest of its steps")
    approval = models.JSONField(null=True, help_text="who agreed, when, and to which digest")
    due = models.DateTimeField(null=True, help_text="when it is to be published")
    ask_ages = models.BooleanField(default=False)
    closed = models.DateTimeField(null=True)
    number = models.IntegerField(null=True, help_text="under which it was published")

    class Meta:
        db_table = "policy_draft"
        indexes: ClassVar = [models.Index(fields=["state", "due"], name="policy_draft_due")]


class PolicyDraftStep(models.Model):
    """A draft after a change: the files that are otherwise than in its base, who changed what, and when."""

    pk = models.CompositePrimaryKey("draft", "revision")
    draft = models.UUIDField()
    revision = models.IntegerField()
    base = models.IntegerField(help_text="the number of the version that the files are read over")
    files = models.JSONField(help_text="file name to text")
    what = models.TextField(help_text="the entry or file that was changed")
    staff = models.TextField()
    name = models.TextField()
    at = models.DateTimeField()

    class Meta:
        db_table = "policy_draft_step"


class Incident(models.Model):
    """A failure of the protection of data: when it was known, which notices are owed, and which were given."""

    id = models.UUIDField(primary_key=True)
    known = models.DateTimeField(help_text="when somebody here knew of it: the clocks run from then")
    recorded = models.DateTimeField()
    gravity = models.TextField()
    systems = models.JSONField(help_text="names of systems")
    data = models.JSONField(help_text="categories of the policy")
    people = models.BigIntegerField(null=True, help_text="how many it may concern; none when nobody knows")
    what = models.BinaryField(help_text="sealed: what happened")
    notices = models.JSONField(help_text="by the duty's name: due, and when given by whom")
    closed = models.DateTimeField(null=True)
    why = models.BinaryField(help_text="sealed: why it was closed with a notice not given")

    class Meta:
        db_table = "incident"
        indexes: ClassVar = [models.Index(fields=["-known", "-id"], name="incident_newest")]
