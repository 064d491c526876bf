"""Words that tell of health and of children, in two languages, and the words that only look so."""

from __future__ import annotations

import re

from janji.scanner import naming
from janji.scanner.folding import before
from janji.scanner.matches import FAIR, LIKELY, Kind, Sign
from janji.terms.messages import N_, say

_HEALTH = """
hiv|hiv/aids|odha|aids|tbc|tuberkulosis|tuberculosis|kanker|cancer|tumor|tumour|kemoterapi|chemotherapy|radioterapi|radiotherapy
leukemia|leukaemia|limfoma|lymphoma|diabetes|diabetic|diabetesi|kencing manis|gula darah|blood sugar|insulin|penderita
hipertensi|hypertension|darah tinggi|tekanan darah|high blood pressure|blood pressure|kolesterol|cholesterol
penyakit|penyakit jantung|serangan jantung|gagal jantung|jantung koroner|sakit jantung|lemah jantung|operasi jantung
heart attack|heart disease|heart failure|heart condition|alat pacu jantung|pacemaker|aritmia|arrhythmia
stroke|gagal ginjal|sakit ginjal|batu ginjal|cuci darah|hemodialisis|dialysis|kidney failure|kidney disease|kidney stones
hepatitis|sirosis|cirrhosis|liver disease|penyakit hati|asma|asthma|asthmatic|bronkitis|bronchitis|pneumonia|paru-paru basah
epilepsi|epilepsy|epileptic|ayan|kejang|seizure|seizures|alergi|allergy|allergies|allergic|migrain|migraine|vertigo|insomnia
depresi|depression|depressed|bipolar|skizofrenia|schizophrenia|gangguan jiwa|gangguan mental|kesehatan mental|kesehatan jiwa
mental illness|mental health|mental disorder|gangguan kecemasan|anxiety|anxiety disorder|gangguan panik|panic disorder|ptsd
psikiater|psychiatrist|psikolog|psychologist|antidepresan|antidepressant|antidepressants|obat penenang|bunuh diri|suicidal
autis|autisme|autism|autistic|adhd|down syndrome|sindrom down|disleksia|dyslexia
hamil|kehamilan|pregnant|pregnancy|keguguran|miscarriage|aborsi|abortion|ibu menyusui|menyusui|melahirkan|program hamil|bayi tabung
ivf|infertility|mandul|menopause|keputihan|kontrasepsi
lupus|parkinson|alzheimer|demensia|dementia|multiple sclerosis|sklerosis|hemofilia|haemophilia|hemophilia|thalasemia|talasemia
anemia|anaemia|kurang darah|golongan darah|blood type|asam urat|gout|rematik|rheumatism|arthritis|artritis|osteoporosis|skoliosis
scoliosis|tiroid|thyroid|gondok|obesitas|obesity|asam lambung|maag|gerd|tifus|tipes|tipus|typhoid|malaria|dbd|demam berdarah
demam dengue|dengue|covid|covid-19|covid19|sifilis|syphilis|gonore|gonorrhea|herpes|hpv|kusta|lepra|leprosy|cacar|campak|measles
katarak|cataract|glaukoma|glaucoma|buta warna|tunanetra|tuna netra|tunarungu|tuna rungu|tunawicara|tunadaksa|disabilitas|difabel
disability|disabilities|kursi roda|wheelchair|alat bantu dengar|hearing aid|hearing impaired|visually impaired|cacat fisik
kista|mioma|endometriosis|usus buntu|appendicitis|wasir|ambeien|hernia|turun berok|patah tulang|gegar otak|lumpuh|paralysed|paralyzed
opname|rawat inap|rawat jalan|dirawat di rumah sakit|masuk rumah sakit|masuk rs|dirawat di rs|hospitalised|hospitalized|icu|ugd|igd
rekam medis|riwayat medis|riwayat penyakit|riwayat kesehatan|kondisi medis|kondisi kesehatan|medical record|medical records
medical history|medical condition|health condition|resep dokter|surat dokter|surat keterangan dokter|surat sakit|doctor's note
sick leave|sick note|cuti sakit|hasil lab|hasil laboratorium|lab results|hasil rontgen|hasil tes darah|blood test
didiagnosis|didiagnosa|diagnosed|divonis dokter|sakit keras|sakit parah|sakit kronis|jatuh sakit|sedang sakit|lagi sakit|saya sakit
sakit kepala|sakit perut|sakit gigi|sakit pinggang|sakit punggung|demam|fever|operasi caesar|operasi sesar|operasi usus buntu
surgery|pasca operasi|post-operative|terapi|fisioterapi|physiotherapy|obat resep|prescription drugs|medication|medications
narkoba|rehabilitasi|overdosis|overdose|kecanduan|addiction|vaksinasi|imunisasi|vaccination
sakit|meningitis|fibromyalgia|crohn|kolitis|colitis|eczema|eksim|psoriasis|vitiligo|gangguan pendengaran|gangguan penglihatan
tuli|deaf|hard of hearing|legally blind|diare|diarrhea|diarrhoea|kemo|chemo|darah rendah|hipotensi|hypotension|sesak napas|sesak nafas
tb paru|migren|diabet|chronic pain|back pain|obat jantung|obat diabetes|sakit tenggorokan|prostat|ispa|gangguan ginjal|gangguan jantung
operasi mata|operasi lutut|operasi tulang|patah kaki|patah tangan|gangguan makan|eating disorder|anoreksia|anorexia|bulimia|ocd|dialisis|transplantasi|transplant|donor ginjal|stunting|gizi buruk
"""
_CHILD = """
anak|anak2|anak2 saya|anak saya|anak kami|anak-anak|anak anak|anaknya|anakku|anak kecil|anak perempuan|anak laki-laki|anak di bawah umur|anak sekolah
anak pertama|anak kedua|anak ketiga|anak bungsu|anak sulung|anak perempuan saya|anak laki-laki saya|anak asuh|anak angkat|anak kandung
anak tiri|anak yatim|bayi|bayi saya|bayiku|balita|batita|bocah|di bawah umur|dibawah umur|di bawah usia|belum cukup umur|belum dewasa
putri saya|putra saya|putri kami|putra kami|putriku|putraku|cucu saya|cucu|keponakan|keponakan saya|remaja|siswa sd|siswi sd|siswa smp
siswi smp|siswa tk|murid sd|murid smp|murid tk|pelajar sd|pelajar smp|kelas 1 sd|kelas 2 sd|kelas 3 sd|kelas 4 sd|kelas 5 sd|kelas 6 sd
kelas 1 smp|kelas 2 smp|kelas 3 smp|kelas i sd|sekolah dasar|paud|taman kanak-kanak|playgroup|kanak-kanak|kanak kanak
child|children|my child|my children|our child|our children|my kid|my kids|our kids|kid|kids|my son|my daughter|our son|our daughter
my sons|my daughters|our sons|our daughters|his sons|her sons|his daughters|her daughters|my nephews|my nieces
his son|her son|his daughter|her daughter|son is|daughter is|my baby|our baby|newborn|infant|infants|toddler|toddlers|baby boy|baby girl
my grandson|my granddaughter|grandchild|grandchildren|underage|under age|under-age|a minor|minors|teenager|teenagers|teenage|schoolboy
pelajar kelas|siswa kelas|siswi kelas|murid kelas|adik masih sd|adik saya masih sd|adik masih smp|adik saya masih smp
schoolgirl|preschooler|kindergarten|elementary school|primary school|my nephew|my niece|little boy|little girl|stepson|stepdaughter
"""
_NEITHER = """
anak perusahaan|anak usaha|anak cabang|anak tangga|anak buah|anak panah|anak kunci|anak timbangan|anak sungai|anak muda|anak kost|anak kos
anak magang|anak bawang|anak emas|anak benua|anak judul|anak menu|anak kalimat|anak gunung|anak rambut|anak lidah|anak tekak|anak dagang
anak ayam|anak kucing|anak anjing|anak sapi|anak kambing|anak baju|anak didik|anak band|anak it|anak negeri|anak bangsa
child process|child processes|child node|child nodes|child theme|child element|child account|child class|child page|child lock|child seat
child's play|childish|children's edition|kids mode|kid mode|kids edition|kidding|baby blue|baby monitor|baby step|baby steps|baby shark
child safety lock|child window|child order|child item|child sku|child record|child records|child menu|child folder|child object
rumah sakit|sakit hati|saya sakit hati|lagi sakit hati|sedang sakit hati|my child process|my child processes|my child theme|stroke width|key stroke|keystroke|brush stroke|stroke engine|stroke color|stroke colour|two stroke|2 stroke
4 stroke|four stroke|jantung kota|jantung hati|penyakit tanaman|gila|tumor otak atik|seizure of goods|economic depression
depresi ekonomi|great depression|tropical depression|resesi dan depresi|depresi rupiah|kurang darah juang|operasi toko|jam operasi
virus komputer|cancer zodiac|zodiak cancer|terapi belanja|demam panggung|demam bola|demam k-pop|demam korea|demam film|fever pitch
kecanduan game|kecanduan belanja|kecanduan kopi|heart of the city|mandul pajak|lumpuh total|jaringan lumpuh|sistem lumpuh|server lumpuh
transplant tanaman|cacat fisik produk|cacat fisik barang|cacat fisik unit|bipolar transistor|bipolar junction|rehabilitasi lahan
rehabilitasi gedung|rehabilitasi bangunan|aids in|aids the|financial aids|hearing aids in court|depressed price|depressed prices
depressed button|button depressed|key depressed|mobil sakit|hp sakit|sakit kantong|sakit mata lihat harga|kids meal|kids menu
child mode|child proof|child-proof|cancer sign|cancer horoscope|allergy free|allergy-free|depression of the
deaf ears|disability mode|allergic to bugs|malaria net|penyakit laptop|penyakit hp|penyakit tv|penyakit mobil|penyakit motor|penyakit lama
"""
_GOODS = (
    "baju sepatu sandal mainan kursi meja sepeda kamar buku film kategori mode fitur ukuran tas celana kaos pakaian fashion fesyen perlengkapan "
    "produk lagu konten akun menu jas topi kacamata helm ranjang tempat-tidur kasur boneka susu popok toko jam tontonan acara kanal versi "
    "paket edisi profil bioskop taman"
).split()
_GOODS_AFTER = (
    "shoes clothes clothing toys toy book books edition section channel bike menu furniture wear profile meal size sizes tablet"
).split()
_SHOUTED = frozenset({b"aids", b"icu", b"ivf", b"gerd", b"dbd", b"ocd", b"igd", b"ugd"})
"""Abbreviations that are words too, and count in capitals only."""
_FAINT = frozenset(
    b"sakit penyakit cucu remaja terapi anxiety penderita surgery depressed addiction rehabilitasi kid kids kejang kejut teenage "
    b"demam overdose fever transplant infant a-minor".split()
)
_AGE = (
    r"(?:(?:umur|usia|berumur|berusia|umurnya|usianya|aged?)(?: (?:saya|dia|kami|nya|is|masih|baru|of|sekitar|kurang|lebih)){0,2} "
    r"[0-9]{1,2}(?: ?(?:tahun|thn|th|bulan|bln))?|[0-9]{1,2}[ -](?:years?|yrs?|months?)[ -]olds?|[0-9]{1,2} ?(?:yo|y/o)"
    r"|(?:kelas|kls) (?:[1-9]|1[0-2]|[ivx]{1,4}) ?(?:sd|smp|mts|sma|smk))"
)
_PERSONS = frozenset(
    b"saya aku gue dia ia adik adek adiknya kakak putra putri siswa siswi murid pelajar pengguna pemohon pembeli korban i i'm im am he she "
    b"my son daughter boy girl brother sister student user who nama bernama beliau cewek cowok anak anaknya keponakan who's".split()
)
_THINGS = frozenset(
    b"tv televisi laptop hp handphone unit produk barang garansi mesin mobil motor kulkas kamera headset headphone speaker console "
    b"konsol ac akun perusahaan toko phone device product warranty account company camera car machine printer battery baterai "
    b"lensa lens kartu layanan langganan subscription rumah gedung build model tablet monitor perangkat playstation ps5 ps4".split()
)
_LAST = 17
"""The last year of age that is told of as a child's."""
_WORDS = bytes(byte if chr(byte).isascii() and (chr(byte).isalnum() or byte == 39) else 32 for byte in range(256))
_CLASSES, _ENGLISH = (b"kelas", b"kls"), (b"old", b"olds", b"yo", b"y/o")
_BEFORE, _BEHIND, _COUNT = 48, 20, 7

