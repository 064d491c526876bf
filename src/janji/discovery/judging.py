"""What a column holds: its name, what was seen of its values and its table weighed together, with the reason in a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from janji.datamap.catalogue import Column, Sort
from janji.discovery.holds import TITLES, Holds
from janji.discovery.naming import Called, called, is_of_people, speaks_of_somebody, speaks_of_things, words_of
from janji.discovery.seen import Seen, kinds_of
from janji.terms.messages import N_, Message, say

LEAST = 0.5
"""What is less sure is not proposed."""
FEW = 10
"""From so many values on a form counts without a name that says so."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column may hold, how sure that is (0 to 1), and why; nothing where it holds nothing of a person."""

    holds: Holds | None
    confidence: float
    why: Message


@dataclass(frozen=True, slots=True)
class Held:
    """A column as it is judged: its form, what its name says, what was seen, whether its rows are people's, if known, and have an address."""

    table: str
    column: Column
    seen: Seen
    people: bool | None
    key: bool = False
    refers: bool = False
    addressed: bool = False

    @property
    def named(self) -> Mapping[Holds, Called]:
        """What the name says, without what it only tells about."""
        return {item.holds: item for item in called(self.column.name) if not item.about}


_BY_CHECK: dict[Holds, tuple[tuple[str, ...], tuple[str, ...], float, float]] = {
    Holds.EMAIL: (("email",), (), 0.95, 0.02),
    Holds.NATIONAL_ID: (("national-id",), ("long",), 0.9, 0.25),
    Holds.CARD: (("card",), ("long", "masked", "digits"), 0.85, 0.4),
    Holds.ADDRESS_IP: (("ip",), (), 0.8, 0.5),
    Holds.TAX_NUMBER: (("tax-number",), ("long", "national-id"), 0.75, 0.5),
    Holds.PHONE: (("phone",), ("dialled", "tax-number", "bank-account"), 0.75, 0.3),
    Holds.HEALTH_INSURANCE: (("health-insurance",), ("long",), 0.7, 0.6),
    Holds.PLATE: (("plate",), ("code",), 0.7, 0.6),
    Holds.BANK_ACCOUNT: (("bank-account",), ("long", "dialled", "phone", "national-id", "card", "tax-number"), 0.7, 0.6),
    Holds.PASSPORT: (("passport",), ("code",), 0.6, 0.8),
}  # fmt: skip
"""Marks that pass a check, marks that have the form, how sure a form is without a name, and the share from which it counts."""
_NAMES_OF_THINGS = frozenset("""
    order orders pesanan invoice inv faktur resi awb tracking imei serial seri sn sku barcode ean upc transaksi transaction trx ref
    referensi reference tiket ticket booking voucher token version versi batch lot model part isbn issn kuitansi receipt shipment
    kupon coupon build sequence counter epoch timestamp ts unix urut po so do amount total nominal harga price nomordokumen
""".split())
_OTHER_DAYS = frozenset("""
    created updated deleted modified inserted hire hired join joined masuk keluar order ordered pesan kirim release released rilis
    berdiri established founded start end begin mulai akhir expired expiry valid due jatuh issued terbit paid bayar payment login seen
    visit manufacture produksi contract kontrak effective published publish
""".split())
_HIDDEN = ("hashed", "masked", "opaque", "secret", "bytes")


def judge(held: Held) -> Guess:
    """The best guess for a column: the surest of what any rule says, or nothing with the reason."""
    reason = _of_the_store(held)
    rules: Sequence[Callable[[Held], list[Guess]]] = (_checked, _numbered) if reason else _RULES
    guesses = [guess for rule in rules for guess in rule(held)]
    best = max(guesses, key=lambda guess: guess.confidence, default=None)
    if best is not None and best.confidence >= LEAST:
        return best
    return Guess(None, 1 - best.confidence if best else 0.9, reason or _nothing(held, best))


def _of_the_store(held: Held) -> Message | None:
    """Why a column is a key of the store's own, of which only a checked form can be somebody's."""
    if held.refers:
        return say(N_("`{column}`: it refers to another table"), column=held.column.name)
    if held.key and held.column.sort in {Sort.INTEGER, Sort.UUID, Sort.NUMBER}:
        return say(N_("`{column}`: it is a key of the store's own"), column=held.column.name)
    return None


