"""A second set made apart from the dictionaries, when these had been bettered by what the first had shown: other applications, other words.

What was found at first sight stands in docs/design/discovery.md.
"""

from __future__ import annotations

from tests.discovery_corpus import (
    FLAG,
    PRICE,
    B,
    D,
    I,
    J,
    Labelled,
    N,
    S,
    T,
    U,
    X,
    day,
    form,
    hashed,
    ip,
    mac,
    mobile,
    moment,
    nik,
    number,
    pick,
    plate,
    serial,
    some,
    table,
    uuid,
)  # fmt: skip
from tests.discovery_fresh import (
    CITY_EN,
    CITY_ID,
    COMPANY_EN,
    COMPANY_ID,
    FIRST_EN,
    FIRST_ID,
    JOB,
    LAST_EN,
    NAME_EN,
    NAME_ID,
    PHONE_EN,
    PHONE_ID,
    STATE_EN,
    STREET_EN,
    STREET_ID,
    ZIP_EN,
    ZIP_ID,
    login,
    mail,
    post,
    words,
)  # fmt: skip

from janji.discovery.holds import Holds

H = Holds

SECOND: list[Labelled] = [
    # OpenMRS, FHIR-like, Nextcloud, Mattermost, Discourse
    *table("person_name", ("person_name_id", I, None, serial, "key"), ("person_id", I, None, serial, "refers"), ("prefix", T, None, pick("Mr", "Dr")), ("given_name", T, H.NAME, FIRST_EN), ("middle_name", T, H.NAME, some(0.4, FIRST_EN)), ("family_name", T, H.NAME, LAST_EN), ("voided", B, None, FLAG), ("date_created", S, None, moment), ("void_reason", T, None, some(0.05, pick("duplicate")))),
    *table("person", ("person_id", I, None, serial, "key"), ("gender", T, H.GENDER, pick("M", "F")), ("birthdate", D, H.BIRTH_DATE, day(1930, 2022)), ("birthdate_estimated", B, None, FLAG), ("dead", B, None, FLAG), ("death_date", S, None, some(0.1, moment)), ("cause_of_death", T, H.HEALTH, some(0.1, pick("Pneumonia", "Malaria", "Stroke"))), ("uuid", U, None, uuid)),
    *table("obs", ("obs_id", I, None, serial, "key"), ("person_id", I, None, serial, "refers"), ("concept_id", I, None, number(1, 6000), "refers"), ("obs_datetime", S, None, moment), ("comments", T, H.TEXT, some(0.3, post)), ("status", T, None, pick("FINAL"))),
    *table("oc_accounts", ("uid", T, H.ACCOUNT, login, "key"), ("user_id", T, H.ACCOUNT, login), ("display_name", T, H.NAME, NAME_EN), ("email", T, H.EMAIL, mail), ("quota", T, None, pick("5 GB", "default")), ("last_login", I, None, number(1_600_000_000, 1_790_000_000)), ("backend", T, None, pick("Database", "LDAP")), ("home", T, None, form("/data/u####"))),
    *table("Sessions", ("Id", T, H.COOKIE, form("@@@@@@####@@@@@@####@@@@@@"), "key"), ("Token", T, H.COOKIE, lambda c, _: hashed(c, 0)[:26]), ("CreateAt", I, None, number(1_600_000_000_000, 1_790_000_000_000)), ("UserId", T, None, form("@@@@####@@@@####@@@@######"), "refers"), ("DeviceId", T, H.DEVICE, some(0.4, lambda c, _: "android:" + hashed(c, 0))), ("Roles", T, None, pick("system_user"))),
    *table("user_auth_token_logs", ("id", I, None, serial, "key"), ("action", T, None, pick("generate", "rotate")), ("user_id", I, None, number(1, 99), "refers"), ("client_ip", T, H.ADDRESS_IP, ip), ("user_agent", T, None, pick("Mozilla/5.0 (iPhone)", "Mozilla/5.0 (X11)")), ("path", T, None, pick("/latest", "/t/12"))),
    # ERPNext, Shopify, Magento, Dolibarr
    *table("tabEmployee", ("name", T, H.ACCOUNT, form("HR-EMP-#####"), "key"), ("employee_name", T, H.NAME, NAME_ID), ("date_of_joining", D, None, day(2001, 2025)), ("cell_number", T, H.PHONE, mobile), ("personal_email", T, H.EMAIL, mail), ("permanent_address", T, H.ADDRESS, STREET_ID), ("emergency_phone_number", T, H.PHONE, mobile), ("person_to_be_contacted", T, H.NAME, NAME_ID), ("bank_ac_no", T, H.BANK_ACCOUNT, form("7#########")), ("blood_group", T, H.HEALTH, pick("A+", "O-", "B+")), ("passport_number", T, H.PASSPORT, form("B#######")), ("valid_upto", D, None, day(2026, 2036)), ("ctc", N, H.INCOME, PRICE), ("designation", T, H.WORK, JOB), ("family_background", T, H.TEXT, some(0.3, post)), ("company", T, None, COMPANY_ID), ("docstatus", I, None, pick(0, 1))),
    *table("shopify_orders", ("id", I, None, number(4_000_000_000_000, 4_999_999_999_999), "key"), ("contact_email", T, H.EMAIL, mail), ("browser_ip", T, H.ADDRESS_IP, ip), ("checkout_token", T, None, lambda c, _: hashed(c, 0)[:32]), ("cart_token", T, None, lambda c, _: hashed(c, 0)[:32]), ("billing_address", J, H.NAME, lambda c, n: {"name": NAME_EN(c, n), "address1": STREET_EN(c, n), "zip": ZIP_EN(c, n)}), ("note", T, H.TEXT, some(0.2, post)), ("tags", T, None, pick("vip", "web")), ("gateway", T, None, pick("midtrans", "cod")), ("total_price", N, None, PRICE)),
    *table("sales_flat_order_address", ("entity_id", I, None, serial, "key"), ("firstname", T, H.NAME, FIRST_EN), ("lastname", T, H.NAME, LAST_EN), ("street", T, H.ADDRESS, STREET_EN), ("city", T, H.ADDRESS, CITY_EN), ("region", T, H.ADDRESS, STATE_EN), ("postcode", T, H.ADDRESS, ZIP_EN), ("telephone", T, H.PHONE, PHONE_EN), ("fax", T, H.PHONE, some(0.2, PHONE_EN)), ("address_type", T, None, pick("billing", "shipping")), ("vat_id", T, H.TAX_NUMBER, some(0.3, form("##.###.###.#-###.000")))),
    *table("llx_societe", ("rowid", I, None, serial, "key"), ("nom", T, None, COMPANY_EN), ("town", T, None, CITY_EN), ("siren", T, None, form("#########")), ("capital", N, None, PRICE), ("url", T, None, form("www.co##.example")), ("email", T, None, form("contact@co##.example"))),
    # Indonesian: cooperative, clinic, school, village, logistics, boarding house, insurance, parking
    *table("anggota_koperasi", ("no_anggota", T, H.ACCOUNT, form("KSP-#####"), "key"), ("nama_anggota", T, H.NAME, NAME_ID), ("noktp", T, H.NATIONAL_ID, nik), ("tmptlahir", T, H.BIRTH_PLACE, CITY_ID), ("tgl_masuk", D, None, day(2005, 2025)), ("ahli_waris", T, H.NAME, NAME_ID), ("hub_keluarga", T, None, pick("istri", "anak", "suami")), ("simpanan_pokok", N, H.INCOME, PRICE), ("telp_rumah", T, H.PHONE, PHONE_ID), ("alamat_rumah", T, H.ADDRESS, STREET_ID)),
    *table("data_warga", ("id_warga", I, None, serial, "key"), ("no_kk", T, H.NATIONAL_ID, nik), ("nik", T, H.NATIONAL_ID, nik), ("nama_warga", T, H.NAME, NAME_ID), ("jenkel", T, H.GENDER, pick("Laki-laki", "Perempuan")), ("agama", T, H.RELIGION, pick("Islam", "Hindu", "Kristen")), ("status_kawin", T, H.MARITAL_STATUS, pick("Kawin", "Belum Kawin", "Cerai Mati")), ("pendidikan", T, H.EDUCATION, pick("SLTA", "SD")), ("pekerjaan", T, H.WORK, pick("Buruh Tani", "Karyawan Swasta")), ("kewarganegaraan", T, H.NATIONALITY, pick("WNI", "WNA")), ("dusun", T, H.ADDRESS, CITY_ID), ("rt", T, H.ADDRESS, form("00#")), ("nama_ayah", T, H.NAME, NAME_ID), ("tgl_lahir", D, H.BIRTH_DATE, day(1940, 2024)), ("difabel", T, H.HEALTH, pick("tidak", "tuna rungu", "tidak", "tuna netra"))),
    *table("kunjungan_klinik", ("no_kunjungan", T, None, form("KJ########"), "key"), ("tgl_kunjungan", D, None, day(2020, 2026)), ("keluhan_utama", T, H.HEALTH, pick("demam tinggi sejak kemarin", "batuk dan sakit kepala", "nyeri lambung", "alergi kambuh")), ("diagnosa_awal", T, H.HEALTH, pick("Gastritis", "ISPA", "Hipertensi", "Diabetes")), ("resep", T, H.HEALTH, pick("Paracetamol 500mg 3x1", "Amoxicillin 3x1")), ("dokter_pemeriksa", T, H.NAME, NAME_ID), ("biaya", N, None, PRICE), ("penjamin", T, None, pick("BPJS", "Umum", "Asuransi"))),
    *table("nilai_siswa", ("id", I, None, serial, "key"), ("nis", T, H.ACCOUNT, form("2#####")), ("nama_siswa", T, H.NAME, NAME_ID), ("mapel", T, None, pick("Matematika", "IPA")), ("nilai_akhir", I, H.EDUCATION, number(50, 100)), ("semester", I, None, pick(1, 2)), ("catatan_wali_kelas", T, H.TEXT, some(0.5, post))),
    *table("resi_pengiriman", ("no_resi", T, None, form("JX##########"), "key"), ("nm_pengirim", T, H.NAME, NAME_ID), ("hp_pengirim", T, H.PHONE, mobile), ("nm_penerima", T, H.NAME, NAME_ID), ("alamat_tujuan", T, H.ADDRESS, STREET_ID), ("kodepos_tujuan", T, H.ADDRESS, ZIP_ID), ("berat_kg", N, None, number(1, 40)), ("isi_paket", T, None, pick("Pakaian", "Dokumen", "Elektronik")), ("ongkir", N, None, PRICE), ("kurir", T, H.NAME, FIRST_ID)),
    *table("penghuni_kos", ("kamar", T, None, form("A##")), ("penghuni", T, H.NAME, NAME_ID), ("wa", T, H.PHONE, mobile), ("foto_ktp", X, H.PHOTO, lambda *_: b"\xff\xd8\xff\xe0abc"), ("plat_motor", T, H.PLATE, plate), ("kontak_darurat", T, H.NAME, NAME_ID), ("telp_darurat", T, H.PHONE, mobile), ("jatuh_tempo", D, None, day(2026, 2026)), ("deposit", N, None, PRICE)),
    *table("polis", ("no_polis", T, H.ACCOUNT, form("POL-########"), "key"), ("tertanggung", T, H.NAME, NAME_ID), ("pemegang_polis", T, H.NAME, NAME_ID), ("usia_masuk", I, H.BIRTH_DATE, number(18, 65)), ("uang_pertanggungan", N, None, PRICE), ("perokok", B, H.HEALTH, FLAG), ("no_rek_premi", T, H.BANK_ACCOUNT, form("1#########")), ("status_polis", T, None, pick("inforce", "lapse"))),
    *table("gate_parkir", ("tiket", T, None, form("T########"), "key"), ("nopol", T, H.PLATE, plate), ("jam_masuk", S, None, moment), ("gate_ip", T, None, ip), ("cctv_mac", T, None, mac), ("tarif", I, None, pick(2000, 5000))),
    # Things
    *table("recipes", ("id", I, None, serial, "key"), ("name", T, None, pick("Nasi Goreng Kampung", "Soto Betawi", "Rendang Padang", "Gado-gado")), ("instructions", T, None, words(15, 30)), ("servings", I, None, number(1, 8)), ("source_url", T, None, form("https://r.example/##"))),
    *table("firewall_rules", ("rule_id", I, None, serial, "key"), ("src_ip", T, None, ip), ("dst_port", I, None, number(1, 65535)), ("comment", T, None, pick("allow web", "deny all", "ntp")), ("enabled", B, None, FLAG)),
    *table("invoices_lines", ("id", I, None, serial, "key"), ("invoice_id", I, None, serial, "refers"), ("description", T, None, pick("Servis berkala", "Ganti oli", "Biaya kirim")), ("qty", I, None, number(1, 9)), ("tax_code", T, None, pick("PPN11", "NON")), ("unit_price", N, None, PRICE)),
    *table("buildings", ("id", I, None, serial, "key"), ("building_name", T, None, pick("Menara Sudirman", "Wisma Kartini", "Graha Surya", "Gedung Soekarno")), ("address", T, None, STREET_ID), ("lat", N, None, form("-6.1####")), ("lon", N, None, form("106.8####")), ("floors", I, None, number(1, 60))),
]  # fmt: skip
"""The labelled columns."""
