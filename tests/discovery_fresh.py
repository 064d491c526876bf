"""Labelled columns made apart from the dictionaries: forms of well-known applications, values that another program made.

Names of tables and columns are those of applications that many companies run; names, addresses, places, companies and telephone
numbers come from `tests/data/discovery/faker.json`. What was found at first sight stands in docs/design/discovery.md.
"""

from __future__ import annotations

import json
from pathlib import Path

from tests.discovery_corpus import (
    FLAG,
    PRICE,
    B,
    Chance,
    D,
    I,
    J,
    Labelled,
    Maker,
    N,
    S,
    T,
    U,
    X,
    card,
    day,
    digits,
    form,
    hashed,
    imei,
    ip,
    mobile,
    moment,
    nik,
    number,
    pick,
    serial,
    some,
    table,
    uuid,
)  # fmt: skip

from janji.discovery.holds import Holds

H = Holds
_MADE = json.loads((Path(__file__).parent / "data" / "discovery" / "faker.json").read_text(encoding="utf-8"))


def made(what: str, language: str) -> Maker:
    """One of what was made in a language, `id` or `en`."""
    return pick(*_MADE[language][what])


NAME_ID, NAME_EN, FIRST_EN, LAST_EN, FIRST_ID, LAST_ID = made("names", "id"), made("names", "en"), made("first", "en"), made("last", "en"), made("first", "id"), made("last", "id")
STREET_ID, STREET_EN, CITY_ID, CITY_EN, STATE_ID, STATE_EN = made("streets", "id"), made("streets", "en"), made("cities", "id"), made("cities", "en"), made("states", "id"), made("states", "en")
COMPANY_ID, COMPANY_EN, PHONE_ID, PHONE_EN, JOB, ZIP_ID, ZIP_EN = made("companies", "id"), made("companies", "en"), made("phones", "id"), made("phones", "en"), made("jobs", "en"), made("postcodes", "id"), made("postcodes", "en")


def mail(chance: Chance, at: int) -> str:
    """An e-mail address of somebody."""
    return f"{chance.choice(_MADE['en']['first']).lower()}{at}@example.{chance.choice(('org', 'com', 'net'))}"


def login(chance: Chance, at: int) -> str:
    """A short name of an account."""
    return f"{chance.choice(_MADE['en']['last']).lower()[:6]}{at}"


_LOREM = ["We", "were", "very", "happy", "with", "this", "one", "but", "the", "other", "had", "a", "scratch", "on", "the", "left", "side", "and", "it", "took", "a", "week", "to", "get", "an", "answer", "from", "them"]


def words(low: int, high: int) -> Maker:
    """So many words of a text."""
    return lambda chance, _: " ".join(chance.choices(_LOREM, k=chance.randint(low, high)))


def post(chance: Chance, _: int) -> str:
    """What somebody writes, with a way of reaching them now and then."""
    text = words(8, 25)(chance, 0)
    return f"{text} {mail(chance, 1)}" if chance.random() < 0.1 else text


TITLE_OF_FILM = pick("ACADEMY DINOSAUR", "ACE GOLDFINGER", "ALI FOREVER", "BRIGHT ENCOUNTERS", "GRACELAND DYNAMITE", "MAUDE MOD", "JAWS HARRY")
SONG = pick("Balls to the Wall", "Princess of the Dawn", "Walk On Water", "Angela", "Layla", "Michelle", "Hey Joe", "Let's Get It Up")
BAND = pick("AC/DC", "Accept", "Aerosmith", "Alanis Morissette", "Alice In Chains", "Antônio Carlos Jobim", "Led Zeppelin", "Deep Purple")

