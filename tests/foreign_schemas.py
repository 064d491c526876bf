"""Databases whose form nobody here wrote, made by the packages that ship them and filled with people.

As a program: `python -m tests.foreign_schemas django|chinook|trac FILE` makes an SQLite file; Django can be set up once a process.
"""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

START = datetime(2026, 2, 3, 4, 5, tzinfo=UTC)
PEOPLE = 12


def make(kind: str, path: Path) -> None:
    """Make the file in a process of its own."""
    root = Path(__file__).resolve().parents[1]
    subprocess.run([sys.executable, "-W", "ignore", "-m", "tests.foreign_schemas", kind, str(path)], cwd=root, check=True, capture_output=True)


def email(number: int) -> str:
    """The address of one of them."""
    return f"user{number}@mail.example"


def _django(path: str, apps: list[str]) -> None:
    import django
    from django.conf import settings
    from django.core.management import call_command

    middleware = ["allauth.account.middleware.AccountMiddleware"]
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path}}, INSTALLED_APPS=apps, SITE_ID=1, USE_TZ=True,
        DEFAULT_AUTO_FIELD="django.db.models.AutoField", MIDDLEWARE=middleware, SECRET_KEY="-",  # noqa: S106
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )  # fmt: skip
    django.setup()
    call_command("migrate", run_syncdb=True, verbosity=0)


def make_django(path: str) -> None:
    """Django's accounts, groups, sessions and log; allauth's addresses; comments on anything, by anybody."""
    names = ("admin", "auth", "contenttypes", "sessions", "messages", "sites")
    _django(path, [*(f"django.contrib.{name}" for name in names), "allauth", "allauth.account", "django_comments"])
    from allauth.account.models import EmailAddress, EmailConfirmation
    from django.contrib.admin.models import LogEntry
    from django.contrib.auth.models import Group, Permission, User
    from django.contrib.contenttypes.models import ContentType
    from django.contrib.sites.models import Site
    from django_comments.models import Comment, CommentFlag

    chance = random.Random(7)
    groups = [Group.objects.create(name=name) for name in ("staff", "shop")]
    site, of_users = Site.objects.get(), ContentType.objects.get_for_model(User)
    users = []
    for number in range(PEOPLE):
        user = User.objects.create(username=f"user{number}", email=email(number), first_name=f"First{number}", last_name=f"Last{number}", date_joined=START)
        user.groups.add(chance.choice(groups))
        user.user_permissions.add(Permission.objects.order_by("id")[number])
        for more in range(number % 3):
            address = EmailAddress.objects.create(user=user, email=f"other{number}.{more}@mail.example", verified=False)
            EmailConfirmation.objects.create(email_address=address, created=START, key=f"key{number}.{more}")
        users.append(user)
    for number in range(40):
        author, at = chance.choice([*users, None]), chance.choice(users)
        comment = Comment.objects.create(
            content_type=of_users, object_pk=str(at.pk), site=site, user=author, user_name=author.username if author else "guest",
            user_email=author.email if author else chance.choice([email(3), "guest@mail.example"]), comment=f"comment {number}", submit_date=START,
        )  # fmt: skip
        if number % 3 == 0:
            CommentFlag.objects.create(user=chance.choice(users), comment=comment, flag="spam", flag_date=START)
        LogEntry.objects.create(user=chance.choice(users), content_type=of_users, object_id=str(at.pk), object_repr=at.username, action_flag=2, change_message="[]")


def make_chinook(path: str) -> None:
    """The music shop: customers, their invoices with lines, and employees who report to each other and look after customers."""
    from django.db import models

    own = models.ForeignKey.__init__

    def as_before(self: Any, to: Any, on_delete: Any = models.CASCADE, **more: Any) -> None:
        own(self, to, on_delete, **more)  # the package is older than the duty to say it

    models.ForeignKey.__init__ = as_before  # type: ignore[assignment,method-assign]
    _django(path, ["chinook"])
    from chinook.models import Album, Artist, Customer, Employee, Genre, Invoice, Invoiceline, MediaType, Track

    chance = random.Random(7)
    artist = Artist.objects.create(name="Some band")
    album, genre, media = Album.objects.create(title="First", artist=artist), Genre.objects.create(name="Rock"), MediaType.objects.create(name="MPEG")
    tracks = [
        Track.objects.create(name=f"Track {number}", album=album, genre=genre, mediatype=media, milliseconds=1000, bytes=10, unit_price=1) for number in range(9)
    ]
    staff: list[Any] = []
    for number in range(5):
        boss = staff[(number - 1) // 2] if number else None
        staff.append(Employee.objects.create(lastname=f"Last{number}", firstname="Clerk", reports_to=boss, birthdate=START, hiredate=START, email=f"clerk{number}@mail.example"))
    for number in range(PEOPLE):
        customer = Customer.objects.create(firstname=f"First{number}", lastname=f"Last{number}", phone=f"+62 812 {number}", email=email(number), support_rep=chance.choice([*staff, None]))
        for more in range(number % 5):
            invoice = Invoice.objects.create(customer=customer, invoicedate=START - timedelta(days=900 * more), billingaddress=f"Street {number}", total=2)
            for _ in range(2):
                Invoiceline.objects.create(invoice=invoice, track=chance.choice(tracks), unit_price=1, quantity=1)


def make_trac(path: str) -> None:
    """The tickets and pages of a project: no foreign key anywhere, people by their account's name in a dozen tables."""
    from trac.db.sqlite_backend import _to_sql
    from trac.db_default import schema

    chance = random.Random(7)
    connection = sqlite3.connect(path)
    for table in schema:
        for statement in _to_sql(table):
            connection.execute(statement)
    names = [f"user{number}" for number in range(PEOPLE)]

    def put(table: str, *values: Any) -> None:
        connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(values))})", values)  # noqa: S608

    for number, name in enumerate(names):
        put("session", name, 1, 5)
        put("session_attribute", name, 1, "email", email(number))
        put("session_attribute", name, 1, "name", f"First{number} Last{number}")
        put("permission", name, "TRAC_ADMIN")
        put("auth_cookie", f"cookie{number}", name, "192.0.2.1", 5)
        put("notify_watch", None, name, 1, "watch", "ticket", str(number))
    for number in range(1, 31):
        reporter, owner = chance.choice(names), chance.choice([*names, None, ""])
        cc = ", ".join(chance.sample(names, 2))
        put("ticket", number, "defect", 5, 5, "c", "s", "p", owner, reporter, cc, "v", "m", "new", None, "Summary", f"text of {reporter}", "")
        put("ticket_change", number, number, chance.choice(names), "comment", "1", "some words")
        put("ticket_custom", number, "colour", "red")
        put("attachment", "ticket", str(number), "photo.jpg", 9, 5, "", chance.choice(names))
        put("wiki", f"Page{number % 7}", number, 5, chance.choice(names), "text", "", 0)
    connection.commit()
    connection.close()


if __name__ == "__main__":
    {"django": make_django, "chinook": make_chinook, "trac": make_trac}[sys.argv[1]](sys.argv[2])