_ILL = Sign(Kind.HEALTH, LIKELY, say(N_("a word for an illness, a treatment or a state of health")))
_ILL_FAINT = Sign(Kind.HEALTH, FAIR, say(N_("a word that often tells of health")))
YOUNG = Sign(Kind.CHILD, LIKELY, say(N_("a word for a child")))
_YOUNG_FAINT = Sign(Kind.CHILD, FAIR, say(N_("a word that often tells of a child")))
_AGED = Sign(Kind.CHILD, LIKELY, say(N_("a person's age of at most 17 years")))


def _lines(text: str) -> list[str]:
    return [phrase for line in text.split("\n") for phrase in line.split("|") if phrase]


MEANINGS: dict[bytes, Sign | None] = {}
"""What each word or phrase means; nothing for those that only look so."""
for _phrase in _lines(_HEALTH):
    MEANINGS[_phrase.encode()] = _ILL_FAINT if _phrase.encode() in _FAINT else _ILL
for _phrase in _lines(_CHILD):
    MEANINGS[_phrase.encode()] = _YOUNG_FAINT if _phrase.encode() in _FAINT else YOUNG
for _phrase in (
    *_lines(_NEITHER), *(f"{good} anak" for good in _GOODS), *(f"{good} bayi" for good in _GOODS),
    *(f"{good} anak-anak" for good in _GOODS), *(f"{word} {good}" for word in ("kids", "children", "children's", "kid") for good in _GOODS_AFTER),
):  # fmt: skip
    MEANINGS[_phrase.encode()] = None