def _nothing(held: Held, best: Guess | None) -> Message:
    name = held.column.name
    told = next((item for item in called(name) if item.sure), None)
    if best is not None and best.holds is not None and held.people is False:
        return say(
            N_("`{column}`: it may be {what}, but the rows of `{table}` are not people by its name"),
            column=name, what=say(TITLES[best.holds]), table=held.table,
        )  # fmt: skip
    if told is not None and told.about:
        return say(N_("`{column}`: its name tells about {what}, and its values are none"), column=name, what=say(TITLES[told.holds]))
    if told is not None and held.seen.count:
        return say(N_("`{column}`: its name says {what}, but its values have not the form of it"), column=name, what=say(TITLES[told.holds]))
    if not held.seen.count and not held.seen.paths:
        return say(N_("`{column}`: its name says nothing of a person, and no values were drawn"), column=name)
    return say(N_("`{column}`: neither its name nor its values say anything of a person"), column=name)


def _count(number: float) -> str:
    return f"{round(number):,}"


def _passed(held: Held, share: float, named: bool) -> Message:
    params = {"column": held.column.name, "count": _count(share * held.seen.count), "size": _count(held.seen.count)}
    if named:
        return say(N_("`{column}`: {count} of {size} values pass the checks, and its name says the same"), **params)
    return say(N_("`{column}`: {count} of {size} values pass the checks"), **params)


def _formed(held: Held, holds: Holds, share: float) -> Message:
    return say(
        N_("`{column}`: its name says {what}; {count} of {size} values have the form"),
        column=held.column.name, what=say(TITLES[holds]), count=_count(share * held.seen.count), size=_count(held.seen.count),
    )  # fmt: skip


def _by_name(held: Held, holds: Holds) -> Message:
    if not held.seen.count:
        return say(N_("`{column}`: its name says {what}; no values were drawn"), column=held.column.name, what=say(TITLES[holds]))
    return say(N_("`{column}`: its name says {what}"), column=held.column.name, what=say(TITLES[holds]))


def _concealed(held: Held, holds: Holds) -> Guess:
    return Guess(holds, 0.6, say(
        N_("`{column}`: its name says {what}; its values are masked, hashed or encrypted"),
        column=held.column.name, what=say(TITLES[holds]),
    ))  # fmt: skip


def _is_concealed(held: Held, item: Called) -> bool:
    return held.seen.share(*_HIDDEN) >= 0.5 or (item.hidden and held.seen.count > 0)


def _checked(held: Held) -> list[Guess]:
    """Kinds whose values pass a check or have a form of their own."""
    guesses = []
    for holds, (strict, loose, sure, least) in _BY_CHECK.items():
        item = held.named.get(holds)
        guess = _checked_by_name(held, holds, item, strict, loose) if item is not None and (item.sure or _fits(held, item)) else None
        if guess is None and held.seen.count:
            guess = _checked_alone(held, holds, strict, sure, least)
        if guess is not None:
            guesses.append(_unless_things(held, guess))
    return guesses


_OF_MONEY = frozenset("bank rekening payout payouts refund refunds payment payments pembayaran transfer pencairan gaji payroll".split())


def _fits(held: Held, item: Called) -> bool:
    """Whether a word that can mean something else may be believed: an account or a card among people or payments, in full."""
    if item.holds is Holds.BANK_ACCOUNT:
        around = {*words_of(held.table), *words_of(held.column.name)}
        return not around.isdisjoint(_OF_MONEY)
    return held.seen.count > 0


def _checked_by_name(held: Held, holds: Holds, item: Called, strict: tuple[str, ...], loose: tuple[str, ...]) -> Guess | None:
    passed = min(1.0, held.seen.share(*strict))
    formed = max(held.seen.share(mark) for mark in (*strict, *loose))
    if not held.seen.count:
        if held.refers or held.column.sort in {Sort.BOOLEAN, Sort.DATE, Sort.INSTANT, Sort.TIME}:
            return None
        return Guess(holds, 0.7 if item.sure else 0.4, _by_name(held, holds))
    if passed >= 0.5:
        return Guess(holds, 0.99 if item.sure else 0.9, _passed(held, passed, True))
    if _is_concealed(held, item):
        return _concealed(held, holds)
    if not item.sure and holds is not Holds.BANK_ACCOUNT:
        return None
    if formed >= 0.5 and held.column.sort not in {Sort.DATE, Sort.INSTANT}:
        return Guess(holds, 0.8, _formed(held, holds, formed))
    return Guess(holds, 0.7, _passed(held, passed, True)) if passed >= 0.1 else Guess(holds, 0.35, _by_name(held, holds))


