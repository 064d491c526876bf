"""What a number is called: the words beside it, by which its kind is told and confidence rises or falls."""

from __future__ import annotations

import re

from janji.scanner.folding import BARRIER
from janji.scanner.matches import Sign, Signs

NATIONAL, TAX, CARD, PHONE, PASSPORT, PLATE, BANK, INSURANCE, OTHER, VIRTUAL, GLUE = (1 << bit for bit in range(11))
"""What a word names, as bits. `OTHER`: orders, devices, prices and the like. `GLUE` names nothing and parts nothing."""
_WORDS: dict[int, str] = {
    NATIONAL: "nik ktp ektp ektpnya kk niknya ktpnya kependudukan identitas keluarga penduduk nationalid national identity",
    TAX: "npwp npwpnya pajak tax tin taxpayer npwp15 npwp16",
    CARD: "kartu kredit debit card cc visa mastercard master amex jcb unionpay credit gpn maestro kartunya cvv pan",
    PHONE: "hp telp tlp telepon telephone telpon telfon phone mobile whatsapp wa hubungi call nohp notelp handphone sms cell tel "
           "kontak contact ponsel fax nomerhp telegram hpnya wanya telponnya tlpn hotline sim tsel telkomsel",
    PASSPORT: "paspor passport pasport paspornya visa",
    PLATE: "plat pelat nopol polisi plate tnkb kendaraan mobil motor stnk bpkb nopolnya platnya vehicle car license licence "
           "registration truk sepeda parkir parked avanza",
    BANK: "rekening rek norek reknya rekeningnya bca bni bri btn bsi mandiri cimb niaga danamon permata ocbc nisp panin maybank btpn "
          "jenius seabank muamalat bank account acct acc iban hsbc dbs uob bjb",
    INSURANCE: "bpjs jkn kis jamkesmas askes",
    OTHER: "order orders ordernya pesanan invoice inv faktur resi awb tracking imei imei1 imei2 serial seri sn sku kode code produk product "
           "transaksi transaction trx ref referensi reference tiket ticket case kasus booking voucher token rp idr usd barcode ean upc "
           "model tipe type po so ord trxid orderid timestamp ts epoch batch lot part meter pelanggan imeinya artikel article isbn "
           "issn session sesi log build kuitansi receipt spk job request req shipment promo kupon coupon unix transaction_id case_id",
    VIRTUAL: "va virtual",
    GLUE: "no nomor nomer number num nmr id adalah is dengan with the dgn ini this saya my ya yaitu an aktif baru lama and dan atau or "
          "his her nya our kami of untuk for are was nr numbers nos anda your new old di ke to pada",
}  # fmt: skip
_NAMES: dict[bytes, int] = {}
for _bit, _line in _WORDS.items():
    for _word in _line.split():
        _NAMES[_word.encode()] = _NAMES.get(_word.encode(), 0) | _bit
_LETTERS = bytes(byte if chr(byte).isascii() and (chr(byte).isalnum() or byte in b"_\x1c") else 32 for byte in range(256))
_FAR, _BEHIND, _MOST_WORDS, _NEXT = 44, 28, 5, 26
_PUNCTUATION, _PARTING = b" :=.-", b"(\""
_BARRIER = BARRIER.encode()

Naming = tuple[int, bool, int]
"""The nearest word that names something, whether only glue lies between, and all that is named near by, as bits."""
NOTHING: Naming = (0, False, 0)
BANKS = tuple(sorted(word for word, names in _NAMES.items() if names & BANK))
"""Words for a bank or an account."""


_PARTS = {b"card": (b"id card", NATIONAL), b"account": (b"virtual account", VIRTUAL)}
"""Words that name something else in a phrase."""


