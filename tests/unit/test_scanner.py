"""The scanner, case by case: what is found, what is not, and how each match explains itself."""

from __future__ import annotations

from datetime import date

import pytest

from janji.people.national import is_nik
from janji.scanner.matches import Kind, Match, Sign, settled
from janji.scanner.recognisers import SHIPPED
from janji.scanner.scan import build_scanner
from janji.terms.messages import say

SCANNER = build_scanner()

FOUND = [
    ("national-id", "3171011204900012", "NIK saya {}, tolong dicek"),
    ("national-id", "3171015204900012", "perempuan: {}"),
    ("national-id", "3171 0112 0490 0012", "ktp {}"),
    ("national-id", "317101-120490-0012", "No. KTP: {}."),
    ("national-id", "317101.120490.0012", "({})"),
    ("national-id", "31.71.01.120490.0012", "nik={}"),
    ("national-id", "3171012902000012", "lahir kabisat {}"),
    ("national-id", "3578011204900012", "warga Surabaya {} ya"),
    ("national-id", "3171011204900012", "nik/hp {}/081234567890"),
    ("tax-number", "01.300.066.6-091.000", "{}"),
    ("tax-number", "013000666091000", "NPWP {}"),
    ("tax-number", "013000666091000", "{} (npwp)"),
    ("tax-number", "01 300 066 6 091 000", "npwp: {}"),
    ("tax-number", "0013000666091000", "NPWP 16 digit {}"),
    ("tax-number", "3171011204900012", "NPWP: {}"),
    ("card", "4111 1111 1111 1111", "bayar dengan {}"),
    ("card", "4111-1111-1111-1111", "kartu {}, exp 12/27"),
    ("card", "4111111111111111", "kartu kredit BCA {}"),
    ("card", "5555555555554444", "{}"),
    ("card", "378282246310005", "amex {}"),
    ("card", "3782 822463 10005", "{}"),
    ("card", "30569309025904", "diners card {}"),
    ("card", "3530111333300000", "jcb {}"),
    ("phone", "081234567890", "hubungi {} ya"),
    ("phone", "0812-3456-7890", "WA:{}"),
    ("phone", "0812 3456 789", "{}"),
    ("phone", "0812.3456.7890", "telp. {}."),
    ("phone", "+6281234567890", "{}"),
    ("phone", "+62 812-3456-7890", "phone {}"),
    ("phone", "(+62) 812 3456 7890", "hp {}"),
    ("phone", "+62 (0)812 3456 7890", "hp {}"),
    ("phone", "6281234567890", "https://wa.me/{}"),
    ("phone", "(021) 555 1234", "kantor {}"),
    ("phone", "021-5551234", "telp {}"),
    ("phone", "+1 (415) 555-2671", "call {}"),
    ("phone", "+65 6123 4567", "{}"),
    ("phone", "812-3456-7890", "wa {}"),
    ("phone", "081234567890", "hp{}"),
    ("phone", "081234567890", "hubungi {} 2 hari lagi"),
    ("phone", "0812 3456 7890", "hubungi {} 10 kali"),
    ("phone", "081234567890", "tgl 25-11-2026 {}"),
    ("email", "budi.s+toko@mail.contoh.co.id", "kirim ke {}."),
    ("email", "j.o'brien@example.org", "<{}>"),
    ("email", "BUDI@EXAMPLE.COM", "mailto:{}?subject=x"),
    ("email", "budi@contoh.com", "{}.Terima kasih"),
    ("passport", "A1234567", "paspor {}"),
    ("passport", "X1234567", "nomor paspor saya {}"),
    ("passport", "a1234567", "paspor: {}"),
    ("passport", "B1234567", "{} (passport)"),
    ("plate", "B 1234 ABC", "{}"),
    ("plate", "AB 123 CD", "mobil {} parkir"),
    ("plate", "b 1234 abc", "plat {}"),
    ("plate", "B1234ABC", "nopol {}"),
    ("plate", "DK-1234-AB", "({})"),
    ("bank-account", "1234567890", "rekening {}"),
    ("bank-account", "123-456-7890", "no rek BCA {}"),
    ("bank-account", "0812345678", "transfer ke BCA {}"),
    ("bank-account", "012301012345501", "rekening BRI {}"),
    ("bank-account", "1310012345678", "rek. Mandiri a/n Budi: {}"),
    ("bank-account", "5616731946", "{} (rek. Mandiri)"),
    ("health", "diabetes", "saya punya {}."),
    ("health", "Serangan jantung", "{} kemarin"),
    ("health", "AIDS", "tertular {}"),
    ("health", "pregnant", "she is {}"),
    ("health", "covid-19", "positif {}"),
    ("child", "anak saya", "{} sakit mata"),
    ("child", "anak saya", "sepatu {} rusak"),
    ("child", "my daughter", "{} uses it"),
    ("child", "balita", "untuk {}"),
    ("child", "berumur 9 tahun", "dia {}"),
    ("child", "12 years old", "I am {}"),
    ("child", "anak\nsaya", "{} hilang"),
    ("health-insurance", "0001234567890", "BPJS {}"),
    ("national-id", "3171011204900012", "KTP No.{}"),
    ("national-id", "3171011204900012", "no.{}"),
    ("national-id", "3171011204900012", "NIK #{}"),
    ("national-id", "3171011204900012", "lihat scan_ktp_{}.pdf"),
    ("card", "4111111111111111", "Card #{}"),
    ("card", "4111 1111 1111 1111", "kartu no.{}"),
    ("phone", "081234567890", "CP: Ani-{}"),
    ("phone", "081234567890", "hubungi saya.{}"),
    ("phone", "081234567890", "phone #{}"),
    ("tax-number", "01.300.066.6-091.000", "NPWP no.{}"),
    ("bank-account", "1234567890", "BCA account #{}"),
    ("bank-account", "7712345670", "VA BCA 8801234567890123 atau rekening BCA {}"),
    ("passport", "A1234567", "paspor no.{}"),
    ("passport", "A1234567", "passport #{}"),
    ("plate", "B 1234 ABC", "no.{}"),
    ("plate", "B 1234 ABC", "mobil saya.{}"),
    ("child", "anak2 saya", "{} senang"),
    ("child", "my daughters", "{} use it"),
    ("child", "Kelas 7 SMP", "{} negeri"),
    ("child", "kls 3SD", "adik {}"),
    ("child", "9 year old", "a {} girl"),
    ("child", "9yo", "my {} uses it"),
    ("health", "tuli", "ayah saya {}"),
    ("health", "kemo", "sedang {} kedua"),
    ("health", "deaf", "I am {}"),
    ("phone", "0812 34 56 78 90", "{} jam kerja"), ("phone", "0812.34.56.78.90", "wa {}"), ("phone", "0812-345-67-89", "hubungi {}"),
    ("phone", "021 555 12 34", "kantor {}"), ("child", "pelajar kelas", "saya {} 6"), ("child", "adik saya masih SD", "{}, boleh main?"),
]  # fmt: skip

