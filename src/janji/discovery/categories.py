"""Which category of a policy something belongs to that a column holds: by its term, its id, its title, or a wider one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from janji.discovery.holds import Holds
from janji.discovery.naming import called, words_of
from janji.policy.model import DataCategory, Policy


class Fit(StrEnum):
    """How well a category fits: it names just that, something that holds it, or what it is only near to."""

    EXACT = "exact"
    WIDER = "wider"
    NEAR = "near"


@dataclass(frozen=True, slots=True)
class Place:
    """The category of a policy that something belongs to, and how well it fits."""

    category: str
    fit: Fit


_TERMS: dict[Holds, str] = {
    Holds.NAME: "Name FullName GivenName FamilyName",
    Holds.EMAIL: "EmailAddress EmailAddressPersonal",
    Holds.PHONE: "TelephoneNumber PhoneNumber",
    Holds.ADDRESS: "PhysicalAddress HouseAddress PostalAddress Address",
    Holds.BIRTH_DATE: "BirthDate Age",
    Holds.BIRTH_PLACE: "BirthPlace",
    Holds.NATIONAL_ID: "NationalIdentificationNumber OfficialID UID Identifying",
    Holds.TAX_NUMBER: "TaxIdentificationNumber Tax",
    Holds.PASSPORT: "PassportNumber Passport",
    Holds.PLATE: "VehicleLicenseNumber VehicleLicense VehicleUsage",
    Holds.CARD: "PaymentCardNumber PaymentCard CreditCardNumber PaymentCardExpiry",
    Holds.BANK_ACCOUNT: "BankAccount FinancialAccountNumber FinancialAccount",
    Holds.HEALTH: "Health MedicalHealth HealthRecord HealthHistory Disability BloodType Prescription",
    Holds.GENDER: "Gender Sex",
    Holds.RELIGION: "Religion ReligiousBelief",
    Holds.MARITAL_STATUS: "MaritalStatus",
    Holds.NATIONALITY: "Nationality Ethnicity EthnicOrigin",
    Holds.PHOTO: "Picture",
    Holds.BIOMETRICS: "Biometric Fingerprint FacialPrint Retina",
    Holds.LOCATION: "CurrentLocation Location GPSCoordinate",
    Holds.ACCOUNT: "AccountIdentifier Username",
    Holds.CREDENTIAL: "Password Authenticating PINCode SecretText",
    Holds.ADDRESS_IP: "IPAddress",
    Holds.DEVICE: "DeviceBased MACAddress",
    Holds.COOKIE: "Cookie OnlineIdentifier",
    Holds.WORK: "Job Professional CurrentEmployment",
    Holds.INCOME: "Income Salary",
    Holds.EDUCATION: "Education",
}
"""Terms of the Data Privacy Vocabulary's personal data (pd) that name just that."""
_CONTACT = ("Contact",)
_MONEY = ("FinancialAccount", "Financial", "Transactional", "PaymentCard")
_WIDER: dict[Holds, tuple[str, ...]] = {
    Holds.EMAIL: _CONTACT, Holds.PHONE: _CONTACT, Holds.ADDRESS: _CONTACT, Holds.CARD: _MONEY, Holds.BANK_ACCOUNT: _MONEY,
    Holds.INCOME: ("Financial",), Holds.COOKIE: ("DeviceBased",),
}  # fmt: skip
"""Terms that hold it among other things."""
_WORDS: dict[Holds, str] = {
    Holds.NATIONAL_ID: "identity identitas nik ktp identification kependudukan", Holds.PASSPORT: "passport paspor identity identitas",
    Holds.TAX_NUMBER: "tax pajak npwp", Holds.CARD: "payment pembayaran card kartu financial keuangan",
    Holds.BANK_ACCOUNT: "bank rekening payment pembayaran financial keuangan", Holds.HEALTH: "health kesehatan medical medis",
    Holds.HEALTH_INSURANCE: "bpjs insurance asuransi", Holds.PLATE: "vehicle kendaraan plate plat",
    Holds.EMAIL: "email surel contact kontak", Holds.PHONE: "phone telephone telepon contact kontak", Holds.ADDRESS: "address alamat contact kontak",
    Holds.BIRTH_DATE: "birth lahir age usia umur", Holds.BIRTH_PLACE: "birth lahir", Holds.GENDER: "gender sex kelamin",
    Holds.RELIGION: "religion agama", Holds.MARITAL_STATUS: "marital perkawinan", Holds.NATIONALITY: "nationality kewarganegaraan ethnicity suku",
    Holds.PHOTO: "photo photos foto picture gambar avatar", Holds.BIOMETRICS: "biometric biometrics biometrik", Holds.LOCATION: "location lokasi",
    Holds.ACCOUNT: "account akun member anggota username", Holds.CREDENTIAL: "password sandi credential credentials kredensial", Holds.ADDRESS_IP: "ip",
    Holds.DEVICE: "device perangkat", Holds.COOKIE: "cookie kuki session", Holds.WORK: "employment work job pekerjaan occupation",
    Holds.INCOME: "income salary gaji penghasilan", Holds.EDUCATION: "education pendidikan", Holds.NAME: "name nama",
}  # fmt: skip
"""Words of ids and titles, the closest first."""
_CLASSES: dict[Holds, tuple[str, ...]] = {
    Holds.NAME: ("full-name",), Holds.GENDER: ("sex",), Holds.RELIGION: ("religion", "religious"), Holds.NATIONALITY: ("nationality",),
    Holds.MARITAL_STATUS: ("marital-status",), Holds.HEALTH: ("health",), Holds.BIOMETRICS: ("biometric",),
}  # fmt: skip
"""Classes of the law that are just that."""
_OF_CONTACTS = frozenset({Holds.NAME, Holds.EMAIL, Holds.PHONE, Holds.ADDRESS})
_THIRD = frozenset("recipient penerima consignee referee referees referensi emergency darurat beneficiary spouse pasangan suami istri wali guardian".split())
"""Words for people whom another one named."""
_NEAR = frozenset({"identity", "identitas"})
_OTHERS = frozenset("""
    business bisnis third another lain other child anak group public umum suppression incident statistics credit likers
""".split())
"""Words of categories about somebody else, or of records about records."""
_SAME: dict[str, str] = {
    word: group.split()[0]
    for group in (
        "review ulasan reviews testimoni testimonial rating", "chat obrolan percakapan conversation message pesan messages transcript", "forum post kiriman posts thread utas threads",
        "comment komentar comments", "complaint keluhan complaints pengaduan case kasus cases ticket tiket tickets", "request permintaan requests", "search pencarian query",
        "opinion pendapat opinions survey survei feedback masukan", "education pendidikan school sekolah", "employment pekerjaan job work career experience pengalaman cv resume",
        "interest interests minat hobby hobi", "preference preferences preferensi", "loyalty loyalitas reward rewards points point poin hadiah", "photo photos foto picture gambar", "profile avatar profil",
        "purchase purchases pembelian bought dibeli product products produk", "voucher vouchers voucer coupon redemption penukaran", "call panggilan recording rekaman recordings",
        "delivery pengiriman shipping", "browser peramban agent useragent", "health kesehatan medical medis",
    )
    for word in group.split()
}  # fmt: skip
_GLUE = frozenset("""
    of and the a an or to by in with for about data information informasi number nomor id details other free text body isi dan atau
    yang di dari saat pada tentang lain on in at from by oleh ke is name nama date tanggal time waktu user person
""".split())


