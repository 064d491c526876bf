"""What the names of columns and tables say, in Indonesian and English, whole, shortened or run together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from janji.discovery.holds import Holds

_PARTS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+")

_PHRASES: dict[Holds, str] = {
    Holds.NAME: """nama lengkap|full name|first name|last name|given name|family name|surname|middle name|maiden name|nama depan|nama belakang
        nama tengah|nama panggilan|nickname|nick name|display name|nama ibu kandung|nama gadis ibu kandung|mother maiden name|nm lengkap
        nama pelanggan|nama karyawan|nama pegawai|nama penerima|nama pengirim|nama pasien|nama siswa|nama anggota|nama peserta|nama pemilik
        nama wali|nama ayah|nama ibu|nama anak|nama suami|nama istri|nama pasangan|nama nasabah|nama pemohon|nama pelamar|nama pembeli
        nama pengguna lengkap|nama kontak|nama penghuni|nama penyewa|nama pemesan|nama orang tua|nama ortu|nama alias|nm plg|nm pelanggan
        customer name|employee name|recipient name|patient name|student name|contact name|person name|holder name|cardholder|cardholder name
        card holder name|account holder|account holder name|beneficiary name|payee name|sender name|receiver name|guest name|passenger name
        owner name|author name|agent name|contact person|pic name|nama pic|nama sales|atas nama|atasnama|name on card|emergency contact name
        fname|lname|firstname|lastname|fullname|namalengkap|nmlengkap|nama sesuai ktp|nama ktp|ship to name|bill to name|attn|mother name
        father name|spouse name|parent name|guardian name|child name|kontak darurat|nama kontak darurat|penerima|penanggung jawab|nm pasien
        nm ibu|nm ayah|namakeluarga|nama keluarga|applicant name|candidate name|member name|reviewer name|nama kasir|salutation name""",
    Holds.EMAIL: """email|e mail|surel|email address|e mail address|alamat email|alamat surel|alamat e mail|mail address|emailaddress|smtp addr
        surat elektronik|alamat surat elektronik|mail|eml|emailaddr|reply to|mailto|posel""",
    Holds.PHONE: """phone|telephone|telepon|telp|tlp|tel|telpon|no telp|no telepon|no tlp|nomor telepon|nomor telp|hp|no hp|nohp|nomor hp|handphone
        no handphone|nomor handphone|ponsel|no ponsel|nomor ponsel|mobile|mobile phone|mobile number|mobile no|cell|cell phone|cellphone
        msisdn|whatsapp|wa|no wa|nomor wa|nomor whatsapp|no whatsapp|phone number|phone no|phonenumber|telephone number|contact number
        contact no|no kontak|nomor kontak|fax|no fax|nomor fax|faksimile|facsimile|telf|hphone|seluler|nomor seluler|telepon seluler
        telepon rumah|notelp|hape|no hape|no seluler|home phone|work phone|daytime phone|landline|sms number|nomor sms|mobil phone""",
    Holds.ADDRESS: """address|alamat|almt|street|street address|jalan|alamat rumah|alamat tinggal|alamat domisili|domisili|alamat ktp|alamat lengkap
        alamat pengiriman|alamat kirim|alamat penagihan|alamat surat|home address|shipping address|billing address|delivery address
        mailing address|postal address|residential address|address line|addressline|addr|postal code|postcode|post code|zip|zip code|zipcode
        kode pos|kodepos|kd pos|kelurahan|desa|kelurahan desa|desa kelurahan|kecamatan|kabupaten|kabupaten kota|kota kabupaten|rt|rw|rt rw
        no rumah|nomor rumah|house number|house no|kota|city|town|province|provinsi|propinsi|village|district|dusun|nama dusun|alamat jalan
        nama jalan|street name|street number|patokan|landmark|ship street|bill street|kota tinggal|tempat tinggal|stras|pstlz|apartment
        unit no|blok|suburb|residence|subdistrict|county|alamat pasien|alamat pelanggan|alamat penerima|ship address|ship city
        ship postal code|ship to|bill to|almt rumah""",
    Holds.BIRTH_DATE: """date of birth|birth date|birthdate|birthday|birth day|dob|born|born on|born at|tanggal lahir|tgl lahir|tgllahir|tgl lhr|tanggallahir
        hari lahir|ulang tahun|tanggal ulang tahun|ttl|tempat tanggal lahir|tempat tgl lahir|year of birth|birth year|tahun lahir|thn lahir
        yob|d o b|gbdat|lahir|usia|umur|age|birth month|bulan lahir""",
    Holds.BIRTH_PLACE: """place of birth|birth place|birthplace|tempat lahir|tmp lahir|tmpt lahir|tmp lhr|kota lahir|birth city|city of birth|kota kelahiran
        pob|tpt lahir""",
    Holds.NATIONAL_ID: """nik|ktp|no ktp|nomor ktp|no nik|nomor nik|ktp number|ktp no|nomor induk kependudukan|no induk kependudukan|ektp|e ktp|no kk|nomor kk
        kk|nomor kartu keluarga|no kartu keluarga|national id|national id number|nationalid|national identity number|identity number
        identity no|id card|id card number|id card no|no identitas|nomor identitas|noidentitas|identity card|citizen id|ssn
        social security number|nric|noktp|nomorktp|kartu keluarga|identification number|id number|legal id|kitas|no kitas|nik ktp""",
    Holds.TAX_NUMBER: """npwp|no npwp|nomor npwp|tax id|tax number|tax no|taxid|tin|vat|vat number|vat no|taxpayer id|nomor pokok wajib pajak
        tax identification number|stcd|npwp15|npwp16""",
    Holds.PASSPORT: """passport|passport no|passport number|paspor|no paspor|nomor paspor|passportno|nopaspor|travel document no|travel document number""",
    Holds.PLATE: """plate|plate no|plate number|license plate|licence plate|number plate|plat|plat nomor|no plat|nomor plat|nopol|no pol|no polisi|nomor polisi
        vehicle registration|registration plate|vehicle plate|plat kendaraan|no kendaraan|nomor kendaraan|tnkb|plat mobil|plat motor|plat no""",
    Holds.CARD: """card number|card no|cardnumber|cardno|credit card|credit card number|credit card no|creditcard|debit card|debit card number
        cc number|cc no|ccnum|pan|no kartu|nomor kartu|nomor kartu kredit|no kartu kredit|kartu kredit|kartu debit|nokartu
        primary account number|card pan|nomor kartu debit|payment card|card expiry|expiry card|cvv|cvc|exp month|exp year|card last4|last4
        last four""",
    Holds.BANK_ACCOUNT: """rekening|no rekening|nomor rekening|norek|no rek|nomor rek|rek|bank account|bank account number|bank account no|account number bank
        iban|rekening bank|nomor rekening bank|bank acct|acct no bank|bankaccount|norekening|rekening penerima|rekening tujuan
        beneficiary account|payout account|refund account|rekening refund|rekening pengembalian|bank acc no|bank acc|bank ac no|bank ac|ac no|rekening gaji
        payroll account""",
    Holds.HEALTH_INSURANCE: """bpjs|no bpjs|nomor bpjs|bpjs kesehatan|bpjs number|no bpjs kesehatan|jkn|no jkn|kis|no kis|health insurance number|no peserta bpjs
        nomor jkn|bpjs no""",
    Holds.HEALTH: """diagnosis|diagnosa|penyakit|alergi|allergy|allergies|golongan darah|gol darah|goldar|blood type|blood group|riwayat penyakit
        medical history|medical record|rekam medis|keluhan medis|medical condition|disability|disabilitas|difabel|kondisi kesehatan
        medication|resep|icd|icd10|kode icd|tekanan darah|tinggi badan|berat badan|vaksin|vaccination|hasil lab|tensi|kehamilan|pregnant
        health condition|blood pressure|anamnesa|anamnesis|resep obat|perokok|smoker|merokok|suhu tubuh|denyut nadi|body temperature|heart rate|health notes
        catatan medis|symptoms|gejala|obat|riwayat alergi|treatment|tindakan medis""",
    Holds.GENDER: "gender|sex|jenis kelamin|jns kelamin|jns kel|jenkel|jk|kelamin|jeniskelamin|jkel|l p",
    Holds.RELIGION: "religion|agama|agm|faith|kepercayaan|keyakinan|religious belief",
    Holds.MARITAL_STATUS: """marital status|maritalstatus|status perkawinan|status pernikahan|status kawin|status nikah|stts nikah|marital|civil status|sts kawin""",
    Holds.NATIONALITY: """nationality|kewarganegaraan|warga negara|warganegara|citizenship|kebangsaan|wni wna|suku|ethnicity|suku bangsa|etnis
        country of citizenship""",
    Holds.PHOTO: """photo|foto|picture|profile picture|avatar|foto profil|foto ktp|pas foto|selfie|swafoto|photo url|avatar url|foto diri|profile photo
        profile image|gambar profil|ktp image|scan ktp|foto kk|signature image|tanda tangan|signature|ttd|foto selfie|portrait""",
    Holds.BIOMETRICS: "fingerprint|sidik jari|face template|face embedding|iris|biometric|biometrik|voiceprint|face id template|faceprint|retina",
    Holds.LOCATION: """latitude|longitude|lat|lng|long|lon|geolocation|geo location|gps|koordinat|coordinates|last location|lokasi terakhir|gps lat
        gps long|lintang|bujur|geom|latlong|lat lng""",
    Holds.ACCOUNT: """username|user name|login|login name|user login|nama pengguna|nama akun|remote user|auth user|customer number|customer no
        customer code|no pelanggan|nomor pelanggan|kode pelanggan|member number|member no|member code|nomor anggota|no anggota|no member
        nomor member|kode member|membership number|loyalty number|loyalty card|nip|no pegawai|nomor pegawai|employee number|employee no
        nomor karyawan|no karyawan|nik karyawan|no induk|nomor induk|nomor induk pegawai|nis|nisn|nim|npm|student number|student no
        account number|account no|no akun|nomor akun|handle|screen name|social id|facebook id|google id|twitter|instagram|twitter handle
        line id|telegram id|telegram username|id telegram|akun instagram|akun facebook|facebook|ig|ig username|no peserta|nomor peserta
        no nasabah|nomor nasabah|cif|cif no|no polis|nomor polis|policy holder no|kunnr|patient number|no rekam medis|no rkm medis|no rm
        nomor rekam medis|mrn|nik pegawai|nuptk|badge number|badge no|external user id|user uuid|oauth subject|sso id|apple id|kd plg
        kd pelanggan|kode plg|kode karyawan|kode pegawai|kode anggota|loginname|userlogin""",
    Holds.CREDENTIAL: """password|passwd|pwd|password hash|kata sandi|sandi|pin|otp|secret question|secret answer|security answer|security question
        jawaban keamanan|user pass|pass hash|passphrase|totp secret|recovery code""",
    Holds.ADDRESS_IP: """ip|ip address|ipaddress|ip addr|ipaddr|alamat ip|remote addr|remote ip|client ip|last ip|lastip|last login ip|ip last login|ipv4
        ipv6|source ip|host ip|login ip""",
    Holds.DEVICE: """device id|deviceid|device identifier|imei|imei1|imei2|meid|mac address|mac addr|macaddress|mac|advertising id|gaid|idfa|adid
        android id|udid|device token|push token|fcm token|id perangkat|nomor perangkat|device fingerprint|device uuid|device serial
        registration token|alamat mac""",
    Holds.COOKIE: """cookie|cookie id|session id|sessionid|session key|visitor id|visitorid|client id ga|ga client id|id kuki|kuki|tracking id|id sesi
        anonymous id""",
    Holds.WORK: """occupation|job title|jobtitle|pekerjaan|jabatan|profesi|profession|employer|pekerjaan ayah|pekerjaan ibu|tempat kerja
        nama perusahaan tempat kerja|work history|designation|riwayat pekerjaan|pengalaman kerja|employment history|work experience""",
    Holds.INCOME: """salary|gaji|gaji pokok|penghasilan|income|monthly income|annual income|pendapatan|upah|take home pay|basic salary|wage|credit score
        skor kredit|monthly salary|tunjangan|penghasilan bulanan|expected salary|gaji diharapkan|credit limit|limit kredit|saldo
        account balance""",
    Holds.EDUCATION: """education|pendidikan|pendidikan terakhir|last education|ijazah|university|universitas|gpa|ipk|almamater|asal sekolah
        nama sekolah asal|degree|school name|jurusan|pnd|riwayat pendidikan|nilai rapor|transkrip""",
    Holds.TEXT: """message|pesan|isi pesan|message body|body|comment|komentar|comments|note|notes|catatan|remark|remarks|keterangan|ket|complaint
        keluhan|isi|isi keluhan|review|ulasan|testimoni|testimonial|feedback|masukan|saran|description|deskripsi|uraian|chat|transcript
        transkrip percakapan|content|konten|bio|about me|tentang saya|about|reason|alasan|kronologi|question|pertanyaan|problem|masalah|kendala|answer|jawaban|reply
        balasan|subject|judul|title|cover letter|surat lamaran|resume|cv|customer note|catatan pelanggan|catatan kurir|instructions
        instruksi|free text|memo|biography|biografi|abstract|abstrak|narrative|percakapan|isi chat|isi ulasan|special request|permintaan khusus|gift message|pesan hadiah|ucapan
        summary|ringkasan|text|teks|body text|post content|isi surat""",
}  # fmt: skip

_WEAK: dict[Holds, str] = {
    Holds.NAME: """name|nama|nm|names|contact|kontak|pic|author|penulis|sender|pengirim|recipient|receiver|guest|wali|ayah|ibu|suami|istri|pasangan
        owner|pemilik|alias|customer|pelanggan|kasir|pemesan|name1|name2|keluarga|bin|binti|passenger|staff|dokter|salesperson|sales person|kurir|courier|driver|sopir""",
    Holds.NATIONAL_ID: "identitas|identity|id no|no id",
    Holds.ADDRESS: "lokasi|location|region|wilayah|tujuan|destination|state|country|negara|ort",
    Holds.BANK_ACCOUNT: "account|acct|acc no|account no|account number|acct no|acct number",
    Holds.CARD: "card|kartu|cc",
    Holds.PHONE: "contact|kontak|nomor|no|number",
    Holds.ACCOUNT: "number|no|nomor|account|akun|user|member|code|kode|customer id|user id|userid|member id|pelanggan id",
    Holds.DEVICE: "device|perangkat|serial|serial number|no seri|nomor seri",
    Holds.PLATE: "kendaraan|vehicle",
    Holds.COOKIE: "session|sesi|visitor",
    Holds.LOCATION: "location|lokasi|posisi|position",
    Holds.WORK: "position|posisi|department|departemen|company|perusahaan|divisi|institution|instansi|title",
    Holds.PHOTO: "image|gambar|img|attachment|lampiran|document|dokumen|file",
}
"""Words that can mean it: the values or the table must say so as well."""

_AROUND = """
    type jenis tipe status stat count jumlah jml total verified terverifikasi valid validated flag is has at by template format length
    len provider domain opt optin consent sent enabled confirmed version source price harga cost label failure courtesy hub hubungan relation relationship color colour size amount
    nominal rate change changed updated created last_updated format kategori category group grup mode level visible public setting
    preference notif notification notifications subscribed bounced hit hits limit quota order sort index rank score attempts attempt
    failed error code kode prefix region percentage persen percent duration durasi interval currency brand issuer scheme network logo
    icon style class css host port server smtp imap pop3 folder dir box path_template schema table column field program validity masa berlaku
