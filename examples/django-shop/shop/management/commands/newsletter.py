"""`python manage.py newsletter TEXT`: a letter for each customer who may be written to."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from janji_client import Question
from janji_client.django import janji
from shop.models import Customer, Letter


class Command(BaseCommand):
    """Asks about everybody at once, and puts letters into the outbox."""

    def add_arguments(self, parser: CommandParser) -> None:
        """What is written."""
        parser.add_argument("text")

    def handle(self, *, text: str, **_: Any) -> None:
        """Write."""
        readers = list(Customer.objects.all())
        questions = [Question("newsletter", ["contact.email"], subject=one.subject, channel="email", record=True) for one in readers]
        may = [one for one, verdict in zip(readers, janji().decide_many(questions), strict=True) if verdict]
        for one in may:
            link = janji().unsubscribe_link(one.subject, "newsletter", "email")
            Letter.objects.create(subject=one.subject, email=one.email, text=f"{text}\n\nStop: {link.url}", headers=dict(link.headers))
        self.stdout.write(f"{len(may)} letters")
