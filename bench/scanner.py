"""The scanner on support tickets: megabytes a second beside a bare pass of `re`, and how often it is right and complete.

The tickets are made: ten kinds of personal data in many ways of writing, among decoys that look like them.
"""

from __future__ import annotations

import gc
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from figures import Figure, show

from janji.people.national import PROVINCES
from janji.scanner.matches import Kind
from janji.scanner.scan import Scanner, build_scanner

SIZE = 4_000_000
"""Bytes of tickets that are made."""
SEED = 2027
USUAL = 0.1
"""The share of hard decoys where speed is measured; where errors are counted it is a half."""
BARE = (
    r"\b\d{16}\b", r"\b\d{2}\.?\d{3}\.?\d{3}\.?\d-?\d{3}\.?\d{3}\b", r"(?:\+62|62|0)[ -]?8[1-9]\d(?:[ -]?\d){6,9}\b",
    r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b", r"\b(?:\d[ -]?){13,19}\b", r"\b[A-Z]\d{7}\b", r"\b[A-Z]{1,2} ?\d{1,4} ?[A-Z]{1,3}\b",
    r"\b(?:hamil|diabetes|hiv|kanker|asma|depresi|anak|bayi|balita|child|toddler|pregnant|cancer|stroke)\b",
)  # fmt: skip
"""The same kinds as patterns without any check: what a program would begin with."""
FILLERS = ["saya", "mau", "tanya", "soal", "pesanan", "kemarin", "yang", "belum", "sampai", "padahal", "sudah", "dibayar", "lunas", "mohon", "dibantu", "segera", "karena", "barangnya", "rusak", "dan", "garansi", "masih", "berlaku", "admin", "kurir", "bilang", "alamat", "tidak", "ditemukan", "televisi", "kamera", "baterai", "layar", "mati", "total", "tombol", "tidak", "bisa", "ditekan", "sudah", "dua", "minggu", "menunggu", "balasan", "tetapi", "belum", "ada", "kabar", "tolong", "dicek", "lagi", "terima", "kasih", "kak", "min", "sore", "ini", "unit", "nya", "bergaris", "the", "order", "has", "not", "arrived", "yet", "please", "check", "the", "status", "of", "my", "delivery", "thanks", "nobody", "picked", "up", "when", "we", "tried", "again", "yesterday", "screen", "flickers", "after", "the", "update", "and", "the", "remote", "stopped", "working", "could", "you", "help", "us", "with", "a", "replacement", "soon", "best", "regards"]
Chance = random.Random
Piece = tuple[str, str, str]
"""What stands before an item, the item, and what stands after it."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A made ticket and what is in it: kind, start and end of each item."""

    text: str
    items: tuple[tuple[str, int, int], ...]


def digits(chance: Chance, count: int) -> str:
    """So many digits by chance."""
    return "".join(chance.choice("0123456789") for _ in range(count))


def check_digit(number: str) -> str:
    """The digit that makes a number pass Luhn's check when it is put behind it; written plainly."""
    total = 0
    for place, char in enumerate(reversed(number)):
        value = int(char) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def cut(number: str, sizes: tuple[int, ...], between: str) -> str:
    """A number in groups."""
    parts, place = [], 0
    for size in sizes:
        parts.append(number[place : place + size])
        place += size
    return between.join([*parts, number[place:]] if place < len(number) else parts)


def named(chance: Chance, names: tuple[str, ...], item: str, bare: float) -> Piece:
    """An item with a word before it, or behind it, or with none."""
    name = chance.choice(names)
    if chance.random() < 0.3:
        name = chance.choice((name.upper(), name.title(), name.lower()))
    roll = chance.random()
    if roll < bare:
        return chance.choice(("", "", "(", '"')), item, chance.choice(("", ",", ".", ")", "!", "?", ";"))
    if roll < bare + 0.06 and name.isascii():
        return "", item, f" ({name})"
    return name + chance.choice((" ", ": ", " : ", "=", " saya ", " is ", " - ", ":", " adalah ")), item, chance.choice(("", ",", ".", " ya", "\n"))