NOT_FOUND = [
    "order 3201234567890123", "no. pesanan 4111111111111111", "#3171011204900012", "INV-3171011204900012", "case_3171011204900012",
    "3171011204900000", "9971011204900012", "3171013202900012", "3171011213900012", "3171012902010012", "31710112049000123", "3100011204900012",
    "4111 1111 1111 1112", "kartu 4111111111111112", "9999 9999 9999 9995", "token 4111 1111 1111 1111 0000", "token 1234 4111 1111 1111 1111 77", "77 4111 1111 1111 1111 1234",
    "01.300.066.7-091.000", "NPWP 013000667091000", "NPWP 000000000000000", "IMEI 356938035643809", "356938035643809",
    "25-11-2026 14:33", "2026-11-25 14 30", "1764123456", "1764123456789", "Rp1.250.000", "Rp 12.500.000.000", "USD 1,250.50", "+1.250.000.000",
    "1234567890", "0212345", "order 081234567890", "081234567890123456", "0812345", "x081234567890", "081234567890x", "0.081234567890",
    "harga 12500000 saja", "192.168.100.200", "-6.2345678, 106.1234567", "899123456789 barcode", "99 ribu 500",
    "@toko_budi", "gambar@2x.png", "budi@localhost", "budi@", "@example.com", "a@b", "git commit@1.2.3", "https://user:rahasia@host.example.com/x",
    "S/N A1234567", "kode B1234567", "A123456", "AA1234567", "Q1234567", "a1234567", "A12345678",
    "A4 80 gsm", "B 1 A", "ruang B 12", "model KD-55X80L", "tipe B650M", "a 220 v", "d 100 juta", "L 500 ML", "B1A", "12 B 34",
    "rekening koran", "rekening Rp 1.250.000.000", "bank 2026-11-25", "nomor virtual account 8077712345678",
    "anak perusahaan", "Anak tangga", "sakit hati", "sepatu anak", "child process", "hearing aids", "TV usia 3 tahun", "umur 34 tahun",
    "saya berumur 18 tahun", "akun ini berusia 2 tahun", "sejahtera", "hamilton", "anakonda", "my 9 year old TV", "a 9 year old camera", "deaf ears",
    "XJ-081234567890", "RC.081234567890", "transaction_id_3171011204900012", "x_081234567890", "order #A1234567", "KR-A1234567",
    "virtual account BCA 8801234567890123", "va mandiri 8801234567890123", "Sony A7 III", "PS 5 PRO", "APC B 1000 VA", "AA 1500 MAH",
    "budi_anak", "rumah sakit", "", " ", "\x00",
    "the child mode of the tv", "my cancer sign", "allergy-free strap", "depression of the key", "pesanan 0812 34 56", "tanggal 0812 20 23",
    "kode 0812 11 22 33", "062 11 22 33", "resi 0812 3456 78 90",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "item", "around"), FOUND)