""".split()
"""Words beside it by which a column tells about such data and does not hold them."""
_CARRIED = frozenset("""
    hash hashed md5 sha sha1 sha256 enc encrypted cipher masked mask token tokenized sensor last4 bidx digest
""".split())
"""Words by which it is told that the values are not in clear."""
_PEOPLE = frozenset("""
    customer customers pelanggan plg user users pengguna member members anggota employee employees karyawan pegawai staff staf contact
    contacts kontak person persons people orang patient patients pasien applicant applicants pelamar kandidat candidate candidates
    student students siswa mahasiswa murid guru teacher dosen subscriber subscribers nasabah peserta participant participants guest
    guests tamu account accounts akun profile profiles profil buyer buyers pembeli penerima recipient recipients lead leads visitor
    visitors pengunjung warga penduduk keluarga family wali guardian guardians parent parents client clients klien donatur donor
    donors driver drivers sopir kurir courier agent agents reviewer author authors alumni penumpang passenger passengers attendee
    attendees registrant registrants pendaftar pendaftaran penyewa tenant borrower debitur payee actor payroll penggajian gaji hr hrd
    identity identitas kyc beneficiary dependents tanggungan anak child children login logins address addresses alamat partner
    nasabahs respondent responden dokter doctor doctors perawat nurse nurses kasir cashier relawan volunteer volunteers reservasi
    reservation reservations booking bookings cardholder cardholders peminjam pemilik owner owners speaker speakers voter voters
    person_data biodata personal data_diri crm kunjungan visit visits appointment appointments siswas santri jamaah jemaah calon
    orangtua ortu pemohon tertanggung pelapor korban saksi loyalty loyalitas membership keanggotaan referee referees