def nik(chance: Chance) -> Piece:
    """A national identity number of a district as they are numbered."""
    place = chance.choice(sorted(PROVINCES)) + f"{chance.choice((*range(1, 7), 71)):02}{chance.randint(1, 40):02}"
    day = chance.randint(1, 28) + chance.choice((0, 40))
    number = f"{place}{day:02}{chance.randint(1, 12):02}{chance.randint(0, 99):02}{chance.randint(1, 9999):04}"
    written = chance.choice((
        *[number] * 12, cut(number, (4, 4, 4, 4), " "), cut(number, (6, 6, 4), "."), cut(number, (6, 6, 4), "-"),
        cut(number, (6, 6, 4), " "), cut(number, (2, 2, 2, 6, 4), "."), cut(number, (4, 4, 4, 4), "-"),
    ))  # fmt: skip
    return named(chance, ("NIK", "no KTP", "nomor ktp", "KTP", "e-KTP no.", "no. KK", "ID card number", "nik/ktp"), written, 0.25)


def tax_number(chance: Chance) -> Piece:
    """A tax number in its form with dots, in other forms, or bare, which is hardly ever written without its name."""
    body = f"{chance.choice((1, 2, 3, 4, 6, 7, 8, 9, 24, 31, 43, 57, 66, 71, 80, 92)):02}{digits(chance, 6)}"
    number = body + check_digit(body) + f"{chance.randint(1, 999):03}" + chance.choice(("000", "000", "000", "001", "002"))
    names = ("NPWP", "no NPWP", "nomor pajak", "npwp perusahaan", "tax ID", "TIN")
    roll = chance.random()
    if roll < 0.55:
        dotted = f"{number[:2]}.{number[2:5]}.{number[5:8]}.{number[8]}-{number[9:12]}.{number[12:]}"
        return named(chance, names, dotted, 0.35)
    if roll < 0.7:
        return named(chance, names, "0" + number, 0)
    return named(chance, names, chance.choice((number, cut(number, (2, 3, 3, 1, 3, 3), " "), cut(number, (2, 3, 3, 1, 3, 3), "-"))), 0)


def card(chance: Chance) -> Piece:
    """The number of a payment card."""
    prefix, size = chance.choice((("4", 16), ("4", 16), ("5" + chance.choice("12345"), 16), ("2221", 16), ("37", 15), ("3530", 16), ("6212", 16)))
    body = prefix + digits(chance, size - len(prefix) - 1)
    number = body + check_digit(body)
    groups = (4, 6, 5) if size == 15 else (4, 4, 4, 4)
    written = chance.choice((number, number, number, cut(number, groups, " "), cut(number, groups, " "), cut(number, groups, "-")))
    return named(chance, ("kartu kredit", "card no", "CC", "kartu debit", "credit card number", "visa", "nomor kartu"), written, 0.3)


def phone(chance: Chance) -> Piece:
    """A telephone number: mobile mostly, of a town, or of another country."""
    roll = chance.random()
    if roll < 0.75:
        mobile = "8" + chance.choice(("11", "12", "13", "21", "22", "31", "38", "51", "57", "77", "78", "81", "95", "96")) + digits(chance, chance.randint(7, 9))
        rest = chance.choice((*[mobile] * 6, cut(mobile, (3, 4), "-"), cut(mobile, (3, 4), " "), cut(mobile, (3, 4), "."), cut(mobile, (3, 3), "-")))
        written = chance.choice(("0", "0", "0", "+62", "+62 ", "62", "+62-", "(+62) ", "+62 (0)")) + rest
    elif roll < 0.88:
        area = chance.choice(("21", "22", "24", "31", "61", "274", "341", "361", "411", "542", "778"))
        local = chance.choice("23456789") + digits(chance, 6)
        written = chance.choice((f"(0{area}) {local}", f"0{area}-{local}", f"0{area} {cut(local, (3,), '-')}", f"+62 {area} {local}", f"+62{area}{local}"))
    else:
        written = chance.choice((
            f"+65 {chance.choice('689')}{digits(chance, 3)} {digits(chance, 4)}", f"+60 12-{digits(chance, 3)} {digits(chance, 4)}",
            f"+1 (415) 555-{digits(chance, 4)}", f"+4477009{digits(chance, 5)}", f"+81 90-{digits(chance, 4)}-{digits(chance, 4)}",
        ))  # fmt: skip
    return named(chance, ("hp", "no hp", "WA", "wa saya", "telp", "telepon", "phone", "whatsapp", "hubungi", "call me at", "HP/WA"), written, 0.35)