def place_of(holds: Holds, policy: Policy, table: str, column: str) -> Place | None:
    """The category of a policy that something belongs to; texts are told apart by the names of their table and column."""
    if holds in {Holds.TEXT, Holds.OTHER}:
        category = by_words(policy, table, column, whole=holds is Holds.OTHER)
        if category is None and holds is Holds.OTHER:
            category = by_table(policy, table)
        if category is None and holds is Holds.TEXT:
            category = by_words(policy, "", "conversation") or by_words(policy, "", "comment")
        return Place(category, Fit.WIDER) if category else None
    names = (table, column)
    if holds in _OF_CONTACTS and not _THIRD.isdisjoint((*words_of(table), *words_of(column))):
        third = next((id for id in policy.data if not {"third", "another", "lain", "ketiga"}.isdisjoint(words_of(id))), None)
        if third is not None:
            return Place(third, Fit.WIDER)
    best: tuple[float, str, Fit] | None = None
    for id, entry in policy.data.items():
        score, fit = _score(holds, id, entry, names)
        if score > 0 and (best is None or score > best[0]):
            best = (score, id, fit)
    return Place(best[1], best[2]) if best is not None else None


def _score(holds: Holds, id: str, category: DataCategory, names: tuple[str, ...]) -> tuple[float, Fit]:
    """How well a category fits, 0 for not at all."""
    words = set(words_of(id))
    less = 0.0 if words.isdisjoint(_OTHERS) else 1.5
    kin = 0.1 * len({_SAME.get(word, word) for name in names for word in words_of(name)} & {_SAME.get(word, word) for word in words})
    term = (category.term or "").partition(":")[2]
    named = _named(id, tuple(text for _, text in sorted(_texts(category).items())))
    if term in _TERMS.get(holds, "").split():
        return 4.0 + kin - less + (0.5 if holds in named else 0), Fit.EXACT
    if holds in named and not less:
        return 3.0 + named[holds] + kin, Fit.EXACT
    if category.law_class in _CLASSES.get(holds, ()):
        return 2.5 + kin - less, Fit.EXACT
    if term in _WIDER.get(holds, ()) and not less:
        return 2.0 + kin, Fit.WIDER
    for place, word in enumerate(_WORDS.get(holds, "").split()):
        if word in words and not less and (not named or word in _NEAR):
            return 1.0 - place * 0.05 + kin, Fit.NEAR if word in _NEAR else Fit.WIDER
    return 0.0, Fit.NEAR