""".split())
"""Words of tables whose rows are people, or belong to one."""
_THINGS = frozenset("""
    product products produk barang item_master catalog catalogue katalog category categories kategori city cities kota province
    provinces provinsi country countries negara store stores toko cabang branch branches outlet outlets warehouse warehouses gudang
    supplier suppliers vendor vendors pemasok company companies perusahaan brand brands merek setting settings pengaturan config
    configuration konfigurasi template templates campaign campaigns kampanye promo promotion promotions coupon coupons voucher
    vouchers room rooms kamar ruang ruangan asset assets aset part parts sparepart material materials bahan currency currencies kurs
    tax_rate rate rates tarif permission permissions role roles migration migrations lookup referensi reference master model models
    menu menus page pages halaman article articles artikel news berita film films movie movies track tracks album albums artist
    artists genre genres language languages bahasa unit units satuan department departments departemen divisi division jurusan
    fakultas mapel kelas course courses kursus region regions wilayah kecamatan kelurahan kabupaten desa station stations stasiun
    airport airports bandara rute route routes kendaraan_dinas hotel hotels restaurant restaurants restoran menu_item inventory
    inventaris stok stock sku metric metrics server servers host hosts service services layanan feature features app apps aplikasi
    package packages paket plan plans job_posting lowongan vacancy vacancies sensor sensors machine machines mesin monitoring shipper
    shippers bank banks poli poliklinik obat diagnosis_master icd penyakit tindakan jabatan posisi schedule jadwal holiday holidays
    libur tag tags label labels endpoint endpoints queue cache event_type territories territory location locations lokasi publisher
    publishers penerbit library perpustakaan sekolah school schools kampus office offices kantor spbu terminal terminals halte building buildings gedung recipe recipes firewall rule rules
    option options reason reasons method methods provider providers