def test_what_is_somebodys_is_found(kind: str, item: str, around: str) -> None:
    """The item is found with exactly its place and its kind, in the middle of a ticket too."""
    for text in (around.format(item), f"Halo kak, {around.format(item)} terima kasih"):
        start = text.index(item)
        assert (kind, start, start + len(item)) in [(match.kind, match.start, match.end) for match in SCANNER.scan(text)], text


@pytest.mark.parametrize("text", NOT_FOUND)
def test_what_is_nobodys_is_not_found(text: str) -> None:
    """Nothing is found in what only looks like personal data."""
    assert [(str(match.kind), text[match.start : match.end]) for match in SCANNER.scan(text)] == []


def kinds(text: str) -> list[str]:
    """The kinds found in a text, in order."""
    return [str(match.kind) for match in SCANNER.scan(text)]


def test_several_in_one_text() -> None:
    """Numbers beside one another are told apart."""
    assert kinds("rek BCA 1234567890 a/n Budi 081234567890, budi@x.co.id") == ["bank-account", "phone", "email"]
    assert kinds("081234567890 3171011204900012") == ["phone", "national-id"]
    assert kinds("3171011204900012,081234567890,4111111111111111") == ["national-id", "phone", "card"]
    assert kinds("anak.jantung@contoh.com") == ["email"]


def test_a_word_beside_it_raises_confidence_and_a_name_of_something_else_lowers_it() -> None:
    """The same number is surer when it is called what it is, and unsure when it is called an order."""
    all_of_them = build_scanner(least=0)
    sure, plain, called = (
        next(iter(all_of_them.scan(text))).confidence
        for text in ("hp 081234567890", "ya 081234567890", "order 081234567890")
    )
    assert sure > plain > 0.5 > called


def test_a_match_explains_itself_without_the_text() -> None:
    """A match says what was seen and checked, never what stood there."""
    match = SCANNER.scan("NIK 3171011204900012")[0]
    assert str(match.why) == (
        "16 digits with a valid province, date of birth and serial number, as in a national identity number; a word beside it says so"
    )
    assert "3171" not in repr(match)
    assert match == Match(Kind.NATIONAL_ID, 4, 20, 0.98, match.why)


