"""The small words of English and Indonesian that show where sentences, titles and references begin and end."""

from __future__ import annotations

OPENERS = frozenset(
    "we you your our if when where while unless although because before after once since until any all some each "
    "in on at for from by with under as to this that these those there it its they please no not such however in "
    "order do does kami anda jika apabila bila ketika saat setelah sebelum selama sejak dengan dalam untuk dari "
    "pada oleh sesuai setiap semua seluruh segala beberapa ini itu hal mohon silakan tidak tanpa atas berdasarkan "
    "kecuali bagi data apakah agar namun akan".split()
) - {"data", "all", "your", "our", "no", "under", "to", "it"}  # fmt: skip
"""Words that begin a sentence and hardly ever a title."""

DANGLING = frozenset(
    "a an the of to in on at for from by with and or nor but as under into your our their its his her this that "
    "these any some such each every not is are was be been will shall may can must personal di ke dari pada untuk "
    "dengan dan atau serta oleh dalam yang sebagai tentang bagi para sebuah suatu setiap seluruh tidak akan dapat "
    "adalah telah sudah".split()
)  # fmt: skip
"""Words that a title or a sentence does not end with."""

FINITE = frozenset(
    "will shall may must can cannot is are was were has have had do does did am would should could might akan "
    "dapat harus wajib adalah telah sudah berhak boleh bisa ialah merupakan".split()
)  # fmt: skip
"""Verb forms that a sentence has and a title mostly lacks."""

REFERRING = frozenset(
    "section sections clause clauses article articles paragraph paragraphs paragraf part parts chapter item items "
    "no number point points annex schedule pasal ayat bagian bab butir angka huruf nomor poin lampiran law "
    "regulation undang peraturan tahun year and or dan atau to sampai hingga see lihat".split()
)  # fmt: skip
"""Words after which a number is a reference or a date and not the label of a clause."""

KEYWORDS = "Pasal|Article|Section|Clause|Chapter|Part|Bab|Bagian|BAB|PASAL|BAGIAN|ARTICLE|SECTION|CHAPTER|PART"
"""Words that stand before the number of a clause or chapter."""

ABBREVIATIONS = frozenset(
    "e.g i.e eg ie etc no nos art arts mr mrs ms dr prof st vs jl jln jend gd lt rt rw kel kec kab kav blk tel "
    "telp fax hlm hal dll dsb dst tbk pt cv ltd inc co corp approx fig sec para cf yth sdr u.s u.k s.d a.n".split()
)  # fmt: skip
"""Words whose full stop ends no sentence."""

SMALL_WORDS = {
    "en": frozenset(
        "the of and to your you we our is are be this that with for from will by any have has not on or as it when "
        "their they which may can us if such other about".split()
    ),
    "id": frozenset(
        "yang dan di dengan untuk anda kami dari pada dalam tidak ini itu atau akan adalah oleh jika data dapat "
        "setiap kepada sebagai bila apabila secara telah tersebut juga serta hal atas bagi".split()
    ),
}
"""Words that tell one language from the other."""