""".split())
"""Words of tables whose rows are things, places or companies."""
_DEEDS = frozenset("""
    order orders pesanan payment payments pembayaran review reviews ulasan comment comments komentar case cases kasus ticket tickets tiket
    chat chats percakapan message messages pesan session sessions subscription subscriptions langganan shipment shipments pengiriman
    registration registrations registrasi application applications lamaran warranty garansi claim claims klaim response responses jawaban
    login event events transaction transactions transaksi invoice invoices faktur penjualan sales complaint complaints keluhan pengaduan
    request requests permintaan post posts kiriman thread threads conversation conversations call calls panggilan recording recordings
    rekaman log logs wishlist cart carts keranjang refund refunds retur delivery deliveries rental rentals sewa pemeriksaan survey surveys
    servis repair repairs perbaikan submission submissions proposal proposals usulan
""".split())
"""Words of tables whose rows are what people did: perhaps of things, but not things."""
_SOMEBODY = (_PEOPLE - frozenset("""
    address addresses alamat account accounts akun identity identitas personal profile profil diri kunjungan visit visits booking bookings
    reservasi reservation reservations
""".split())) | frozenset("billing shipping ship bill home rumah delivery mailing residential emergency darurat pic manager kepala head director direktur supervisor penanggung ayah ibu suami istri spouse mother father".split())
"""Words by which a column speaks of a person, whatever its table is."""
STAFF = frozenset("""
    agent cs petugas admin created updated approved modified deleted assigned assignee sales kasir cashier operator reviewer handler
    dibuat diubah disetujui ditangani cc bcc reply salesperson rep support dokter staff atasan supervisor manager penilai kepala ketua