_FEW_ADDRESSES = 3
"""So many values at least tell what a column holds where all of them are e-mail addresses, which nothing is by chance."""


def _checked_alone(held: Held, holds: Holds, strict: tuple[str, ...], sure: float, least: float) -> Guess | None:
    share = held.seen.share(*strict)
    fewest = FEW if holds is not Holds.EMAIL or share < 1 else _FEW_ADDRESSES
    if share < least or held.seen.count < fewest or held.seen.share("prose") > 0.3:
        return None
    around = {*words_of(held.column.name)}
    if not around.isdisjoint(_NAMES_OF_THINGS) and holds is not Holds.EMAIL and not (holds in {Holds.NATIONAL_ID, Holds.CARD} and share > 0.9):
        return Guess(holds, 0.3, _passed(held, share, False))
    if holds is Holds.PHONE and held.column.sort in {Sort.INTEGER, Sort.NUMBER} and held.seen.share("mobile") < 0.9:
        return None
    return Guess(holds, sure if share >= 0.8 else sure * 0.7, _passed(held, share, False))


def _unless_things(held: Held, guess: Guess) -> Guess:
    """The same, unless it is the telephone or the mailbox of a shop, or the address of a machine."""
    if guess.holds is Holds.ADDRESS_IP and speaks_of_things(held.column.name):
        return Guess(guess.holds, 0.4, guess.why)
    if held.people is not False or guess.confidence < LEAST:
        return guess
    shop = (guess.holds is Holds.EMAIL and held.seen.share("role") >= 0.3) or (
        guess.holds is Holds.PHONE and held.seen.share("mobile") < 0.7
    )
    if shop or guess.holds in {Holds.ADDRESS_IP, Holds.PLATE, Holds.BANK_ACCOUNT, Holds.TAX_NUMBER}:
        return Guess(guess.holds, 0.4, guess.why)
    return guess


def _names(held: Held) -> list[Guess]:
    """Names of people, by the dictionary and by what the column is called."""
    seen, item = held.seen, held.named.get(Holds.NAME)
    person, full, other = seen.share("person"), seen.share("persons"), seen.share("lettered")
    company = seen.share("company", "place")
    found = say(
        N_("`{column}`: {count} of {size} values are made of names of people"),
        column=held.column.name, count=_count(person * seen.count), size=_count(seen.count),
    )  # fmt: skip
    if item is None:
        if seen.count < FEW or any(word in _NAMES_OF_THINGS for word in words_of(held.column.name)):
            return []
        enough = full >= 0.5 or (person >= 0.7 and held.people is True)
        return [Guess(Holds.NAME, 0.45 if held.people is False and full < 0.6 else 0.7, found)] if enough else []
    if speaks_of_things(held.column.name) and not item.sure and not speaks_of_somebody(held.column.name):
        return []
    if not seen.count:
        if held.column.sort not in {Sort.TEXT, Sort.OTHER}:
            return []
        confidence = 0.65 if item.sure else {True: 0.6, None: 0.4, False: 0.1}[held.people]
        return [Guess(Holds.NAME, confidence, _by_name(held, Holds.NAME))]
    if _is_concealed(held, item) and item.sure:
        return [_concealed(held, Holds.NAME)]
    if person >= (0.3 if item.sure else 0.4) and person > company:
        if held.people is False and not item.sure and person < 0.6:
            return [Guess(Holds.NAME, 0.4, found)]
        return [Guess(Holds.NAME, 0.97 if item.sure or held.people else 0.85, found)]
    if company > person + other or held.people is False:
        return [Guess(Holds.NAME, 0.3, found)]
    if other + person >= 0.6 and (item.sure or (held.people is True and seen.distinct >= FEW)):
        return [Guess(Holds.NAME, 0.7 if item.sure else 0.6, _formed(held, Holds.NAME, other + person))]
    return [Guess(Holds.NAME, 0.35, found)]