def email(chance: Chance) -> Piece:
    """An e-mail address."""
    name = chance.choice(("budi", "siti.aminah", "dewi_k", "agus-s", "j.o'brien", "andi+toko", "r1zky", "Putri.Ayu", "x"))
    host = chance.choice(("gmail.com", "yahoo.co.id", "Outlook.com", "kantor.example.id", "mail.univ.ac.id", "a-b.org", "contoh.museum"))
    written = f"{name}{chance.choice(('', digits(chance, 2)))}@{host}"
    return named(chance, ("email", "e-mail", "surel", "alamat email", "mailto"), written.upper() if chance.random() < 0.05 else written, 0.5)


def passport(chance: Chance) -> Piece:
    """The number of a passport."""
    return named(chance, ("paspor", "no paspor", "passport number", "passport no.", "nomor paspor", "Passport"), chance.choice("ABCEX") + digits(chance, 7), 0.15)


def plate(chance: Chance) -> Piece:
    """A number plate."""
    between = chance.choice((" ", " ", " ", "", "-"))
    region = chance.choice(["A", "B", "D", "F", "G", "H", "K", "L", "N", "R", "S", "T", "W", "AA", "AB", "AD", "AE", "AG", "BK", "BL", "BM", "DK", "DR", "KB", "KT", "DD"])
    tail = "".join(chance.choice("ABCDEFGHJKLNPQRSTUVXYZ") for _ in range(chance.choice((1, 2, 3, 3))))
    written = between.join((region, str(chance.randint(100, 9999)), tail))
    bare = 0.4 if between and len(tail) > 1 else 0
    if not bare and chance.random() < 0.3:
        written = written.lower()
    return named(chance, ("plat", "nopol", "plat nomor", "no polisi", "mobil", "nomor kendaraan", "plate number"), written, bare)


def account(chance: Chance) -> Piece:
    """The number of an account at a bank, which only its name makes one."""
    size = chance.choice((10, 10, 10, 12, 13, 15))
    number = chance.choice("1234567") + digits(chance, size - 1)
    written = chance.choice((*[number] * 6, cut(number, (3, 3), "-"), cut(number, (4, 4), " ")))
    return named(chance, ("rekening", "no rek", "norek BCA", "rek. Mandiri", "BCA", "rekening BNI a/n Budi", "bank account number", "transfer ke BRI"), written, 0)


def health(chance: Chance) -> Piece:
    """A word that tells of health."""
    word = chance.choice(("diabetes", "hamil", "kanker payudara", "HIV", "asma", "stroke", "depresi", "pregnant", "cancer", "epilepsi", "serangan jantung",
                          "hipertensi", "gagal ginjal", "asthma", "tuberkulosis", "autisme", "keguguran", "heart attack"))  # fmt: skip
    item = word.split(" payudara")[0]
    return chance.choice(("", "karena ", "punya riwayat ", "suffers from ", "sedang ")), item, word[len(item) :] + chance.choice((",", "", "."))


def child(chance: Chance) -> Piece:
    """A word that tells of a child."""
    item = chance.choice(("anak saya", "balita", "bayi", "my son", "my daughter", "toddler", "siswa SD", "di bawah umur", "anak perempuan", "my kids", "putri saya"))
    return "", item if chance.random() < 0.8 else item.capitalize(), chance.choice((",", " yang", "."))