""".split())
"""Words by which a column names who did the work, not whose row it is."""


@dataclass(frozen=True, slots=True)
class Called:
    """What the name of a column says: `sure` unless its words can mean something else; `about` when it tells about such data."""

    holds: Holds
    sure: bool
    share: float
    about: bool = False
    hidden: bool = False


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name in lower case, parted at signs, capitals and digits."""
    return tuple(part.lower() for part in _PARTS.findall(name))


_WAYS = frozenset("""
    email e mail surel address alamat emailaddress phone telephone telepon telp tlp tel telpon hp handphone mobile cell cellphone ponsel wa
    whatsapp sms fax no nomor number num phonenumber mobilephone homephone workphone nohp notelp nowa
""".split())
"""Words of ways to reach somebody."""
_ONE_MORE = frozenset("""
    alt alternate alternative alternatif other lain lainnya second secondary kedua third ketiga backup cadangan recovery home rumah work
    kerja office kantor personal primary main utama first pertama old new former previous lama baru
""".split())
"""Words that tell one way to reach somebody from another of the same person."""


def person_in(name: str) -> tuple[str, ...]:
    """The words of a way to reach somebody that say who it is: none of `alt_email`, `recipient` of `recipient_email2`."""
    return tuple(word for word in words_of(name) if not word.isdigit() and word not in _WAYS and word not in _ONE_MORE)