_LANDS = frozenset({"country", "negara"})
_STATES = frozenset({"state", "region"})


def _addresses(held: Held) -> list[Guess]:
    """Addresses and their parts, which are a person's where the rows are."""
    seen, item = held.seen, held.named.get(Holds.ADDRESS)
    street = seen.share("street")
    if held.people is False:
        return [Guess(Holds.ADDRESS, 0.4, _by_name(held, Holds.ADDRESS))] if street >= 0.5 or (item is not None and item.sure) else []
    lift = 0.0 if held.people else -0.2
    if item is None or not item.sure:
        if street >= 0.5 and seen.count >= FEW:
            return [Guess(Holds.ADDRESS, 0.8 + lift, say(
                N_("`{column}`: {count} of {size} values have words of addresses"),
                column=held.column.name, count=_count(street * seen.count), size=_count(seen.count),
            ))]  # fmt: skip
        words = {*words_of(held.column.name)}
        formed = seen.share("place", "lettered") if words & _LANDS or (words & _STATES and held.addressed) else seen.share("place")
        if item is None or not held.people or formed < 0.5:
            return []
        return [Guess(Holds.ADDRESS, 0.6, _formed(held, Holds.ADDRESS, formed))]
    if held.column.sort in {Sort.BOOLEAN, Sort.DATE, Sort.INSTANT, Sort.BYTES}:
        return []
    if not seen.count:
        return [Guess(Holds.ADDRESS, 0.7 + lift, _by_name(held, Holds.ADDRESS))]
    if _is_concealed(held, item):
        return [_concealed(held, Holds.ADDRESS)]
    if street >= 0.2:
        return [Guess(Holds.ADDRESS, 0.95 + lift, _formed(held, Holds.ADDRESS, street))]
    if seen.share("email", "ip", "link", "mac") >= 0.5:
        return []
    formed = max(seen.share("place"), seen.share("five"))
    if formed >= 0.3:
        return [Guess(Holds.ADDRESS, 0.85 + lift, _formed(held, Holds.ADDRESS, formed))]
    return [Guess(Holds.ADDRESS, 0.7 + lift, _by_name(held, Holds.ADDRESS))]


def _births(held: Held) -> list[Guess]:
    """Dates of birth, years and ages."""
    seen, item = held.seen, held.named.get(Holds.BIRTH_DATE)
    dated, days = seen.share("date"), held.column.sort in {Sort.DATE, Sort.INSTANT}
    if item is None or not item.sure:
        plausible = seen.years is not None and seen.years[0] >= 1930 and 1945 <= seen.years[1] <= 2008 and seen.years[2] - seen.years[0] >= 15
        if not plausible or held.people is not True or dated < 0.8 or seen.count < FEW or not _OTHER_DAYS.isdisjoint(words_of(held.column.name)):
            return []
        return [Guess(Holds.BIRTH_DATE, 0.55, say(N_("`{column}`: its dates lie as far back and apart as births do"), column=held.column.name))]
    aged = not {"age", "usia", "umur", "lahir", "ttl"}.isdisjoint(words_of(held.column.name))
    if not seen.count:
        fits = days or held.column.sort in {Sort.TEXT, Sort.INTEGER, Sort.OTHER}
        return [Guess(Holds.BIRTH_DATE, 0.5 if aged and not held.people else 0.75, _by_name(held, Holds.BIRTH_DATE))] if fits else []
    if dated >= 0.5 and seen.years is not None and seen.years[1] <= 2020:
        return [Guess(Holds.BIRTH_DATE, 0.95 if held.people is not False else 0.7, _formed(held, Holds.BIRTH_DATE, dated))]
    if _is_concealed(held, item):
        return [_concealed(held, Holds.BIRTH_DATE)]
    if seen.share("year") >= 0.5 and held.people is not False:
        return [Guess(Holds.BIRTH_DATE, 0.85, _formed(held, Holds.BIRTH_DATE, seen.share("year")))]
    return [Guess(Holds.BIRTH_DATE, 0.7, _by_name(held, Holds.BIRTH_DATE))] if aged and held.people and seen.share("long") == 0 else []