MAKERS: dict[Kind, Callable[[Chance], Piece]] = {
    Kind.NATIONAL_ID: nik, Kind.TAX_NUMBER: tax_number, Kind.CARD: card, Kind.PHONE: phone, Kind.EMAIL: email, Kind.PASSPORT: passport,
    Kind.PLATE: plate, Kind.BANK_ACCOUNT: account, Kind.HEALTH: health, Kind.CHILD: child,
}  # fmt: skip


def plain_decoy(chance: Chance) -> str:
    """What tickets are full of and is nobody's: numbers of orders and parcels, dates, times, prices, devices."""
    day = f"{chance.randint(2015, 2027)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
    time = f"{chance.randint(0, 23):02}:{chance.randint(0, 59):02}:07"
    body = "35" + digits(chance, 12)
    return chance.choice((
        f"order {digits(chance, chance.randint(8, 16))}", f"pesanan #{digits(chance, 10)}", f"INV-{day.replace('-', '')}-{digits(chance, 6)}",
        f"ORD-2026{digits(chance, 8)}", f"no. resi {digits(chance, 12)}", f"JP{digits(chance, 10)}", day, f"{day} {time}", f"{day}T{time}Z", "25/11/2026",
        f"tgl {chance.randint(1, 28)}-{chance.randint(1, 12):02}-2026", f"Rp{chance.randint(1, 99)}.{digits(chance, 3)}.000", f"Rp {digits(chance, 7)},-",
        f"USD 1,{digits(chance, 3)}.50", f"IMEI {body}{check_digit(body)}", f"17{digits(chance, 8)}", f"17{digits(chance, 11)}",
    ))  # fmt: skip


def hard_decoy(chance: Chance) -> str:
    """What has nearly the form of personal data: wrong check digits, wrong dates, names of things, words with another meaning."""
    body = "35" + digits(chance, 12)
    wrong_card = "4" + digits(chance, 14)
    wrong_card += str((int(check_digit(wrong_card)) + chance.randint(1, 9)) % 10)
    wrong_tax = digits(chance, 8)
    wrong_tax += str((int(check_digit(wrong_tax)) + chance.randint(1, 9)) % 10) + digits(chance, 6)
    return chance.choice((
        f"{body}{check_digit(body)}", f"S/N {chance.choice('ABCEX')}{digits(chance, 7)}", f"model KD-{digits(chance, 2)}X80L",
        f"v{chance.randint(1, 9)}.{chance.randint(0, 20)}.{digits(chance, 3)}", f"@toko_{chance.choice(FILLERS)}", "gambar@2x.png",
        f"budi@{chance.choice(FILLERS)}", f"192.168.{chance.randint(0, 255)}.{chance.randint(0, 255)}", f"99{digits(chance, 14)}",
        f"3171014513{digits(chance, 6)}", wrong_card, cut(wrong_card, (4, 4, 4, 4), " "), cut(wrong_tax, (2, 3, 3, 1, 3, 3), "."),
        "anak perusahaan", "anak tangga", "child process", "sepatu anak", "sakit hati", "TV usia 3 tahun", "umur 34 tahun", "A4 80 gsm", "ukuran 42",
        f"token {cut(digits(chance, 20), (4, 4, 4, 4, 4), ' ')}", f"kode booking {chance.choice('QWR')}{digits(chance, 2)}XYZ", "99 ribu 500", "2 x 1000 ML",
        f"{digits(chance, 4)}-{digits(chance, 3)}", f"barcode 899{digits(chance, 10)}", f"https://example.com/p/{digits(chance, 12)}?ref=ab{digits(chance, 3)}",
        f"case_{digits(chance, 12)}", f"{digits(chance, 3)},{digits(chance, 3)},{digits(chance, 3)}", f"lat -6.{digits(chance, 7)}, 106.{digits(chance, 7)}",
    ))  # fmt: skip


