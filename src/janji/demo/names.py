"""Words that people, streets and products of the made-up company are named with; written for this, from common usage."""

from __future__ import annotations

from typing import NamedTuple

WOMEN = tuple(
    "Siti Dewi Sri Nur Ayu Putri Rina Lestari Wulan Indah Fitri Ratna Maya Yanti Kartika Dian Novi Anisa Laras Melati Nadia"
    " Intan Citra Puspita Rahma Aisyah Tuti Endang Suryani Widya Nurul Made Komang Ketut Butet Rosita Marlina Yuliana Theresia"
    " Yohana Meilani Lina Susanti Hana Zahra Salsabila Tiara Bunga Kirana Larasati Ningsih Wati".split()
)
MEN = tuple(
    "Budi Agus Andi Eko Dwi Tri Joko Bambang Hendra Rizky Fajar Dimas Bayu Arif Ahmad Muhammad Yusuf Ibrahim Hasan Rahmat"
    " Slamet Sutrisno Wahyu Iwan Dedi Asep Ujang Cecep Wayan Nyoman Gede Putu Togar Poltak Johannes Markus Stefanus Yohanes"
    " Hendrik Robby Surya Galih Bagas Raka Reza Ilham Taufik Ridwan Syarif Gilang Satria Adi".split()
)
FAMILIES = tuple(
    "Santoso Wijaya Setiawan Hidayat Saputra Pratama Nugroho Kurniawan Susanto Gunawan Purnomo Wibowo Utomo Hartono Suryadi"
    " Siregar Nasution Lubis Harahap Simanjuntak Sitompul Panjaitan Hutapea Manurung Ginting Tarigan Sembiring Pohan Tanjung"
    " Chaniago Piliang Rasyid Halim Salim Tan Lim Wijayanto Kusuma Mahendra Permana Ramadhan Maulana Firmansyah Anwar Zulkifli"
    " Daulay Batubara Pasaribu Situmorang Sinaga Rumbiak Wenda Kogoya Latuconsina Pattiasina Tuhuteru Mandagi Lumentut Wowor"
    " Sumarno Suharto Widodo Subekti Prasetyo Handoko Irawan Sugiarto Budiman Ma'ruf Syafi'i Al-Habsyi".split()
)


class Town(NamedTuple):
    """A town with its province, the code of the province in national numbers, and how its postal codes begin."""

    name: str
    province: str
    code: str
    postal: str


TOWNS = tuple(
    Town(*line.split("|"))
    for line in (
        "Jakarta Selatan|DKI Jakarta|31|12", "Jakarta Barat|DKI Jakarta|31|11", "Jakarta Timur|DKI Jakarta|31|13",
        "Jakarta Utara|DKI Jakarta|31|14", "Jakarta Pusat|DKI Jakarta|31|10", "Bekasi|Jawa Barat|32|17", "Depok|Jawa Barat|32|16",
        "Bogor|Jawa Barat|32|16", "Bandung|Jawa Barat|32|40", "Cirebon|Jawa Barat|32|45", "Tangerang|Banten|36|15",
        "Serang|Banten|36|42", "Semarang|Jawa Tengah|33|50", "Surakarta|Jawa Tengah|33|57", "Yogyakarta|DI Yogyakarta|34|55",
        "Surabaya|Jawa Timur|35|60", "Malang|Jawa Timur|35|65", "Denpasar|Bali|51|80", "Mataram|Nusa Tenggara Barat|52|83",
        "Kupang|Nusa Tenggara Timur|53|85", "Banda Aceh|Aceh|11|23", "Medan|Sumatera Utara|12|20", "Padang|Sumatera Barat|13|25",
        "Pekanbaru|Riau|14|28", "Jambi|Jambi|15|36", "Palembang|Sumatera Selatan|16|30", "Bandar Lampung|Lampung|18|35",
        "Batam|Kepulauan Riau|21|29", "Pontianak|Kalimantan Barat|61|78", "Palangka Raya|Kalimantan Tengah|62|73",
        "Banjarmasin|Kalimantan Selatan|63|70", "Samarinda|Kalimantan Timur|64|75", "Manado|Sulawesi Utara|71|95",
        "Palu|Sulawesi Tengah|72|94", "Makassar|Sulawesi Selatan|73|90", "Kendari|Sulawesi Tenggara|74|93", "Ambon|Maluku|81|97",
        "Ternate|Maluku Utara|82|97", "Jayapura|Papua|91|99", "Sorong|Papua Barat|92|98",
    )
)  # fmt: skip
STREETS = tuple(
    "Merdeka|Sudirman|Diponegoro|Gajah Mada|Ahmad Yani|Kartini|Imam Bonjol|Veteran|Pahlawan|Melati|Mawar|Kenanga|Anggrek|Cempaka"
    "|Flamboyan|Cendana|Mangga|Rambutan|Kelapa|Beringin|Pemuda|Siliwangi|Hasanuddin|Pattimura|Teuku Umar|Sisingamangaraja|Cut Nyak Dien"
    "|Raya Pasar Minggu|Kebon Jeruk|Tanah Abang|Pandanaran|Malioboro|Sunset Road|Losari|Perintis Kemerdekaan".split("|")
)
MAILBOXES = ("example.com", "example.net", "example.org", "mail.example", "surel.example")
"""Reserved for examples (RFC 2606, 6761): nobody reads there."""
INTERESTS = ("photography", "film", "music", "gaming", "television", "travel", "sport", "podcast")
PRODUCTS = (
    ("ILCE-7M4", "Alpha 7 IV", 34_999_000), ("ILCE-6700", "Alpha 6700", 22_999_000), ("ZV-E10M2", "ZV-E10 II", 15_499_000),
    ("SEL2470GM2", "FE 24-70 mm F2.8 GM II", 33_999_000), ("WH-1000XM5", "WH-1000XM5", 5_499_000), ("WF-1000XM5", "WF-1000XM5", 3_999_000),
    ("WF-C510", "WF-C510", 899_000), ("XR-65A80L", "BRAVIA XR A80L 65", 33_999_000), ("K-55S30", "BRAVIA 3 55", 11_499_000),
    ("HT-A3000", "HT-A3000", 8_999_000), ("SRS-XE200", "SRS-XE200", 1_999_000), ("SRS-XV500", "ULT FIELD", 5_499_000),
    ("CFI-2018A", "PlayStation 5 Slim", 9_299_000), ("CFI-ZCT2", "DualSense", 1_249_000), ("ICD-PX470", "ICD-PX470", 999_000),
    ("NP-FZ100", "NP-FZ100", 1_199_000),
)  # fmt: skip
"""Model, name and price in rupiah."""