_ALONE: dict[Holds, tuple[str, float, int]] = {
    Holds.RELIGION: ("religion", 0.95, 3),
    Holds.GENDER: ("gendered", 0.95, 2),
    Holds.CREDENTIAL: ("secret", 0.8, 1),
    Holds.DEVICE: ("mac", 0.8, 1),
    Holds.PHOTO: ("image", 0.8, 1),
    Holds.LOCATION: ("pair", 0.8, 1),
}
"""Marks by which a column of people is told without a name, from which share on, and with how many different values."""
_CONFIRMED: dict[Holds, tuple[str, ...]] = {
    Holds.GENDER: ("gender",), Holds.RELIGION: ("religion",), Holds.LOCATION: ("pair", "degrees"), Holds.CREDENTIAL: ("secret", "hashed"),
    Holds.PHOTO: ("image", "link", "bytes"), Holds.DEVICE: ("mac", "imei", "uuid"), Holds.COOKIE: ("uuid", "opaque", "hashed"),
    Holds.BIRTH_PLACE: ("place",), Holds.HEALTH: ("health", "blood"), Holds.WORK: ("lettered", "wordy"),
}  # fmt: skip
"""Marks that confirm a name."""
_ANY_TABLE = {Holds.CREDENTIAL: 0.7, Holds.BIOMETRICS: 0.7, Holds.COOKIE: 0.6, Holds.DEVICE: 0.6, Holds.GENDER: 0.6, Holds.RELIGION: 0.6,
              Holds.MARITAL_STATUS: 0.6, Holds.BIRTH_PLACE: 0.7, Holds.ACCOUNT: 0.6, Holds.HEALTH: 0.6, Holds.NATIONALITY: 0.5,
              Holds.LOCATION: 0.4, Holds.PHOTO: 0.4, Holds.WORK: 0.4, Holds.INCOME: 0.4, Holds.EDUCATION: 0.4}  # fmt: skip
"""How sure a name is where nobody knows whether the rows are people's."""


def _called_so(held: Held) -> list[Guess]:
    """What is known by its name mostly, and held of people only where the rows are theirs."""
    guesses = []
    for holds, doubtful in _ANY_TABLE.items():
        item = held.named.get(holds)
        marks = _CONFIRMED.get(holds, ())
        share = min(1.0, sum(held.seen.share(mark) for mark in marks))
        maybe = held.people and _confirmed(held, holds, item, share)
        if item is None or not (item.sure or maybe) or not _may_hold(held, holds):
            continue
        of_things = held.people is False or (holds is Holds.DEVICE and speaks_of_things(held.column.name))
        if of_things and holds not in {Holds.CREDENTIAL, Holds.BIOMETRICS}:
            guesses.append(Guess(holds, 0.4, _by_name(held, holds)))
            continue
        confidence = doubtful if held.people is None else 0.8
        if share >= 0.5:
            guesses.append(Guess(holds, min(0.97, confidence + 0.15), _formed(held, holds, share)))
        elif holds in {Holds.GENDER, Holds.RELIGION} and held.seen.count and held.seen.share("digits", "code", "lettered") < 0.5:
            guesses.append(Guess(holds, 0.4, _by_name(held, holds)))
        elif held.seen.count and _is_concealed(held, item):
            guesses.append(_concealed(held, holds))
        else:
            guesses.append(Guess(holds, confidence, _by_name(held, holds)))
    for holds, (mark, least, different) in _ALONE.items():
        share, enough = held.seen.share(mark), held.seen.count >= FEW and held.seen.distinct >= different
        if share >= least and enough and (held.people or holds is Holds.CREDENTIAL) and holds not in held.named:
            guesses.append(Guess(holds, 0.6, _passed(held, share, False)))
    return guesses


def _confirmed(held: Held, holds: Holds, item: Called | None, share: float) -> bool:
    """Whether a name that can mean something else means this: by its values, or by the name of its table."""
    if item is None or item.sure:
        return False
    if holds is Holds.ACCOUNT:
        numbered = item.share == 1 and is_of_people(held.table) is True and not {"number", "no", "nomor"}.isdisjoint(words_of(held.column.name))
        return numbered and held.seen.count >= FEW and held.seen.distinct >= 0.95 * held.seen.count
    if holds is Holds.DEVICE and not {"device", "devices", "perangkat"}.isdisjoint(words_of(held.table)):
        return not {"serial", "seri"}.isdisjoint(words_of(held.column.name))
    return share >= 0.5 and (holds is not Holds.WORK or "title" in words_of(held.column.name))