def ticket(chance: Chance, hard: float) -> Ticket:
    """One ticket of about 255 bytes; `hard` is the share of decoys that are nearly personal data."""
    words: list[str | tuple[Kind, Piece]] = [chance.choice(FILLERS) for _ in range(chance.randint(32, 40))]
    for _ in range(chance.choice((0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2))):
        kind = chance.choice(list(MAKERS))
        words.insert(chance.randint(0, len(words)), (kind, MAKERS[kind](chance)))
    for _ in range(chance.choice((0, 1, 1, 2))):
        words.insert(chance.randint(0, len(words)), (plain_decoy if chance.random() >= hard else hard_decoy)(chance) + ",")
    if chance.random() < 0.04:
        words.insert(chance.randint(0, len(words)), chance.choice(("🙏", "“halo”", "é", "\u2013", "terima\u00a0kasih", "你好")))
    text, items = "", []
    for word in words:
        if isinstance(word, str):
            text += word + " "
            continue
        kind, (head, item, tail) = word
        text += head
        items.append((str(kind), len(text), len(text) + len(item)))
        text += item + tail + " "
    return Ticket(text[:-1], tuple(items))


def tickets(size: int = SIZE, seed: int = SEED, hard: float = 0.5) -> list[Ticket]:
    """Tickets of `size` bytes together, the same for the same seed; `hard` is the share of hard decoys."""
    chance = Chance(seed)
    made, length = [], 0
    while length < size:
        made.append(ticket(chance, hard))
        length += len(made[-1].text.encode()) + 1
    return made


def judged(scanner: Scanner, made: list[Ticket]) -> tuple[Counter[str], Counter[str], Counter[str], list[tuple[str, str, str]]]:
    """How often each kind was found rightly, found wrongly and missed, exact to the character; and what went wrong."""
    right: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    shown = []
    for item, matches in zip(made, scanner.scan_many(one.text for one in made), strict=True):
        found = {(str(match.kind), match.start, match.end) for match in matches}
        for kind, start, end in found.symmetric_difference(item.items):
            (wrong if (kind, start, end) in found else missed)[kind] += 1
            shown.append((("wrong " if (kind, start, end) in found else "missed ") + kind, item.text[start:end], item.text[max(0, start - 40) : end + 20]))
        for kind, _, _ in found.intersection(item.items):
            right[kind] += 1
    return right, wrong, missed, shown


def processor_seconds(run: Callable[[], object], times: int) -> float:
    """The least time of the processor that several runs took: nothing is waited for, and neighbours count less."""
    best = float("inf")
    for _ in range(times):
        start = time.process_time()
        run()
        best = min(best, time.process_time() - start)
    return best


def measure() -> list[Figure]:
    """Speed of `scan_many` and of `scan`, with checks and matches, in one process, warm; precision and recall."""
    texts = [item.text for item in tickets(hard=USUAL)]
    size = sum(len(text.encode()) for text in texts) / 1e6
    scanner = build_scanner()
    patterns = [re.compile(pattern) for pattern in BARE]
    gc.collect()
    gc.freeze()  # what the bench itself holds is not looked through again and again

    def bare() -> int:
        return sum(1 for text in texts for pattern in patterns for _ in pattern.finditer(text))

    many = size / processor_seconds(lambda: sum(map(len, scanner.scan_many(texts))), 9)
    single = size / processor_seconds(lambda: sum(len(scanner.scan(text)) for text in texts), 3)
    floor = size / processor_seconds(bare, 2)
    gc.unfreeze()
    right, wrong, missed, _ = judged(scanner, tickets())
    found = sum(right.values())
    precision, recall = found / (found + sum(wrong.values())), found / (found + sum(missed.values()))
    against = f"`re`, {len(BARE)} patterns, no checks"
    return [
        Figure("scan tickets together", many, "MB/s", against, many / floor, ">= 60 MB/s", many >= 60),
        Figure("scan tickets one at a time", single, "MB/s", against, single / floor, ">= 1 x", single >= floor),
        Figure("scan: precision", precision, f"of {found + sum(wrong.values())}", "all that was found", precision, ">= 0.995", precision >= 0.995),
        Figure("scan: recall", recall, f"of {found + sum(missed.values())}", "all that is there", recall, ">= 0.995", recall >= 0.995),
    ]  # fmt: skip


if __name__ == "__main__":
    show(measure())