_BESIDES = frozenset("""
    recipient receiver penerima beneficiary sender pengirim invitee invited undangan referrer referred referral perujuk emergency darurat spouse
    pasangan suami istri heir waris ahliwaris giftee
""".split())
"""Words of columns about somebody who is not the one whose row it is."""


def person_besides(column: str) -> str:
    """The word by which a column says that it is about somebody else than whose row it is; empty where it says so of nobody."""
    return next((word for word in words_of(column) if word in _BESIDES), "")


_RELATED = frozenset("ayah ibu suami istri spouse mother father parent wali guardian manager supervisor kepala head director direktur pic penanggung agent referee".split())


def person_of(table: str, column: str) -> tuple[str, ...]:
    """The words that say whose a way to reach somebody is, in a table: where its rows are people, `delivery_email` is the same person's as `email`."""
    words = person_in(column)
    of_people = is_of_people(table) or any(word.startswith(("user", "customer", "member", "employee", "pelanggan")) for word in words_of(table))
    return tuple(word for word in words if word in _RELATED | _BESIDES) if of_people else words


def _table(written: dict[Holds, str]) -> dict[str, Holds]:
    table: dict[str, Holds] = {}
    for holds, text in written.items():
        for phrase in text.replace("\n", "|").split("|"):
            if phrase.strip():
                table.setdefault("".join(phrase.split()), holds)
    return table


_SURE = _table(_PHRASES)
_MAYBE: dict[str, tuple[Holds, ...]] = {}
for _holds, _text in _WEAK.items():
    for _phrase in _text.split("|"):
        _key = "".join(_phrase.split())
        _MAYBE[_key] = (*_MAYBE.get(_key, ()), _holds)
_ABOUT = frozenset(_AROUND)
_LONG = tuple(sorted((phrase for phrase in _SURE if len(phrase) >= 5), key=len, reverse=True))
_NAMED_THINGS = (_THINGS - {"location", "locations", "lokasi", "bahasa"}) | frozenset(
    """
    item event file host domain app program field table column class method action page screen campaign segment channel region zone species
    pabrik perusahaan instansi gedung proyek project team tim gate gerbang cctv camera kamera printer router gateway proxy node rangka mesin inst institution
""".split()
)
_NEVER_IDS = frozenset(Holds) - {
    Holds.EMAIL, Holds.NATIONAL_ID, Holds.PASSPORT, Holds.TAX_NUMBER, Holds.DEVICE, Holds.COOKIE, Holds.ACCOUNT, Holds.HEALTH_INSURANCE, Holds.CREDENTIAL,
}  # fmt: skip
"""What is no number of its own: with `id` beside it a column only leads there, as `address_id` does."""
_OTHER_WORDS = frozenset({"norm"})
"""Words that a phrase of two words makes when it is run together (`no rm`), and that mean something else."""
_FLAGS = frozenset({"is", "has", "can", "should", "sudah", "ada", "apakah"})