@pytest.mark.parametrize(
    ("text", "kind", "item"),
    [
        ("hp \uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10", "phone", "\uff10\uff18\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19\uff10"),
        ("x 0812\u200b3456\u200d7890\ufeff x", "phone", "0812\u200b3456\u200d7890"),
        ("\u0660\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660", "phone", "\u0660\u0668\u0661\u0662\u0663\u0664\u0665\u0666\u0667\u0668\u0669\u0660"),
        ("4111\u00a01111\u20111111\u20131111 \ud800", "card", "4111\u00a01111\u20111111\u20131111"),
        ("\U0001f600\u00ad jos\u00e9@contoh.id \udfff", "email", "jos\u00e9@contoh.id"),
        ("\u043f\u043e\u0447\u0442\u0430@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "email", "\u043f\u043e\u0447\u0442\u0430@\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444"),
        ("\u6211\u7684\u7535\u8bdd\u662f081234567890\u8bf7\u8054\u7cfb", "phone", "081234567890"),
        ("diab\u00e9tes", "health", "diab\u00e9tes"),
        ("\x00081234567890\x00", "phone", "081234567890"),
        ("a\x1c081234567890", "phone", "081234567890"),
    ],
)  # fmt: skip
def test_any_script_and_any_character(text: str, kind: str, item: str) -> None:
    """Digits of other scripts count, what is not seen does not, and places are those of the text as written."""
    assert [(str(match.kind), text[match.start : match.end]) for match in SCANNER.scan(text)] == [(kind, item)]


def test_of_two_that_overlap_the_better_stays() -> None:
    """The rule as it is stated: confidence, then length, then the left one, then the one given first."""
    def sign(confidence: float, kind: str = "x") -> Sign:
        return Sign(kind, confidence, say("x"))

    def kept(*found: tuple[int, int, Sign]) -> list[tuple[int, int, str]]:
        matches, none = settled(list(found), [0, 100, 200], {})
        assert none == ()
        return [(match.start, match.end, match.kind) for match in matches]

    low, high = sign(0.6), sign(0.9, "y")
    assert kept((0, 5, low), (3, 6, high)) == [(3, 6, "y")]
    assert kept((0, 5, high), (3, 9, low)) == [(0, 5, "y")]
    assert kept((3, 9, low), (0, 5, low)) == [(3, 9, "x")]
    assert kept((0, 5, low), (3, 8, low)) == [(0, 5, "x")]
    assert kept((0, 5, low), (5, 8, low)) == [(0, 5, "x"), (5, 8, "x")]
    assert kept((0, 5, sign(0.6, "a")), (0, 5, sign(0.6, "b"))) == [(0, 5, "a")]
    assert kept((0, 5, low), (1, 9, sign(0.4, "faint"))) == [(0, 5, "x")]
    assert settled([], [0], {}) == []
    assert [len(matches) for matches in settled([(101, 103, low), (0, 1, low)], [0, 100, 200], {})] == [1, 1]


def test_only_the_kinds_asked_for() -> None:
    """A scanner for one kind finds that kind, and nothing hides it that was not asked for."""
    text = "rek BCA 1234567890, hp 081234567890, diabetes"
    assert [str(match.kind) for match in build_scanner([Kind.PHONE]).scan(text)] == ["phone"]
    assert [str(match.kind) for match in build_scanner([Kind.HEALTH, Kind.BANK_ACCOUNT]).scan(text)] == ["bank-account", "health"]
    assert build_scanner([]).scan(text) == ()
    assert set(SHIPPED) == set(Kind)


def test_the_check_of_a_national_identity_number_knows_the_calendar() -> None:
    """Its days are those on which somebody can be born, men's and women's, held against the calendar."""
    for year in (0, 1, 4, 71, 96):
        for month in range(14):
            for day in range(73):
                real = day - 40 if day > 40 else day
                born = any(_is_day(century + year, month, real) for century in (1900, 2000))
                assert is_nik(f"317101{day:02}{month:02}{year:02}0001") is born, (day, month, year)


def _is_day(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True