FRESH: list[Labelled] = [
    # Sakila
    *table("customer", ("customer_id", I, None, serial, "key"), ("store_id", I, None, number(1, 2), "refers"), ("first_name", T, H.NAME, lambda c, n: str(FIRST_EN(c, n)).upper()), ("last_name", T, H.NAME, lambda c, n: str(LAST_EN(c, n)).upper()), ("email", T, H.EMAIL, mail),
        ("address_id", I, None, serial, "refers"), ("active", B, None, FLAG), ("create_date", S, None, moment), ("last_update", S, None, moment)),
    *table("address", ("address_id", I, None, serial, "key"), ("address", T, H.ADDRESS, STREET_EN), ("address2", T, H.ADDRESS, some(0.2, form("Apt. ##"))), ("district", T, H.ADDRESS, STATE_EN), ("city_id", I, None, number(1, 600), "refers"), ("postal_code", T, H.ADDRESS, ZIP_EN), ("phone", T, H.PHONE, PHONE_EN), ("last_update", S, None, moment)),
    *table("film", ("film_id", I, None, serial, "key"), ("title", T, None, TITLE_OF_FILM), ("description", T, None, words(8, 20)), ("release_year", I, None, number(1980, 2010)), ("rental_rate", N, None, number(1, 5)), ("length", I, None, number(40, 180)), ("rating", T, None, pick("PG", "G", "R")), ("special_features", T, None, pick("Trailers", "Deleted Scenes"))),
    *table("country", ("country_id", I, None, serial, "key"), ("country", T, None, pick("Indonesia", "Japan", "Chad"))),
    # Chinook
    *table("Artist", ("ArtistId", I, None, serial, "key"), ("Name", T, None, BAND)),
    *table("Track", ("TrackId", I, None, serial, "key"), ("Name", T, None, SONG), ("Composer", T, H.NAME, NAME_EN), ("Milliseconds", I, None, number(100000, 400000)), ("UnitPrice", N, None, pick(0.99, 1.99))),
    *table("Invoice", ("InvoiceId", I, None, serial, "key"), ("CustomerId", I, None, number(1, 59), "refers"), ("InvoiceDate", S, None, moment), ("BillingAddress", T, H.ADDRESS, STREET_EN), ("BillingCity", T, H.ADDRESS, CITY_EN), ("BillingCountry", T, H.ADDRESS, pick("USA", "Canada", "Brazil")), ("BillingPostalCode", T, H.ADDRESS, ZIP_EN), ("Total", N, None, PRICE)),
    # Northwind
    *table("Employees", ("EmployeeID", I, None, serial, "key"), ("LastName", T, H.NAME, LAST_EN), ("FirstName", T, H.NAME, FIRST_EN), ("Title", T, H.WORK, JOB), ("TitleOfCourtesy", T, None, pick("Mr.", "Ms.", "Dr.")), ("BirthDate", S, H.BIRTH_DATE, day(1937, 1990)), ("HireDate", S, None, day(1992, 2020)), ("Address", T, H.ADDRESS, STREET_EN), ("HomePhone", T, H.PHONE, PHONE_EN),
        ("Extension", T, None, form("####")), ("Photo", X, H.PHOTO, lambda *_: b"\x15\x1c/\x00\x02\x00\x00\x00"), ("Notes", T, H.TEXT, words(15, 40)), ("ReportsTo", I, None, number(1, 9), "refers"), ("PhotoPath", T, H.PHOTO, form("http://accweb/emmployees/img##.bmp"))),
    *table("Suppliers", ("SupplierID", I, None, serial, "key"), ("CompanyName", T, None, COMPANY_EN), ("ContactName", T, H.NAME, NAME_EN), ("ContactTitle", T, H.WORK, JOB), ("City", T, None, CITY_EN), ("Phone", T, None, PHONE_EN), ("HomePage", T, None, form("http://www.sup##.com/"))),
    *table("Orders", ("OrderID", I, None, serial, "key"), ("CustomerID", T, None, form("@@@@@"), "refers"), ("OrderDate", S, None, moment), ("Freight", N, None, PRICE), ("ShipName", T, H.NAME, NAME_EN), ("ShipAddress", T, H.ADDRESS, STREET_EN), ("ShipCity", T, H.ADDRESS, CITY_EN), ("ShipPostalCode", T, H.ADDRESS, ZIP_EN), ("ShipVia", I, None, number(1, 3), "refers")),
    # Django, WordPress, WooCommerce, PrestaShop
    *table("auth_user", ("id", I, None, serial, "key"), ("password", T, H.CREDENTIAL, lambda c, _: f"pbkdf2_sha256$870000${digits(c, 12)}${hashed(c, 0)[:44]}="), ("last_login", S, None, moment), ("is_superuser", B, None, FLAG), ("username", T, H.ACCOUNT, login), ("first_name", T, H.NAME, FIRST_ID), ("last_name", T, H.NAME, LAST_ID), ("email", T, H.EMAIL, mail), ("date_joined", S, None, moment)),
    *table("django_session", ("session_key", T, H.COOKIE, lambda c, _: hashed(c, 0)[:32], "key"), ("session_data", T, H.COOKIE, lambda c, _: hashed(c, 0) + ":1t" + hashed(c, 0)), ("expire_date", S, None, moment)),
    *table("wp_users", ("ID", I, None, serial, "key"), ("user_login", T, H.ACCOUNT, login), ("user_pass", T, H.CREDENTIAL, lambda c, _: f"$P$B{hashed(c, 0)[:30]}"), ("user_nicename", T, H.ACCOUNT, login), ("user_email", T, H.EMAIL, mail), ("user_url", T, None, some(0.2, form("https://blog##.example"))), ("user_registered", S, None, moment), ("user_status", I, None, pick(0, 1)), ("display_name", T, H.NAME, NAME_EN)),
    *table("wp_comments", ("comment_ID", I, None, serial, "key"), ("comment_post_ID", I, None, number(1, 99), "refers"), ("comment_author", T, H.NAME, NAME_EN), ("comment_author_email", T, H.EMAIL, mail), ("comment_author_IP", T, H.ADDRESS_IP, ip), ("comment_date", S, None, moment), ("comment_content", T, H.TEXT, post), ("comment_karma", I, None, pick(0)), ("comment_agent", T, None, pick("Mozilla/5.0 (Windows NT 10.0)", "curl/8.0"))),
    *table("ps_address", ("id_address", I, None, serial, "key"), ("id_customer", I, None, number(1, 999), "refers"), ("alias", T, None, pick("My address", "Home")), ("company", T, None, some(0.2, COMPANY_ID)), ("lastname", T, H.NAME, LAST_ID), ("firstname", T, H.NAME, FIRST_ID), ("address1", T, H.ADDRESS, STREET_ID), ("postcode", T, H.ADDRESS, ZIP_ID), ("city", T, H.ADDRESS, CITY_ID), ("other", T, H.TEXT, some(0.3, post)), ("phone_mobile", T, H.PHONE, mobile), ("vat_number", T, H.TAX_NUMBER, some(0.3, form("##.###.###.#-###.000"))), ("dni", T, H.NATIONAL_ID, some(0.8, nik))),
    # Odoo
    *table("res_partner", ("id", I, None, serial, "key"), ("name", T, H.NAME, NAME_ID), ("display_name", T, H.NAME, NAME_ID), ("vat", T, H.TAX_NUMBER, some(0.4, form("##.###.###.#-###.000"))), ("street", T, H.ADDRESS, STREET_ID), ("street2", T, H.ADDRESS, some(0.3, form("RT 0#/RW 0#"))), ("zip", T, H.ADDRESS, ZIP_ID), ("city", T, H.ADDRESS, CITY_ID), ("phone", T, H.PHONE, PHONE_ID), ("mobile", T, H.PHONE, mobile), ("email", T, H.EMAIL, mail), ("function", T, H.WORK, JOB),
        ("comment", T, H.TEXT, some(0.4, post)), ("color", I, None, number(0, 11)), ("lang", T, None, pick("id_ID", "en_US")), ("tz", T, None, pick("Asia/Jakarta"))),
    *table("hr_employee", ("id", I, None, serial, "key"), ("identification_id", T, H.NATIONAL_ID, nik), ("passport_id", T, H.PASSPORT, form("A#######")), ("birthday", D, H.BIRTH_DATE, day(1960, 2004)), ("place_of_birth", T, H.BIRTH_PLACE, CITY_ID), ("marital", T, H.MARITAL_STATUS, pick("single", "married", "widower")), ("ssnid", T, H.NATIONAL_ID, some(0.5, nik)), ("emergency_contact", T, H.NAME, NAME_ID), ("emergency_phone", T, H.PHONE, PHONE_ID), ("km_home_work", I, None, number(1, 60)), ("pin", T, H.CREDENTIAL, form("####")), ("barcode", T, None, form("041######")), ("children", I, None, number(0, 4))),
    # SIMRS Khanza
    *table("pasien", ("no_rkm_medis", T, H.ACCOUNT, form("######"), "key"), ("nm_pasien", T, H.NAME, NAME_ID), ("no_ktp", T, H.NATIONAL_ID, nik), ("jk", T, H.GENDER, pick("L", "P")), ("tmp_lahir", T, H.BIRTH_PLACE, CITY_ID), ("tgl_lahir", D, H.BIRTH_DATE, day(1940, 2024)), ("nm_ibu", T, H.NAME, FIRST_ID), ("alamat", T, H.ADDRESS, STREET_ID), ("gol_darah", T, H.HEALTH, pick("A", "B", "O", "AB", "-")), ("pekerjaan", T, H.WORK, pick("Petani", "PNS", "Swasta")), ("stts_nikah", T, H.MARITAL_STATUS, pick("MENIKAH", "BELUM MENIKAH", "JANDA")),
        ("agama", T, H.RELIGION, pick("ISLAM", "KRISTEN", "HINDU")), ("tgl_daftar", D, None, day(2015, 2026)), ("no_tlp", T, H.PHONE, mobile), ("umur", T, H.BIRTH_DATE, form("## Th # Bl")), ("pnd", T, H.EDUCATION, pick("SMA", "SD", "S1")), ("namakeluarga", T, H.NAME, NAME_ID), ("kd_pj", T, None, pick("BPJ", "UMU"), "refers"), ("no_peserta", T, H.ACCOUNT, form("0001#########")), ("kd_kel", I, None, number(1, 99), "refers"), ("alamatpj", T, H.ADDRESS, STREET_ID), ("email", T, H.EMAIL, mail)),
    *table("pemeriksaan_ralan", ("no_rawat", T, None, form("2026/01/##/######"), "refers"), ("tgl_perawatan", D, None, day(2020, 2026)), ("suhu_tubuh", T, H.HEALTH, form("3#.#")), ("tensi", T, H.HEALTH, form("1##/##")), ("berat", T, H.HEALTH, form("##")), ("keluhan", T, H.HEALTH, pick("demam dan batuk sejak tiga hari", "sakit kepala", "nyeri perut sejak kemarin", "kontrol hipertensi")), ("alergi", T, H.HEALTH, pick("udang", "tidak ada")), ("nip", T, H.ACCOUNT, form("D#####"), "refers")),
    # Dapodik, SLiMS, Moodle
    *table("peserta_didik", ("peserta_didik_id", U, None, uuid, "key"), ("nama", T, H.NAME, NAME_ID), ("jenis_kelamin", T, H.GENDER, pick("L", "P")), ("nisn", T, H.ACCOUNT, form("00########")), ("nik", T, H.NATIONAL_ID, nik), ("tempat_lahir", T, H.BIRTH_PLACE, CITY_ID), ("tanggal_lahir", D, H.BIRTH_DATE, day(2008, 2018)), ("alamat_jalan", T, H.ADDRESS, STREET_ID), ("rt", I, H.ADDRESS, number(1, 12)), ("rw", I, H.ADDRESS, number(1, 12)), ("nama_dusun", T, H.ADDRESS, CITY_ID), ("desa_kelurahan", T, H.ADDRESS, CITY_ID), ("kode_pos", T, H.ADDRESS, ZIP_ID),
        ("nomor_telepon_seluler", T, H.PHONE, mobile), ("penerima_kps", I, None, pick(0, 1)), ("nama_ayah", T, H.NAME, NAME_ID), ("penghasilan_id_ayah", I, None, number(11, 16), "refers"), ("nama_ibu_kandung", T, H.NAME, NAME_ID), ("tinggi_badan", I, H.HEALTH, number(100, 180)), ("lintang", N, H.LOCATION, form("-7.#####")), ("soft_delete", B, None, FLAG)),
    *table("member", ("member_id", T, H.ACCOUNT, form("M#######"), "key"), ("member_name", T, H.NAME, NAME_ID), ("birth_date", D, H.BIRTH_DATE, day(1980, 2012)), ("member_type_id", I, None, number(1, 3), "refers"), ("member_address", T, H.ADDRESS, STREET_ID), ("member_email", T, H.EMAIL, mail), ("member_phone", T, H.PHONE, mobile), ("inst_name", T, None, COMPANY_ID), ("is_pending", B, None, FLAG), ("mpasswd", T, H.CREDENTIAL, hashed), ("last_login_ip", T, H.ADDRESS_IP, ip), ("expire_date", D, None, day(2024, 2028)), ("pin", T, H.CREDENTIAL, form("####"))),
    *table("biblio", ("biblio_id", I, None, serial, "key"), ("title", T, None, words(3, 9)), ("isbn_issn", T, None, form("978602#######")), ("publish_year", T, None, form("20##")), ("call_number", T, None, form("###.# @@@")), ("notes", T, None, words(8, 20)), ("image", T, None, form("cover####.jpg"))),
    *table("mdl_user", ("id", I, None, serial, "key"), ("auth", T, None, pick("manual", "ldap")), ("username", T, H.ACCOUNT, login), ("idnumber", T, H.ACCOUNT, form("13######")), ("firstname", T, H.NAME, FIRST_ID), ("lastname", T, H.NAME, LAST_ID), ("email", T, H.EMAIL, mail), ("phone1", T, H.PHONE, some(0.5, mobile)), ("city", T, H.ADDRESS, CITY_ID), ("lastip", T, H.ADDRESS_IP, ip), ("lastaccess", I, None, number(1_600_000_000, 1_790_000_000)), ("description", T, H.TEXT, some(0.4, post)), ("mailformat", I, None, pick(0, 1)), ("picture", I, None, number(0, 900))),
    # An older Indonesian back office, an SAP table, a payment gateway, logs, an event store
    *table("tb_mst_plg", ("kd_plg", T, H.ACCOUNT, form("PLG-####"), "key"), ("nm_plg", T, H.NAME, NAME_ID), ("almt_plg", T, H.ADDRESS, STREET_ID), ("tlp_plg", T, H.PHONE, mobile), ("nohp", T, H.PHONE, mobile), ("noktp", T, H.NATIONAL_ID, nik), ("norek", T, H.BANK_ACCOUNT, form("0########1")), ("nmbank", T, None, pick("BCA", "BNI")), ("tgllahir", T, H.BIRTH_DATE, day(1955, 2006, "%d/%m/%Y")), ("limit_kredit", N, H.INCOME, PRICE), ("kd_sales", T, None, form("S##"), "refers"), ("stts", T, None, pick("A", "N")), ("ket", T, H.TEXT, some(0.3, post)), ("tgl_input", S, None, moment), ("user_input", T, H.ACCOUNT, pick("admin1", "kasir2"))),
    *table("tbl_transaksi", ("no_faktur", T, None, form("FK-26######"), "key"), ("tgl_faktur", D, None, day(2020, 2026)), ("kd_plg", T, H.ACCOUNT, form("PLG-####"), "refers"), ("total_bayar", N, None, PRICE), ("kembalian", N, None, PRICE), ("nama_kasir", T, H.NAME, FIRST_ID), ("no_meja", I, None, number(1, 30)), ("nama_barang", T, None, pick("Sabun Mandi", "Kopi Bubuk", "Teh Celup", "Beras 5kg")), ("kode_voucher", T, None, form("VC######"))),
    *table("KNA1", ("KUNNR", T, H.ACCOUNT, form("00001#####"), "key"), ("NAME1", T, H.NAME, NAME_ID), ("ORT01", T, H.ADDRESS, CITY_ID), ("PSTLZ", T, H.ADDRESS, ZIP_ID), ("STRAS", T, H.ADDRESS, STREET_ID), ("TELF1", T, H.PHONE, mobile), ("STCD1", T, H.TAX_NUMBER, form("0##.###.###.#-###.000")), ("ERDAT", D, None, day(2001, 2024)), ("KTOKD", T, None, pick("0001", "CPD"))),
    *table("charges", ("id", T, None, form("ch_3#############"), "key"), ("amount", I, None, PRICE), ("currency", T, None, pick("idr")), ("receipt_email", T, H.EMAIL, mail), ("payment_method_last4", T, H.CARD, form("####")), ("card_pan", T, H.CARD, card), ("card_brand", T, None, pick("visa", "jcb")), ("billing_name", T, H.NAME, NAME_EN), ("failure_message", T, None, pick("Your card was declined.", "Insufficient funds.")), ("statement_descriptor", T, None, pick("SONY ID")), ("idempotency_key", T, None, uuid)),
    *table("http_access", ("remote_addr", T, H.ADDRESS_IP, ip), ("remote_user", T, H.ACCOUNT, some(0.2, login)), ("request", T, None, pick("GET /a HTTP/1.1", "POST /b HTTP/1.1")), ("http_referer", T, None, pick("https://example.com/x", "-")), ("http_x_forwarded_for", T, H.ADDRESS_IP, ip), ("request_id", T, None, uuid), ("upstream_addr", T, None, pick("10.0.0.3:8080", "10.0.0.4:8080"))),
    *table("app_events", ("event_id", U, None, uuid, "key"), ("event_name", T, None, pick("page_view", "add_to_cart")), ("idfa", T, H.DEVICE, uuid), ("ga_client_id", T, H.COOKIE, form("##########.17########")), ("device_model", T, None, pick("SO-51D", "Pixel 9")), ("imei", T, H.DEVICE, imei), ("properties", J, None, lambda c, _: {"screen": "home", "ms": c.randint(1, 900)}), ("geo", J, H.LOCATION, lambda c, _: {"lat": round(c.uniform(-8, -6), 5), "lng": round(c.uniform(106, 112), 5)}), ("app_version", T, None, form("#.##.#"))),
    *table("geo_kelurahan", ("kode", T, None, form("31.7#.0#.100#"), "key"), ("nama", T, None, CITY_ID), ("kode_pos", T, None, ZIP_ID), ("luas_km2", N, None, number(1, 50))),
    *table("perusahaan_rekanan", ("id", I, None, serial, "key"), ("nama", T, None, COMPANY_ID), ("alamat", T, None, STREET_ID), ("telepon", T, None, PHONE_ID), ("direktur", T, H.NAME, NAME_ID), ("no_akta", T, None, form("AHU-#######"))),
    *table("vehicle_catalog", ("id", I, None, serial, "key"), ("plate_type", T, None, pick("hitam", "kuning")), ("engine_cc", I, None, number(100, 3000)), ("name", T, None, pick("Avanza 1.3 G", "Vario 160", "Brio RS"))),
]  # fmt: skip
"""The labelled columns."""
