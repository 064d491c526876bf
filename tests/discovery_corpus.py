"""Labelled columns by which discovery is judged: tables in two languages, with decoys, and values made by rule.

Labels were written with the dictionaries of `janji.discovery` at hand; `tests.discovery_fresh` has those that were not.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from janji.datamap.catalogue import Column, Sort
from janji.discovery.holds import Holds
from janji.discovery.proposals import ColumnEvidence

H = Holds
Chance = random.Random
Maker = Callable[[Chance, int], Any]
SIZE = 300
"""Values of each column."""
T, I, N, B, D, S, U, X, J = (  # noqa: E741 - one letter a sort keeps a column on a line
    Sort.TEXT, Sort.INTEGER, Sort.NUMBER, Sort.BOOLEAN, Sort.DATE, Sort.INSTANT, Sort.UUID, Sort.BYTES, Sort.JSON,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Labelled:
    """A column with what it truly holds of a person, or nothing; `key` and `refers` as in the catalogue."""

    table: str
    name: str
    sort: Sort
    holds: Holds | None
    make: Maker
    key: bool = False
    refers: bool = False

    def evidence(self, seed: int = 1, size: int = SIZE) -> ColumnEvidence:
        """The column as discovery is given it; the same values for the same seed."""
        chance = random.Random(f"{seed} {self.table}.{self.name}")
        values = [value for value in (self.make(chance, place) for place in range(size)) if value is not None]
        return ColumnEvidence(self.table, Column(self.name, self.sort, self.sort), values, self.key, self.refers)


def table(name: str, *columns: tuple[Any, ...]) -> list[Labelled]:
    """The columns of one table: name, sort, label, maker, and `key` or `refers` where it is one."""
    return [
        Labelled(name, column, sort, holds, make, "key" in more, "refers" in more) for column, sort, holds, make, *more in columns
    ]


def pick(*of: Any) -> Maker:
    """One of several values."""
    return lambda chance, _: chance.choice(of)


def digits(chance: Chance, count: int) -> str:
    """So many digits."""
    return "".join(chance.choices("0123456789", k=count))


def luhn(body: str) -> str:
    """The digits with their check digit."""
    total = sum(int(d) if at % 2 else sum(divmod(int(d) * 2, 10)) for at, d in enumerate(reversed(body)))
    return body + str(-total % 10)


def form(pattern: str) -> Maker:
    """Digits for `#`, capitals for `@`."""
    return lambda chance, _: "".join(
        chance.choice("0123456789") if c == "#" else chance.choice("ABCDEFGHJKLMNPRSTUVWXYZ") if c == "@" else c for c in pattern
    )


def serial(_: Chance, at: int) -> int:
    """A key that counts."""
    return at + 1


def number(low: int, high: int) -> Maker:
    """A number between two."""
    return lambda chance, _: chance.randint(low, high)


def day(first: int, last: int, written: str | None = None) -> Maker:
    """A day between two years, as a date or as it is written."""

    def make(chance: Chance, _: int) -> Any:
        found = date(first, 1, 1) + timedelta(days=chance.randrange((last - first + 1) * 365))
        return found if written is None else found.strftime(written)

    return make


def some(share: float, make: Maker, other: Maker = lambda *_: None) -> Maker:
    """A share of the values by one maker, the rest by another, or absent."""
    return lambda chance, at: make(chance, at) if chance.random() < share else other(chance, at)


GIVEN = ["Budi", "Siti", "Agus", "Dewi", "Rizky", "Putri", "Andi", "Nurul", "Joko", "Ratna", "Made", "Ketut", "Wayan", "Ayu", "Hendra", "Yuni", "Bambang", "Sri", "Fajar", "Indah", "Dedi", "Lestari", "Eko", "Wulan", "Rina", "Tono", "Galih", "Anisa", "Yohanes", "Maria", "Bonar", "Togar", "Rotua", "Cut", "Teuku", "Asep", "Euis", "Daeng", "Ihsan", "Zulkifli", "Rahmat", "Fitria", "Hasan", "Aminah", "Olivia", "Kevin", "Michael", "Jessica", "Stephanie", "Xaverius", "Yosef", "Nyoman", "Gusti", "Mochtar", "Slamet", "Parjo", "Wagiman", "Poniyem", "Tukinem"]
FAMILY = ["Santoso", "Wijaya", "Lubis", "Siregar", "Kusuma", "Pratama", "Hidayat", "Saputra", "Nugroho", "Halim", "Tanuwijaya", "Situmorang", "Rahayu", "Permata", "Wibowo", "Setiawan", "Utami", "Maharani", "Simatupang", "Sihotang", "Iskandar", "Mulyani", "Gunawan", "Hartono", "Suryadi", "Purnomo", "Yulianti", "Anggraini", "Firmansyah", "Ramadhan", "Nasution", "Ginting", "Pangaribuan", "Tjandra", "Kurniawan", "Cahyono", "Astuti", "Handayani", "Winarno", "Brotoseno", "Wangsadinata"]


def person(chance: Chance, _: int) -> str:
    """The name of a person; one in five has one word, some have titles."""
    roll = chance.random()
    if roll < 0.2:
        return chance.choice(GIVEN)
    name = f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}"
    if roll < 0.3:
        return f"{chance.choice(('Dr. ', 'H. ', 'Hj. ', 'Ir. '))}{name}"
    return f"{name}, S.E." if roll < 0.33 else name.upper() if roll < 0.4 else name


def given(chance: Chance, _: int) -> str:
    """A given name."""
    return chance.choice(GIVEN)


def family(chance: Chance, _: int) -> str:
    """A family name."""
    return chance.choice(FAMILY)


def nik(chance: Chance, _: int) -> str:
    """A national identity number by rule."""
    born = chance.randint(1, 28) + chance.choice((0, 40))
    place = f"{chance.choice((11, 12, 31, 32, 33, 34, 35, 36, 51, 64, 73))}{chance.choice((1, 2, 3, 5, 9, 71, 73)):02}{chance.randint(1, 20):02}"
    return f"{place}{born:02}{chance.randint(1, 12):02}{chance.randint(40, 99)}{chance.randint(1, 9999):04}"


def npwp(chance: Chance, _: int) -> str:
    """A tax number in its dots."""
    n = luhn(digits(chance, 8)) + f"{chance.randint(1, 999):03}000"
    return f"{n[:2]}.{n[2:5]}.{n[5:8]}.{n[8]}-{n[9:12]}.{n[12:]}"


def card(chance: Chance, _: int) -> str:
    """The number of a payment card."""
    head = chance.choice(("4", "52", "5412", "3530"))
    return luhn(head + digits(chance, 15 - len(head)))


def mobile(chance: Chance, _: int) -> str:
    """A mobile telephone number as people write one."""
    body = f"8{chance.choice(('12', '13', '21', '52', '57', '77', '78', '81', '96'))}{digits(chance, chance.choice((7, 8)))}"
    return chance.choice((f"0{body}", f"0{body}", f"+62{body}", f"62{body}", f"0{body[:3]}-{body[3:7]}-{body[7:]}"))


def fixed(chance: Chance, _: int) -> str:
    """The telephone number of an office."""
    return f"({chance.choice(('021', '022', '031', '061'))}) {chance.choice('2345678')}{digits(chance, 6)}"


def email(chance: Chance, at: int) -> str:
    """An e-mail address."""
    return f"{chance.choice(GIVEN).lower()}.{chance.choice(FAMILY).lower()}{at}@{chance.choice(('gmail.com', 'yahoo.co.id', 'outlook.com', 'kantor.example.id'))}"


def street(chance: Chance, _: int) -> str:
    """A postal address."""
    return chance.choice((
        f"Jl. {chance.choice(FAMILY)} No. {chance.randint(1, 200)} RT 0{chance.randint(1, 9)}/RW 0{chance.randint(1, 9)}",
        f"Jalan {chance.choice(('Melati', 'Merdeka', 'Gajah Mada', 'Diponegoro'))} {chance.randint(1, 99)}, Kel. Menteng, Kec. Menteng",
        f"Perumahan Griya Asri Blok {chance.choice('ABCD')}{chance.randint(1, 40)}", f"Gg. Mawar {chance.choice(('II', 'III'))} no {chance.randint(1, 50)}",
        f"{chance.randint(1, 900)} Orchard Road", f"{chance.choice(('Kemang', 'Tebet'))} Residence Tower {chance.choice('AB')} lt. {chance.randint(2, 30)}",
    ))  # fmt: skip


CITY = pick("Jakarta Selatan", "Bandung", "Surabaya", "Kota Medan", "Yogyakarta", "Denpasar", "Kab. Bogor", "Makassar")
PROVINCE = pick("DKI Jakarta", "Jawa Barat", "Jawa Timur", "Bali", "Sumatera Utara")
POSTCODE = form("1####")


def plate(chance: Chance, _: int) -> str:
    """A number plate."""
    return f"{chance.choice(('B', 'D', 'L', 'AB', 'DK'))} {chance.randint(1000, 9999)} {form('@@@')(chance, 0)}"


def passport(chance: Chance, _: int) -> str:
    """The number of a passport."""
    return chance.choice("ABCEX") + digits(chance, 7)


def hashed(chance: Chance, _: int) -> str:
    """A digest."""
    return f"{chance.getrandbits(256):064x}"


def uuid(chance: Chance, _: int) -> str:
    """A UUID."""
    h = f"{chance.getrandbits(128):032x}"
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"


def ip(chance: Chance, _: int) -> str:
    """An address of the net."""
    return ".".join(str(chance.randint(1, 254)) for _ in range(4))


def mac(chance: Chance, _: int) -> str:
    """The hardware address of a device."""
    return ":".join(f"{chance.randint(0, 255):02X}" for _ in range(6))


def imei(chance: Chance, _: int) -> str:
    """The number of a telephone set."""
    return luhn("35" + digits(chance, 12))


def scrypt(chance: Chance, _: int) -> str:
    """A stored password."""
    return f"$2b$12${chance.getrandbits(200):050x}"


def moment(chance: Chance, _: int) -> str:
    """An instant."""
    return f"202{chance.randint(0, 6)}-0{chance.randint(1, 9)}-{chance.randint(10, 28)} 1{chance.randint(0, 9)}:{chance.randint(10, 59)}:07"


_SAY = (
    "barang saya belum sampai padahal sudah dibayar", "tolong bantu ganti alamat pengiriman untuk pesanan ini", "saya mau tanya kapan barang ini ada lagi",
    "suara speaker tidak keluar setelah update yang terakhir", "terima kasih, pelayanan sangat baik dan cepat", "the screen is broken and I want to return it to the store",
    "please call me back because my order has not been delivered", "kualitas bagus tetapi harga masih lebih mahal dari toko lain", "garansi sudah habis tetapi masih bisa diperbaiki atau tidak ya",
)  # fmt: skip


def prose(chance: Chance, _: int) -> str:
    """What a customer writes, with somebody in it now and then."""
    text = chance.choice(_SAY)
    if chance.random() < 0.15:
        text += chance.choice((f", hubungi saya di {mobile(chance, 0)}", f", email {email(chance, 1)}", f", a/n {person(chance, 0)}"))
    return text


def advert(chance: Chance, _: int) -> str:
    """What a shop writes of its goods."""
    return (
        f"Layar {chance.choice(('OLED', '4K', 'LED'))} {chance.randint(32, 85)} inci dengan warna yang hidup dan suara yang jernih untuk ruang keluarga, "
        f"tersedia dalam {chance.randint(2, 5)} ukuran."
    )


PRODUCT = pick("Bravia XR 55A80L", "WH-1000XM5", "Kamera Alpha 7 IV", "PlayStation 5 Slim", "Walkman NW-A306", "Speaker SRS-XB13", "Lensa FE 50mm", "Xperia 1 V")
COMPANY = pick("PT Maju Jaya Abadi", "CV Sinar Terang", "UD Berkah Makmur", "PT Elektronik Nusantara Tbk", "Toko Budi Elektronik", "Sony Center Kelapa Gading")
PRICE = number(10_000, 25_000_000)
FLAG = pick(True, False)


def contact(chance: Chance, at: int) -> dict[str, Any]:
    """A document with somebody in it."""
    return {"customer": {"name": person(chance, at), "email": email(chance, at)}, "items": [{"sku": form("SKU-####")(chance, at), "qty": 1}], "total": chance.randint(1, 99)}


def event(chance: Chance, at: int) -> dict[str, Any]:
    """A document with nobody in it."""
    return {"theme": chance.choice(("dark", "light")), "version": f"1.{at % 7}.0", "flags": ["a", "b"]}


TABLES: list[Labelled] = [
    *table("pelanggan", ("id_pelanggan", I, None, serial, "key"), ("nama_lengkap", T, H.NAME, person), ("nik", T, H.NATIONAL_ID, some(0.98, nik, form("################"))),
        ("tgl_lahir", D, H.BIRTH_DATE, day(1950, 2006)), ("tempat_lahir", T, H.BIRTH_PLACE, CITY), ("jenis_kelamin", T, H.GENDER, pick("L", "P")), ("agama", T, H.RELIGION, pick("Islam", "Kristen", "Katolik", "Hindu", "Buddha")),
        ("no_hp", T, H.PHONE, mobile), ("surel", T, H.EMAIL, email), ("alamat", T, H.ADDRESS, street), ("kota", T, H.ADDRESS, CITY), ("kode_pos", T, H.ADDRESS, POSTCODE),
        ("npwp", T, H.TAX_NUMBER, npwp), ("status", T, None, pick("aktif", "nonaktif")), ("dibuat_pada", S, None, moment), ("poin", I, None, number(0, 5000)), ("email_terverifikasi", B, None, FLAG)),
    *table("customers", ("id", I, None, serial, "key"), ("first_name", T, H.NAME, given), ("last_name", T, H.NAME, family), ("email", T, H.EMAIL, email), ("phone", T, H.PHONE, mobile),
        ("date_of_birth", D, H.BIRTH_DATE, day(1950, 2006)), ("gender", T, H.GENDER, pick("male", "female")), ("customer_number", T, H.ACCOUNT, form("C-########")), ("marital_status", T, H.MARITAL_STATUS, pick("single", "married")),
        ("loyalty_tier", T, None, pick("gold", "silver")), ("email_opt_in", B, None, FLAG), ("created_at", S, None, moment), ("phone_verified_at", S, None, moment), ("store_id", I, None, number(1, 40), "refers")),
    *table("orders", ("id", I, None, serial, "key"), ("customer_id", I, None, number(1, 999), "refers"), ("order_no", T, None, form("81#########")), ("recipient_name", T, H.NAME, person), ("shipping_address", T, H.ADDRESS, street),
        ("recipient_phone", T, H.PHONE, mobile), ("total", N, None, PRICE), ("status", T, None, pick("paid", "sent", "done")), ("tracking_number", T, None, form("JP##########")), ("customer_note", T, H.TEXT, prose), ("ordered_on", D, None, day(2019, 2026)),
        ("gift_message", T, H.TEXT, some(0.6, prose)), ("currency", T, None, pick("IDR", "USD"))),
    *table("order_items", ("order_id", I, None, number(1, 999), "refers"), ("line", I, None, number(1, 9), "key"), ("product_name", T, None, PRODUCT), ("sku", T, None, form("SKU-#####")), ("price", N, None, PRICE), ("quantity", I, None, number(1, 5))),
    *table("products", ("id", I, None, serial, "key"), ("name", T, None, PRODUCT), ("description", T, None, advert), ("barcode", T, None, form("899##########")), ("serial_prefix", T, None, form("A#######")), ("brand", T, None, pick("Sony", "Aiwa")),
        ("image_url", T, None, form("https://cdn.example.com/p/####.jpg")), ("release_date", D, None, day(1995, 2026)), ("gender", T, None, pick("pria", "wanita", "unisex")), ("address_bits", I, None, number(8, 64))),
    *table("stores", ("id", I, None, serial, "key"), ("name", T, None, COMPANY), ("address", T, None, street), ("city", T, None, CITY), ("phone", T, None, fixed), ("email", T, None, form("info@toko##.example.id")), ("latitude", N, None, form("-6.2####")),
        ("manager_name", T, H.NAME, person), ("opened_on", D, None, day(1990, 2025))),
    *table("cities", ("id", I, None, serial, "key"), ("name", T, None, CITY), ("province", T, None, PROVINCE), ("postal_code", T, None, POSTCODE), ("dialling_code", T, None, pick("021", "022", "0274"))),
    *table("karyawan", ("nip", T, H.ACCOUNT, form("19##########")), ("nama", T, H.NAME, person), ("jabatan", T, H.WORK, pick("Manajer", "Staf", "Kepala Toko")), ("gaji_pokok", N, H.INCOME, PRICE), ("no_rekening", T, H.BANK_ACCOUNT, form("12########")),
        ("nama_bank", T, None, pick("BCA", "Mandiri", "BRI")), ("no_bpjs", T, H.HEALTH_INSURANCE, form("0001#########")), ("pendidikan_terakhir", T, H.EDUCATION, pick("S1", "SMA", "D3")), ("status_perkawinan", T, H.MARITAL_STATUS, pick("kawin", "belum kawin")),
        ("no_kk", T, H.NATIONAL_ID, nik), ("golongan_darah", T, H.HEALTH, pick("A", "B", "AB", "O")), ("tgl_masuk", D, None, day(1995, 2026)), ("foto", X, H.PHOTO, lambda *_: b"\xff\xd8\xff\xe0abc"), ("departemen_id", I, None, number(1, 9), "refers"), ("nama_ibu_kandung", T, H.NAME, person)),
    *table("employees", ("emp_no", I, None, serial, "key"), ("full_name", T, H.NAME, person), ("passport_no", T, H.PASSPORT, passport), ("nationality", T, H.NATIONALITY, pick("Indonesia", "Japan")), ("salary", N, H.INCOME, PRICE), ("tax_id", T, H.TAX_NUMBER, npwp),
        ("emergency_contact_name", T, H.NAME, person), ("emergency_contact_phone", T, H.PHONE, mobile), ("home_address", T, H.ADDRESS, street), ("hire_date", D, None, day(1995, 2026)), ("plate_number", T, H.PLATE, plate), ("work_email", T, H.EMAIL, email), ("is_active", B, None, FLAG)),
    *table("payments", ("id", U, None, uuid, "key"), ("order_id", I, None, number(1, 999), "refers"), ("card_number", T, H.CARD, card), ("cardholder", T, H.NAME, person), ("card_type", T, None, pick("visa", "mastercard")), ("amount", N, None, PRICE), ("bank_account", T, H.BANK_ACCOUNT, form("5#########")),
        ("paid_at", S, None, moment), ("reference", T, None, form("4###############")), ("va_number", T, None, form("8808############")), ("payer_ip", T, H.ADDRESS_IP, ip)),
    *table("accounts", ("id", U, None, uuid, "key"), ("username", T, H.ACCOUNT, lambda c, at: f"{c.choice(GIVEN).lower()}{at}"), ("password_hash", T, H.CREDENTIAL, scrypt), ("email_hash", T, H.EMAIL, hashed), ("last_login_ip", T, H.ADDRESS_IP, ip), ("avatar_url", T, H.PHOTO, form("https://cdn.example.com/u/####.png")),
        ("display_name", T, H.NAME, person), ("session_timeout", I, None, number(5, 60)), ("failed_logins", I, None, number(0, 5)), ("locale", T, None, pick("id-ID", "en-GB"))),
    *table("devices", ("id", I, None, serial, "key"), ("account_id", U, None, uuid, "refers"), ("imei", T, H.DEVICE, imei), ("mac_address", T, H.DEVICE, mac), ("model", T, None, PRODUCT), ("os_version", T, None, form("1#.#.#")), ("push_token", T, H.DEVICE, hashed), ("registered_at", S, None, moment)),
    *table("cases", ("case_id", I, None, serial, "key"), ("customer_id", I, None, number(1, 999), "refers"), ("subject", T, H.TEXT, prose), ("body", T, H.TEXT, prose), ("channel", T, None, pick("chat", "telepon")), ("agent_name", T, H.NAME, person), ("priority", I, None, number(1, 3)), ("opened_at", S, None, moment), ("kode_kasus", T, None, form("KS-########"))),
    *table("percakapan", ("id", I, None, serial, "key"), ("id_pelanggan", I, None, number(1, 999), "refers"), ("isi_pesan", T, H.TEXT, prose), ("pengirim", T, H.NAME, person), ("nomor_wa", T, H.PHONE, mobile), ("dikirim_pada", S, None, moment), ("jumlah_kata", I, None, number(1, 99))),
    *table("pasien", ("no_rm", T, H.ACCOUNT, form("######")), ("nm_pasien", T, H.NAME, person), ("tmp_lahir", T, H.BIRTH_PLACE, CITY), ("tgl_lhr", T, H.BIRTH_DATE, day(1940, 2020, "%d-%m-%Y")), ("jk", T, H.GENDER, pick("L", "P")), ("gol_darah", T, H.HEALTH, pick("A", "B", "O", "-")), ("diagnosa", T, H.HEALTH, pick("hipertensi", "diabetes melitus", "asma", "demam berdarah")),
        ("alergi", T, H.HEALTH, pick("debu", "udang", "-")), ("no_telp", T, H.PHONE, mobile), ("almt", T, H.ADDRESS, street), ("kelurahan", T, H.ADDRESS, pick("Menteng", "Sukajadi", "Cempaka Putih")), ("pekerjaan", T, H.WORK, pick("Guru", "Petani", "Wiraswasta")), ("poli_tujuan", T, None, pick("Umum", "Gigi"))),
    *table("pelamar", ("id", I, None, serial, "key"), ("nama_pelamar", T, H.NAME, person), ("ttl", T, H.BIRTH_DATE, lambda c, _: f"{c.choice(('Bandung', 'Medan'))}, {c.randint(1, 28)} {c.choice(('Mei', 'Agustus', 'Januari'))} {c.randint(1970, 2003)}"), ("no_ktp", T, H.NATIONAL_ID, nik),
        ("universitas", T, H.EDUCATION, pick("Universitas Indonesia", "ITB", "UGM")), ("pengalaman_kerja", T, H.WORK, prose), ("gaji_diharapkan", N, H.INCOME, PRICE), ("foto_ktp", T, H.PHOTO, form("ktp/####.jpg")), ("posisi_dilamar", T, None, pick("Kasir", "Teknisi")), ("sumber_lowongan", T, None, pick("web", "pameran"))),
    *table("reviews", ("id", I, None, serial, "key"), ("product_id", I, None, number(1, 99), "refers"), ("author", T, H.NAME, person), ("rating", I, None, number(1, 5)), ("review", T, H.TEXT, prose), ("helpful_count", I, None, number(0, 50)), ("lang", T, None, pick("id", "en"))),
    *table("ulasan_produk", ("id", I, None, serial, "key"), ("nama_pengguna", T, H.ACCOUNT, lambda c, at: f"{c.choice(GIVEN).lower()}_{at}"), ("isi_ulasan", T, H.TEXT, prose), ("nilai", I, None, number(1, 5)), ("kode_produk", T, None, form("KD-#####"))),
    *table("weblogs", ("ts", S, None, moment), ("client_ip", T, H.ADDRESS_IP, ip), ("user_agent", T, None, pick("Mozilla/5.0 (X11; Linux x86_64)", "okhttp/4.9")), ("cookie_id", T, H.COOKIE, uuid), ("path", T, None, pick("/produk/12", "/keranjang")), ("status", I, None, pick(200, 404)), ("bytes", I, None, number(100, 90000)), ("query", T, None, some(0.3, pick("q=tv", "page=2")))),
    *table("servers", ("hostname", T, None, form("web-##.int")), ("ip_address", T, None, ip), ("mac_address", T, None, mac), ("version", T, None, form("10.#.#.#")), ("owner_email", T, H.EMAIL, email), ("location", T, None, pick("Rak 1", "Rak 2"))),
    *table("warranty_registrations", ("id", I, None, serial, "key"), ("serial_no", T, None, form("C#######")), ("buyer", T, H.NAME, person), ("buyer_mobile", T, H.PHONE, mobile), ("purchased_on", D, None, day(2018, 2026)), ("invoice_no", T, None, form("INV/2026/####")), ("raw", J, H.EMAIL, contact)),
    *table("kendaraan", ("nopol", T, H.PLATE, plate), ("nama_pemilik", T, H.NAME, person), ("no_rangka", T, None, form("MHF@@##@####")), ("tahun", I, None, number(2000, 2025)), ("warna", T, None, pick("hitam", "putih"))),
    *table("suppliers", ("id", I, None, serial, "key"), ("company_name", T, None, COMPANY), ("contact_person", T, H.NAME, person), ("contact_mobile", T, H.PHONE, mobile), ("office_phone", T, None, fixed), ("email", T, None, form("sales@pemasok##.co.id")), ("city", T, None, CITY), ("npwp", T, None, npwp)),
    *table("app_settings", ("key", T, None, pick("theme", "mail.host")), ("value", T, None, pick("dark", "smtp.int")), ("payload", J, None, event), ("email_template", T, None, pick("welcome", "reset")), ("max_phone_count", I, None, number(1, 5)), ("default_address_type", T, None, pick("home", "office"))),
    *table("legacy_tbl07", ("f1", I, None, serial, "key"), ("f2", T, H.NAME, person), ("f3", T, H.NATIONAL_ID, nik), ("f4", T, H.EMAIL, email), ("f5", T, H.PHONE, mobile), ("f6", T, H.ADDRESS, street), ("f7", T, None, form("##########")), ("f8", T, None, pick("Y", "T")), ("f9", T, H.CARD, card), ("f10", T, None, form("TRX############")), ("f11", N, None, PRICE)),
    *table("newsletter_subscribers", ("email", T, H.EMAIL, lambda c, at: email(c, at).upper() if c.random() < 0.1 else email(c, at)), ("subscribed", B, None, FLAG), ("source_campaign", T, None, pick("lebaran", "natal")), ("unsubscribe_token", T, None, hashed), ("email_count", I, None, number(0, 99))),
    *table("job_postings", ("id", I, None, serial, "key"), ("title", T, None, pick("Teknisi Layanan", "Kasir Toko")), ("description", T, None, advert), ("salary", N, None, PRICE), ("location", T, None, CITY), ("published_on", D, None, day(2020, 2026))),
    *table("shipments", ("awb", T, None, form("00############")), ("courier", T, None, pick("JNE", "SiCepat", "J&T")), ("consignee", T, H.NAME, person), ("consignee_addr", T, H.ADDRESS, street), ("tlp_penerima", T, H.PHONE, mobile), ("weight_gram", I, None, number(100, 9000)), ("last_lat", N, H.LOCATION, form("-6.2####")), ("last_lng", N, H.LOCATION, form("106.8####"))),
]  # fmt: skip
"""The labelled columns."""


def tables(labelled: Sequence[Labelled] = TABLES) -> set[str]:
    """The names of the tables."""
    return {column.table for column in labelled}