BANK = Sign("", 0, say(N_("a word for a bank or an account")))
"""What a word for a bank or an account means: that digits near it are to be read."""
for _bank in naming.BANKS:
    MEANINGS[_bank] = BANK
_PHRASES = sorted(MEANINGS, key=lambda phrase: (-len(phrase), phrase))
PATTERN = b"|".join([*(re.escape(phrase).replace(rb"\ ", b"[ \t\n]{1,3}") for phrase in _PHRASES), _AGE.encode()])
"""Every word and phrase in lower case, longer ones before what they begin with, and how ages are written."""


def stands(text: bytes, low: bytes, start: int, end: int) -> bool:
    """Whether a word is a word of a text and no part of a name or an address; `low` is the text in lower case."""
    if start and low[start - 1] in b"_-@#/." and low[start - 2 : start - 1].isalnum():
        return False
    return not (end < len(low) and low[end] in b"_@") and (low[start:end] not in _SHOUTED or text[start:end].isupper())


def phrase_or_age(words: bytes, low: bytes, start: int) -> Sign | None:
    """What a phrase with other white space means, or an age: of a person and of at most 17, else nothing."""
    plain = b" ".join(words.split())
    if plain in MEANINGS:
        return MEANINGS[plain]
    if plain.startswith(_CLASSES):
        return YOUNG
    digits = bytes(byte for byte in plain if 47 < byte < 58)
    if not digits or (int(digits) > _LAST and not plain.endswith((b"bulan", b"bln", b"months old", b"month old"))):
        return None
    around = before(low, start, _BEFORE).translate(_WORDS).split()[-_COUNT:]
    if plain.endswith(_ENGLISH):
        around += low[start + len(words) : start + len(words) + _BEHIND].translate(_WORDS).split()[:2]
    if not _PERSONS.isdisjoint(around) and _THINGS.isdisjoint(around):
        return _AGED
    return _AGED if _PERSONS & {*plain.split()} else None
