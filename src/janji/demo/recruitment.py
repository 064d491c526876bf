"""Recruitment, a database apart: applicants, applications, education, employment, and referees, who are other people."""

from __future__ import annotations

from collections.abc import Iterator

from janji.datamap.meaning import Expiry, Form, Identifier, Link, Meaning, SystemMeaning, TableMeaning
from janji.demo.chance import mix
from janji.demo.names import TOWNS
from janji.demo.people import person, street_of
from janji.demo.sheets import Cells, Made, Sheet, Size, day, instant, means, several, split
from janji.terms.texts import Text

JOBS = ("Field Application Specialist", "Staf Gudang", "Customer Care Agent", "Digital Marketing", "Teknisi Servis")
SCHOOLS = ("Universitas Contoh Nusantara", "Politeknik Contoh", "SMK Contoh 1", "Institut Contoh")


def _applied(size: Size, number: int) -> tuple[int, int]:
    """Chance of an applicant, one of 25 people, and the day of the application; no chance means none."""
    chance = mix(size.seed, 50, number)
    return (chance, size.until.toordinal() - 3 - (chance >> 8) % 900) if chance % 25 == 0 else (0, 0)


def _applicants(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, at = _applied(size, number)
        if chance:
            who = person(size.seed, number)
            closed = at + 10 + chance % 60
            yield (
                number + 1, who.email, who.name, who.phone, who.national_id, who.born.isoformat(),
                f"{street_of(size.seed, who.address)}, {who.town.name}",
                instant(closed, chance) if closed < size.until.toordinal() else None,
            )  # fmt: skip


def _applications(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, at = _applied(size, number)
        if chance:
            name = person(size.seed, number).name
            state = "open" if at + 10 + chance % 60 >= size.until.toordinal() else "rejected"
            yield number + 1, number + 1, JOBS[chance % 5], state, instant(at, chance), f"Dengan hormat, saya {name} melamar.", 3_000_000 + chance % 9_000_000


def _educations(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, _ = _applied(size, number)
        if chance:
            who = person(size.seed, number)
            yield number + 1, 1, SCHOOLS[chance >> 6 & 3], ("S1", "D3", "SMK")[chance % 3], who.born.year + 22


def _employments(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, at = _applied(size, number)
        for line in range(1, (chance >> 9) % 3 + 1 if chance else 1):
            yield number + 1, line, f"PT {TOWNS[(chance >> 4 * line) % len(TOWNS)].name} Contoh", JOBS[(chance >> line) % 5], day(at - 700 * line), day(at - 700 * line + 600)


def _referees(size: Size) -> Iterator[Cells]:
    for number in range(size.people):
        chance, _ = _applied(size, number)
        if chance and chance >> 12 & 1:
            other = person(size.seed, (chance >> 13) % size.people)
            yield number + 1, number + 1, other.name, other.email, other.phone


FORM = several([
    """CREATE TABLE applicants (id bigint NOT NULL, email varchar(254) NOT NULL, name varchar(120) NOT NULL, phone varchar(20),
       national_id char(16), born date, address text, closed_at timestamptz)""",
    """CREATE TABLE applications (id bigint NOT NULL, applicant_id bigint NOT NULL, job varchar(80) NOT NULL, state varchar(10) NOT NULL,
       applied_at timestamptz NOT NULL, letter text, expected_salary numeric(12,0))""",
    """CREATE TABLE educations (applicant_id bigint NOT NULL, line smallint NOT NULL, school varchar(120), degree varchar(10), year integer)""",
    """CREATE TABLE employments (applicant_id bigint NOT NULL, line smallint NOT NULL, employer varchar(120), role varchar(80), since date,
       until date)""",
    """CREATE TABLE referees (id bigint NOT NULL, applicant_id bigint NOT NULL, name varchar(120) NOT NULL, email varchar(254), phone varchar(20))""",
])  # fmt: skip

AFTER = several([
    "ALTER TABLE applicants ADD PRIMARY KEY (id), ADD UNIQUE (email), ADD UNIQUE (national_id)",
    "CREATE INDEX applicants_lower_email ON applicants (lower(email))", "CREATE INDEX applicants_phone ON applicants (phone)",
    "ALTER TABLE applications ADD PRIMARY KEY (id), ADD FOREIGN KEY (applicant_id) REFERENCES applicants",
    "CREATE INDEX applications_applicant ON applications (applicant_id)",
    "ALTER TABLE educations ADD PRIMARY KEY (applicant_id, line), ADD FOREIGN KEY (applicant_id) REFERENCES applicants",
    "ALTER TABLE employments ADD PRIMARY KEY (applicant_id, line), ADD FOREIGN KEY (applicant_id) REFERENCES applicants",
    "ALTER TABLE referees ADD PRIMARY KEY (id), ADD FOREIGN KEY (applicant_id) REFERENCES applicants",
    "CREATE INDEX referees_applicant ON referees (applicant_id)", "CREATE INDEX referees_email ON referees (lower(email))",
])  # fmt: skip

_APPLICANT = Link(("applicant_id",), "applicants", ("id",), why="foreign key")
_APPLICANTS = (Expiry("applicants", follows="applicants"),)

TABLES = (
    TableMeaning(
        "applicants",
        identifiers=(
            Identifier("email", "email", Form.LOWER), Identifier("phone", "phone"), Identifier("national_id", "national-id"),
        ),
        columns=means({"email": "email", "name": "name", "phone": "contact-details", "national_id": "identity-evidence",
                       "born": "date-of-birth", "address": "contact-details"}, "id closed_at"),
        retention=(Expiry("applicants", since="closed_at"),),
    ),
    TableMeaning("applications", links=(_APPLICANT,), columns=means({"applicant_id": "employment-history", "job": "employment-history",
                                                                    "state": "employment-history", "letter": "employment-history",
                                                                    "expected_salary": "employment-history"}, "id applied_at"), retention=_APPLICANTS),
    TableMeaning("educations", links=(_APPLICANT,), columns=means({"school": "education", "degree": "education", "year": "education"},
                                                                  "applicant_id line"), retention=_APPLICANTS),
    TableMeaning("employments", links=(_APPLICANT,), columns=means({"employer": "employment-history", "role": "employment-history",
                                                                    "since": "employment-history", "until": "employment-history"},
                                                                   "applicant_id line"), retention=_APPLICANTS),
    TableMeaning(
        "referees", links=(_APPLICANT,), identifiers=(Identifier("email", "email", Form.LOWER, why="the referee is a person too"),),
        columns=means({"name": Meaning("third-person-data", becomes="-"), "email": "third-person-data", "phone": "third-person-data"},
                      "id applicant_id"), retention=_APPLICANTS,
    ),
)  # fmt: skip

SHEETS = (
    Sheet("applicants", split("id email name phone national_id born address closed_at"), _applicants),
    Sheet("applications", split("id applicant_id job state applied_at letter expected_salary"), _applications),
    Sheet("educations", split("applicant_id line school degree year"), _educations),
    Sheet("employments", split("applicant_id line employer role since until"), _employments),
    Sheet("referees", split("id applicant_id name email phone"), _referees),
)

RECRUITMENT = Made(
    SystemMeaning("recruitment", Text((("en", "Recruitment"), ("id", "Rekrutmen"))), "Head of People", "Jakarta", "ID", tables={table.name: table for table in TABLES}),
    FORM, SHEETS, AFTER,
)  # fmt: skip