def _texts(category: DataCategory) -> Mapping[str, str]:
    return {language: category.title.get(language) for language in ("en", "id")}


@lru_cache(maxsize=4096)
def _named(id: str, titles: tuple[str, ...]) -> Mapping[Holds, float]:
    """What an id and its titles name, and the greatest share of their words that does."""
    found: dict[Holds, float] = {}
    tail = id.rpartition(".")[2]
    for text in (id, tail, *titles):
        for item in called(text):
            if item.sure and not item.about and item.share >= 0.6 and item.holds is not Holds.TEXT:
                found[item.holds] = max(found.get(item.holds, 0.0), item.share)
    if not found:
        for text in (id, tail, *titles):
            for item in called(text):
                if not item.about and item.share == 1 and item.holds is Holds.NAME:
                    found[item.holds] = 0.8
    return found


def by_words(policy: Policy, table: str, column: str, whole: bool = False) -> str | None:
    """The category whose id and titles share the most words with the names of a column and, less, of its table; nothing when none does.

    With `whole` every word of the column must be among them.
    """
    mine, around = _stems(column), _stems(table)
    best: tuple[float, str] | None = None
    for id, category in policy.data.items():
        if not _OTHERS.isdisjoint(words_of(id)) or (category.identifier and not whole):
            continue
        heads = _stems(id)
        every = heads | _stems(" ".join(_texts(category).values()))
        if whole and not (mine and mine <= every):
            continue
        score = 1.5 * len(mine & every) / max(1, len(mine))
        for words, weight in ((mine, 1.0), (around, 0.5)):
            score += weight * (2 * len(words & heads) / max(1, len(heads)) + len(words & every) / max(1, len(every)))
        if score >= 0.5 and (best is None or score > best[0]):
            best = (score, id)
    return best[1] if best is not None else None


def by_table(policy: Policy, table: str) -> str | None:
    """The category that a table is named for, such as `credit-check` for `credit_checks`; the one with the most words."""
    around = _stems(table)
    named = [(len(heads), id) for id, category in policy.data.items() if not category.identifier and (heads := _stems(id)) and heads <= around]
    return max(named)[1] if named else None


def _stems(text: str) -> set[str]:
    """The words of a text that mean something, each as the first of those that mean the same."""
    found = set()
    for word in words_of(text):
        if word not in _GLUE and not word.isdigit() and len(word) > 1:
            short = word.removesuffix("s") if len(word) > 4 else word
            found.add(_SAME.get(word, _SAME.get(short, short)))
    return found
