"""A third set of labelled tables, three in each language, made when nothing was to be tuned any more: what a store nobody has seen is told like."""

from __future__ import annotations

from tests.discovery_corpus import (
    FLAG,
    PRICE,
    B,
    D,
    I,
    Labelled,
    N,
    S,
    T,
    day,
    form,
    ip,
    mobile,
    moment,
    nik,
    number,
    pick,
    plate,
    serial,
    some,
    table,
)
from tests.discovery_fresh import (
    CITY_EN,
    JOB,
    NAME_EN,
    NAME_ID,
    PHONE_EN,
    STREET_EN,
    STREET_ID,
    ZIP_EN,
    login,
    mail,
    post,
)

from janji.discovery.holds import Holds

H = Holds
THIRD: list[Labelled] = [
    *table("gym_members", ("member_no", T, H.ACCOUNT, form("G-#####"), "key"), ("full_name", T, H.NAME, NAME_EN), ("dob", D, H.BIRTH_DATE, day(1950, 2008)), ("mobile_phone", T, H.PHONE, PHONE_EN), ("home_address", T, H.ADDRESS, STREET_EN), ("injuries", T, H.HEALTH, some(0.3, pick("Asthma", "Diabetes", "Back pain"))), ("emergency_contact", T, H.NAME, NAME_EN), ("plan", T, None, pick("gold", "basic")), ("joined_on", D, None, day(2018, 2026)), ("locker", T, None, form("L##"))),
    *table("visa_applications", ("application_ref", T, None, form("VA########"), "key"), ("applicant", T, H.NAME, NAME_EN), ("passport_no", T, H.PASSPORT, form("C#######")), ("nationality", T, H.NATIONALITY, pick("Indonesian", "Dutch", "Japanese")), ("occupation", T, H.WORK, JOB), ("monthly_income", N, H.INCOME, PRICE), ("contact_email", T, H.EMAIL, mail), ("residence_city", T, H.ADDRESS, CITY_EN), ("residence_zip", T, H.ADDRESS, ZIP_EN), ("decision", T, None, pick("granted", "refused")), ("fee", N, None, PRICE)),
    *table("chat_sessions", ("session_id", I, None, serial, "key"), ("visitor_name", T, H.NAME, some(0.6, NAME_EN)), ("visitor_ip", T, H.ADDRESS_IP, ip), ("transcript", T, H.TEXT, post), ("agent", T, H.NAME, NAME_EN), ("started_at", S, None, moment), ("rating", I, None, number(1, 5)), ("handle", T, H.ACCOUNT, login), ("resolved", B, None, FLAG)),
    *table("pasien", ("no_rm", T, H.ACCOUNT, form("######"), "key"), ("nama_pasien", T, H.NAME, NAME_ID), ("nomor_induk_kependudukan", T, H.NATIONAL_ID, nik), ("gol_darah", T, H.HEALTH, pick("A", "B", "AB", "O")), ("tgl_lahir", D, H.BIRTH_DATE, day(1940, 2024)), ("hp", T, H.PHONE, mobile), ("alamat_domisili", T, H.ADDRESS, STREET_ID), ("nama_ibu_kandung", T, H.NAME, NAME_ID), ("riwayat_alergi", T, H.HEALTH, some(0.4, pick("penisilin", "udang", "debu"))), ("kelas_rawat", T, None, pick("I", "II", "III"))),
    *table("pengemudi_ojek", ("id_mitra", I, None, serial, "key"), ("nama_mitra", T, H.NAME, NAME_ID), ("no_wa", T, H.PHONE, mobile), ("nomor_polisi", T, H.PLATE, plate), ("no_rekening", T, H.BANK_ACCOUNT, form("12########")), ("agama", T, H.RELIGION, pick("Islam", "Katolik", "Hindu")), ("alamat_ktp", T, H.ADDRESS, STREET_ID), ("surel", T, H.EMAIL, mail), ("bintang", N, None, number(1, 5)), ("zona", T, None, pick("A", "B", "C"))),
    *table("stok_gudang", ("kode_barang", T, None, form("BRG-####"), "key"), ("nama_barang", T, None, pick("Kabel HDMI", "Lampu LED", "Baterai AA")), ("lokasi_rak", T, None, form("R-##")), ("jumlah", I, None, number(0, 900)), ("harga", N, None, PRICE), ("tgl_masuk", D, None, day(2020, 2026)), ("petugas_gudang", T, H.NAME, NAME_ID), ("no_batch", T, None, form("########"))),
]  # fmt: skip
"""The labelled columns."""