def _numbered(held: Held) -> list[Guess]:
    """A key that is a number people are known by, such as a staff number, and none of the store's own."""
    return [guess for guess in _called_so(held) if guess.holds is Holds.ACCOUNT and held.column.sort is Sort.TEXT]


def _may_hold(held: Held, holds: Holds) -> bool:
    """Whether a column of its type can hold such a thing at all."""
    sort = held.column.sort
    if sort is Sort.BOOLEAN:
        return holds is Holds.HEALTH
    if sort in {Sort.DATE, Sort.INSTANT, Sort.TIME}:
        return False
    if sort is Sort.BYTES:
        return holds in {Holds.PHOTO, Holds.BIOMETRICS, Holds.CREDENTIAL}
    if holds is Holds.ACCOUNT and sort is not Sort.TEXT and "login" in words_of(held.column.name):
        return False
    if holds is Holds.PHOTO and sort in {Sort.INTEGER, Sort.NUMBER}:
        return False
    if holds is Holds.CREDENTIAL and sort is Sort.INTEGER:
        return "pin" in words_of(held.column.name) or "otp" in words_of(held.column.name)
    return True


_OF_THINGS_TOO = frozenset("title judul description deskripsi content konten subject summary ringkasan keterangan uraian text teks body instructions instruksi".split())
"""Names of texts that are of things as often as not."""


def _texts(held: Held) -> list[Guess]:
    """What is written freely: of people where the rows are theirs, or where the scanner found somebody in it."""
    seen, item = held.seen, held.named.get(Holds.TEXT)
    if held.column.sort not in {Sort.TEXT, Sort.OTHER, Sort.JSON}:
        return []
    if not seen.count:
        return [Guess(Holds.TEXT, 0.6 if held.people else 0.3, _by_name(held, Holds.TEXT))] if item is not None and item.sure else []
    prose = seen.share("prose") + seen.share("wordy")
    finds = sum(seen.within.values()) / seen.count
    sick = (seen.within.get("health", 0) + seen.marks.get("health", 0)) / seen.count
    if sick >= 0.4 and held.people is not False:
        return [Guess(Holds.HEALTH, 0.75, say(
            N_("`{column}`: {count} of {size} values speak of health"),
            column=held.column.name, count=_count(sick * seen.count), size=_count(seen.count),
        ))]  # fmt: skip
    sure = finds - (seen.within.get("health", 0) + seen.within.get("child", 0)) / seen.count
    if (prose < 0.3 or seen.share("prose") < 0.1) and sure < 0.02:
        short = item is not None and item.sure and held.people is True and seen.share("spaced") >= 0.5 and seen.distinct >= 5
        return [Guess(Holds.TEXT, 0.55, _by_name(held, Holds.TEXT))] if short else []
    kinds = ", ".join(f"`{kind}`" for kind in list(kinds_of(seen.within))[:4])
    if finds > 0:
        why = say(
            N_("`{column}`: text that was written freely; in {count} of {size} values the scanner found {kinds}"),
            column=held.column.name, count=_count(min(1, finds) * seen.count), size=_count(seen.count), kinds=kinds,
        )  # fmt: skip
    else:
        why = say(
            N_("`{column}`: {count} of {size} values are text that was written freely"),
            column=held.column.name, count=_count(min(1, prose) * seen.count), size=_count(seen.count),
        )  # fmt: skip
    if item is None and 2 * seen.within.get("email", 0) > seen.count:
        return [Guess(Holds.EMAIL, 0.3 if held.people is False else 0.7, why)]
    told = item is not None and _OF_THINGS_TOO.isdisjoint(words_of(held.column.name))
    confidence = {True: 0.75, None: 0.55 if told else 0.4, False: 0.3}[held.people]
    if any(word.about for word in called(held.column.name)):
        confidence = 0.4
    if finds >= 0.01:
        confidence = max(confidence, 0.45 if held.people is False and finds < 0.05 else 0.65)
    return [Guess(Holds.TEXT, confidence, why)]


_RULES: Sequence[Callable[[Held], list[Guess]]] = (_checked, _names, _addresses, _births, _called_so, _texts)