def before(low: bytes, start: int, wanted: int) -> Naming:
    """What the last five words before `start` name, in a folded text in lower case; another number ends the search.

    It also ends with a word that names what is `wanted`, as bits.
    """
    text = low[start - _NEXT if start > _NEXT else 0 : start].rstrip(_PUNCTUATION)
    place = text.rfind(b" ")
    names = _NAMES.get(text[place + 1 :], 0)
    if names == GLUE and place > 0:
        text = text[:place].rstrip(_PUNCTUATION)
        place = text.rfind(b" ")
        names = _NAMES.get(text[place + 1 :], 0)
    if names & wanted and place > 0 and text[place + 1 :] not in _PARTS:
        return names, True, names
    begin = start - _FAR
    text = low[begin:start] if begin > 0 else low[:start]
    if _BARRIER in text:
        begin, text = 0, text[text.rindex(_BARRIER) + 1 :]
    words = text.translate(_LETTERS).rsplit(None, _MOST_WORDS)
    if begin > 0 or len(words) > _MOST_WORDS:
        del words[:1]
    near = every = 0
    direct = named_direct = True
    for word in reversed(words):
        names = _NAMES.get(word, 0)
        if not names:
            names = OTHER if word == b"n" and b"s/n" in text else 0
            if not names:
                if word[0] < 58 and len(word) > 2:
                    break
                direct = False
                continue
        if names != GLUE:
            if word in _PARTS and _PARTS[word][0] in text:
                names = _PARTS[word][1]
            if not near:
                near, named_direct = names, direct
            every |= names
            if names & wanted:
                break
    if not near or (text[-2:] == b") " and _of_another(text)):
        return NOTHING
    return near, named_direct and text[-1] not in _PARTING, every


def _of_another(text: bytes) -> bool:
    """Whether a text ends in brackets that stand behind another number, and so name that one."""
    return text[: max(0, text.rfind(b"("))].rstrip()[-1:].isdigit()


def after(low: bytes, end: int) -> int:
    """What the three words after `end` name, as bits; only what a person would add behind a number counts."""
    for word in low[end : end + _BEHIND].translate(_LETTERS).split()[:3]:
        names = _NAMES.get(word, GLUE)
        if names & OTHER or word[0] < 58 or _BARRIER in word:
            return 0
        if names != GLUE:
            return names
    return 0


def is_virtual(low: bytes, start: int) -> bool:
    """Whether the words before `start`, up to another number, speak of a virtual account: what is paid to, once."""
    text = low[max(0, start - _FAR) : start]
    words = text[text.rfind(_BARRIER) + 1 :].translate(_LETTERS).split()
    numbers = [place for place, word in enumerate(words) if word[0] < 58 and len(word) > 2]
    return any(_NAMES.get(word, 0) & VIRTUAL for word in words[numbers[-1] + 1 if numbers else 0 :])


def nearest(low: bytes, end: int, named: Naming) -> int:
    """What the words in brackets after `end` name, else those before, else those after, as bits."""
    behind = low[end : end + 2]
    if behind[:1] == b"(" or behind == b" (":
        return after(low, end) or named[0]
    return named[0] or (after(low, end) if behind[:1] == b" " else 0)


def touching(text: bytes, low: bytes, start: int) -> int:
    """What the word that touches `start` names, with or without a sign between: 0 when it parts nothing, -1 for one of a code.

    A full stop or hyphen that somebody wrote without a space parts nothing: behind `no`, or behind a word that is no abbreviation.
    """
    sign = low[start - 1]
    if sign == 35:
        named = _NAMES.get(_last(low, start - 1), GLUE)
        return OTHER if named == GLUE else named
    word = _last(low, start - 1 if sign in b"_.-/" else start)
    names = _NAMES.get(word, GLUE)
    if names != GLUE:
        return names
    if sign not in b".-":
        return -1
    written = text[start - 1 - len(word) : start - 1]
    return 0 if word in _NUMBER or (len(word) > 2 and word.isalpha() and not written.isupper()) else -1


_NUMBER = frozenset(b"no nomor nomer nmr nr num number".split())
_LAST = re.compile(rb"[a-z0-9]*\Z")


def _last(low: bytes, end: int) -> bytes:
    """The word that ends at `end`, or before the spaces there."""
    found = _LAST.search(low[max(0, end - 20) : end].rstrip(b" "))
    return found[0] if found is not None else b""


def told(signs: Signs, named: Naming) -> Sign:
    """Which of the signs holds: named near by as what it is, or directly as something that is nobody's."""
    near, direct, every = named
    called_otherwise = direct and near & OTHER
    if near & signs.name or (every & signs.name and not called_otherwise):
        return signs.named
    return signs.otherwise if called_otherwise else signs.form
