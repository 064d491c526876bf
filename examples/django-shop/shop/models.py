"""What the shop stores. People are known by the `sub_...` that Janji gave."""

from django.db import models


class Customer(models.Model):
    """Somebody with an account: what the gate let the shop keep, and nothing else."""

    subject = models.CharField(max_length=60, unique=True)
    email = models.EmailField()
    address = models.TextField(blank=True)


class Parcel(models.Model):
    """Something on its way."""

    subject = models.CharField(max_length=60)
    thing = models.CharField(max_length=200)
    address = models.TextField()


class Letter(models.Model):
    """A letter that waits in the outbox."""

    subject = models.CharField(max_length=60, db_index=True)
    email = models.EmailField()
    text = models.TextField()
    headers = models.JSONField(default=dict)


class Heard(models.Model):
    """A message of Janji's that was acted upon."""

    message = models.CharField(max_length=100, primary_key=True)
