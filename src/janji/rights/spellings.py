"""How people spell in chats, Indonesian and English: short forms, other vowels, endings; read as the words that phrases are written in."""

from __future__ import annotations

from collections.abc import Collection

SHORT = {
    plain: spelt.split()
    for plain, spelt in {
        "saya": "sy sya gw gue gua ane aq ak", "kamu": "km lu lo elu ente", "kalian": "klian klen", "yang": "yg", "tolong": "tlg tolongin plis pliss",
        "dari": "dr dri", "dengan": "dgn dg", "untuk": "utk tuk untk", "buat": "bwt bt", "karena": "krn karna", "sama": "ama", "pada": "pd", "dalam": "dlm",
        "jangan": "jgn jngn", "tidak": "tdk gk g ngga kagak kaga engga nggak enggak gak ga ndak tak", "sudah": "udh udah sdh dah", "belum": "blm blom",
        "lagi": "lg lgi", "saja": "aja aj sj", "bisa": "bs bsa", "mau": "mo mw", "minta": "mnta mita", "semua": "smua", "siapa": "sapa syapa",
        "kemana": "kmn kmana", "tahu": "tau tw taw", "begitu": "gitu", "bagaimana": "gmn gimana gmna", "kenapa": "knp knapa napa", "banyak": "byk bnyk",
        "terus": "trs", "tanggal": "tgl tggl", "nomor": "nmr nomer nope", "telepon": "telp tlp telpon tlpn", "alamat": "almt almat", "akun": "akn",
        "pakai": "pake pk", "dipakai": "dipake dpake dipke", "dapat": "dapet dpt", "simpan": "simpen nyimpen nyimpan", "disimpan": "disimpen", "hapus": "apus ngapus ngehapus hps hpus",
        "dihapus": "diapus dihps", "benarkan": "benerin betulin", "dibenarkan": "dibenerin dibetulin", "dikasih": "dikasi dksih", "kasih": "kasi ngasih", "kirim": "krm kirm", "lihat": "liat",
        "please": "pls plz plis", "you": "u ya'll yall", "your": "ur", "do not": "dont", "i am": "im", "you have": "youve", "information": "infos",
    }.items()
}  # fmt: skip
"""Under each plain word (or words) how else it is spelt."""
SPELLINGS = {spelt: plain.split() for plain, held in SHORT.items() for spelt in held}


def plain(word: str, known: Collection[str]) -> list[str]:
    """The words that a spelling stands for; `known` are those of the phrases.

    A verb's everyday ending is taken for the one of books (`hapusin` is `hapus`, `pindahin` is `pindahkan`), and a noun's `-ku` for `saya`.
    """
    if word in SPELLINGS:
        return SPELLINGS[word]
    if word not in known:
        stem = word[:-2]
        if word.endswith("in") and (stem.startswith("di") or f"di{stem}" in known or f"{stem}kan" in known):
            return [stem] if stem in known else [f"{stem}kan"] if f"{stem}kan" in known else [word]
        if word.endswith("ku") and stem in known:
            return [stem, "saya"]
    return [word]