def _phrases(plain: tuple[str, ...], words: tuple[str, ...]) -> list[tuple[int, int, Called]]:
    """The phrases that stand in a name: how surely and how long each, and what it says."""
    found: list[tuple[int, int, Called]] = []
    for begin in range(len(plain)):
        for end in range(len(plain), begin, -1):
            joined = "".join(plain[begin:end])
            rest = plain[:begin] + plain[end:]
            about = bool(plain) and (plain[0] in _FLAGS or any(word in _ABOUT for word in rest))
            pointer = "id" in rest
            hidden = any(word in _CARRIED for word in (*rest, *words[len(plain) :]))
            share = (end - begin) / len(plain)
            if joined in _SURE and not (end - begin == 1 and joined in _OTHER_WORDS):
                told = about or (pointer and _SURE[joined] in _NEVER_IDS)
                found.append((2, len(joined), Called(_SURE[joined], True, share, told, hidden)))
            found += [
                (1, len(joined), Called(holds, False, share, about or (pointer and holds in _NEVER_IDS), hidden))
                for holds in _MAYBE.get(joined, ())
                if _SURE.get(joined) is not holds
            ]
    return found


@lru_cache(maxsize=4096)
def called(name: str) -> tuple[Called, ...]:
    """What a name says, the likeliest first; nothing when it says nothing."""
    words = words_of(name)
    plain = tuple(word for word in words if not word.isdigit() or len(words) == 1)
    found: list[tuple[int, int, Called]] = _phrases(words, words)
    if plain != words:
        found += _phrases(plain, words)
    if not any(kind == 2 for kind, _, _ in found):
        found += _run_together("".join(plain), plain)
    found.sort(key=lambda item: (-item[0], -item[1]))
    seen: dict[Holds, Called] = {}
    for kind, length, item in found:
        longest = next((size for sort, size, _ in found if sort == kind), 0)
        if item.holds not in seen and (kind == 1 or length == longest or item.share >= 0.5):
            seen[item.holds] = item
    return tuple(seen.values())


def _run_together(joined: str, words: tuple[str, ...]) -> list[tuple[int, int, Called]]:
    """A phrase that a name without gaps begins or ends with, such as `emailpelanggan`."""
    if len(words) != 1 or len(joined) < 7:
        return []
    for phrase in _LONG:
        if joined.startswith(phrase) or joined.endswith(phrase):
            rest = joined.removeprefix(phrase) if joined.startswith(phrase) else joined.removesuffix(phrase)
            if rest in _ABOUT or (len(rest) < 2 and len(phrase) < 6):
                continue
            return [(2, len(phrase), Called(_SURE[phrase], rest in _PEOPLE, len(phrase) / len(joined)))]
    return []


@lru_cache(maxsize=4096)
def is_of_people(table: str) -> bool | None:
    """Whether the rows of a table are people's by its name; nothing when the name does not say. People win over things."""
    words = {form for word in words_of(table) for form in (word, word.removesuffix("s") if len(word) > 5 else word)}
    if words & _PEOPLE and not words & {"type", "types", "jenis", "status", "roles", "role", "group", "groups", "setting", "settings"}:
        return True
    return False if words & _THINGS and not words & _DEEDS else None


@lru_cache(maxsize=4096)
def speaks_of_somebody(column: str) -> bool:
    """Whether a column says itself that it is about a person, as in `manager_phone`."""
    return not _SOMEBODY.isdisjoint(words_of(column))


@lru_cache(maxsize=4096)
def speaks_of_things(column: str) -> bool:
    """Whether a column says itself that it is about a thing, as in `product_name` or `nama_bank`."""
    return not _NAMED_THINGS.isdisjoint(words_of(column))
