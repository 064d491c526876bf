"""Registers to starting models: headings and words in both languages, nothing guessed, nothing lost in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from janji.documents.tree import read_tree
from janji.files.dictionaries import load_words
from janji.files.laws import law_names, load_law
from janji.files.tables import read_csv
from janji.importer import fideslang
from janji.importer.activities import About, Activity, assemble
from janji.importer.columns import (
    FIELDS,
    VOCABULARIES,
    ColumnMapping,
    Columns,
    Rows,
    Separator,
    Table,
    headings,
    mapping_text,
    propose,
    read_mapping,
    read_rows,
    split,
)  # fmt: skip
from janji.importer.draft import Draft
from janji.importer.yaml_text import write
from janji.law.model import LawPack
from janji.policy.checker import check
from janji.policy.model import Policy
from janji.policy.parser import parse_text
from janji.terms.messages import ENGLISH
from janji.terms.periods import Period
from janji.terms.processing import LegalBasis, RecipientClass, Role, Severity

CASES = Path(__file__).resolve().parents[1] / "cases" / "import"
WORDS = load_words()
ROW = {
    "Activity": "Payroll", "Legal basis": "Contract", "Agreement": "employment", "Personal data": "Name; bank account",
    "Retention": "10 years after end of employment", "Disposal": "deletion",
}  # fmt: skip


def law(name: str = "id-pdp") -> LawPack:
    """A law pack that ships."""
    pack = load_law(name)
    assert pack is not None
    return pack


def rows(*records: dict[str, str]) -> Rows:
    """What is read of a table with these rows, by a proposed mapping."""
    heads = list(dict.fromkeys(key for record in records for key in record))
    table = Table("r.csv", (tuple(heads), *(tuple(record.get(head, "") for head in heads) for record in records)))
    mapping = propose(table, WORDS)
    assert mapping is not None
    return read_rows(table, mapping, WORDS)


def model(activities: tuple[Activity, ...], pack: str = "id-pdp") -> tuple[Draft, Policy]:
    """The starting model of activities; it is sound whatever they are."""
    draft = assemble(activities, About("p", law(pack), date(2026, 1, 1)), WORDS)
    found = check(parse_text(write(draft, [ENGLISH]).encode()), law(pack))
    assert [item for item in found.diagnostics if item.severity is Severity.ERROR] == []
    assert found.policy is not None
    return draft, found.policy


def asked(draft: Draft, entry: str) -> list[str]:
    """What a person is asked about an entry."""
    return [str(item.what) for item in draft.decisions if item.entry == entry]


def test_a_whole_row_stands() -> None:
    """A row that says everything becomes a purpose with its data and its period, and asks nothing about them."""
    draft, policy = model(rows(ROW).activities)
    purpose = policy.purposes["payroll"]
    assert (purpose.basis, purpose.data, purpose.agreements) == (LegalBasis.CONTRACT, ("name", "bank-account"), ("employment",))
    rule = policy.retention["payroll"]
    assert (rule.period, rule.trigger, str(rule.then)) == (Period(120), "end-of-employment", "delete")
    assert policy.data["bank-account"].law_class == "personal-financial"
    assert [item.entry for item in draft.decisions] == ["controller"] * 3


@pytest.mark.parametrize("basis", ["", "-", "consent or contract", "Consent / Contract", "consent?", "Consent (to be asked)",
                                   "Persetujuan; Perjanjian", "yes", "Art 20(2)(a)", "legitimate"])  # fmt: skip
def test_a_basis_is_never_guessed(basis: str) -> None:
    """Without exactly one known basis, the activity is an open decision and permits nothing."""
    draft, policy = model(rows({**ROW, "Legal basis": basis}).activities)
    assert "payroll" not in policy.purposes
    assert "which one legal basis does `payroll` rest on?" in asked(draft, "purposes.payroll")


@pytest.mark.parametrize(("basis", "wanted"), [
    ("Consent", LegalBasis.CONSENT), ("persetujuan", LegalBasis.CONSENT), ("PERJANJIAN", LegalBasis.CONTRACT),
    ("Kewajiban Hukum", LegalBasis.LEGAL_OBLIGATION), ("Kewajiban hukum (UU 7/2021)", LegalBasis.LEGAL_OBLIGATION),
    ("legal-obligation: tax law", LegalBasis.LEGAL_OBLIGATION), ("Kepentingan vital", LegalBasis.VITAL_INTEREST),
    ("kepentingan umum", LegalBasis.PUBLIC_TASK), ("Kepentingan yang sah", LegalBasis.LEGITIMATE_INTEREST),
])  # fmt: skip
def test_a_basis_is_known_in_both_languages(basis: str, wanted: LegalBasis) -> None:
    """The words of both languages, and what stands after a legal obligation is its law."""
    activity = rows({**ROW, "Legal basis": basis}).activities[0]
    assert activity.basis is wanted
    assert (activity.obligation is not None) == ("7/2021" in basis or "tax" in basis)


@pytest.mark.parametrize(("change", "question"), [
    ({"Retention": ""}, "how long are the data of `payroll` kept?"),
    ({"Retention": "as long as needed"}, "how long are the data of `payroll` kept?"),
    ({"Retention": "5-10 years"}, "how long are the data of `payroll` kept?"),
    ({"Personal data": "n/a"}, "which personal data does `payroll` need?"),
    ({"Legal basis": "Legal obligation"}, "which law and article oblige you to `payroll`?"),
    ({"Legal basis": "Legitimate interest"}, "what does the weighing of interests for `payroll` say, and who approved it?"),
])  # fmt: skip
def test_what_lacks_its_evidence_is_left_out(change: dict[str, str], question: str) -> None:
    """A purpose without its period, data or evidence is not in the policy, and the question is asked."""
    draft, policy = model(rows({**ROW, **change}).activities)
    assert policy.purposes == {}
    assert policy.retention == {}
    assert question in asked(draft, "purposes.payroll")


def test_rows_of_one_activity_come_together() -> None:
    """Rows with blank activities, as merged cells leave them, add their data and recipients to the one above."""
    more = {"Activity": "", "Legal basis": "contract", "Personal data": "Address", "Retention": ROW["Retention"]}
    _, policy = model(rows({**ROW, "Recipients": ""}, more).activities)
    assert policy.purposes["payroll"].data == ("name", "bank-account", "address")


def test_one_activity_with_two_bases_is_two_purposes() -> None:
    """Two rows of one name with different bases never melt into one purpose with one of them."""
    _, policy = model(rows(ROW, {**ROW, "Legal basis": "vital interest"}).activities)
    assert {name: purpose.basis for name, purpose in policy.purposes.items()} == {
        "payroll": LegalBasis.CONTRACT, "payroll-2": LegalBasis.VITAL_INTEREST,
    }  # fmt: skip


def test_two_periods_for_the_same_data_are_a_question() -> None:
    """Each category has one period: different ones for different data stand, two for the same are asked about."""
    _, policy = model(rows(ROW, {**ROW, "Personal data": "Address", "Retention": "1 year from hiring"}).activities)
    assert {rule.data for rule in policy.retention.values()} == {("name", "bank-account"), ("address",)}
    draft, policy = model(rows(ROW, {**ROW, "Retention": "1 year from hiring"}).activities)
    assert policy.purposes == {}
    assert asked(draft, "purposes.payroll")


def test_recipients_have_what_the_register_says() -> None:
    """Roles and countries go with recipients one by one; one country for several is not spread over them."""
    record = {**ROW, "Recipients": "PT A; B Pte. Ltd.", "Role": "Prosesor", "Country": "Indonesia; Singapura"}
    _, policy = model(rows(record).activities)
    assert {name: (held.role, held.kind, held.country) for name, held in policy.recipients.items()} == {
        "pt-a": (Role.PROCESSOR, RecipientClass.PROCESSOR, "ID"), "b-pte-ltd": (Role.PROCESSOR, RecipientClass.PROCESSOR, "SG"),
    }  # fmt: skip
    draft, policy = model(rows({**record, "Country": "Singapore"}).activities)
    assert policy.recipients == {}
    assert asked(draft, "recipients.pt-a")


def test_a_specific_category_without_a_class_is_left_out() -> None:
    """What the register calls specific is never taken for general."""
    draft, policy = model(rows({**ROW, "Specific personal data": "Union card; blood type"}).activities)
    assert "union-card" not in policy.data
    assert policy.data["blood-type"].law_class == "health"
    assert "union-card" not in policy.purposes["payroll"].data
    assert asked(draft, "data.union-card")
    assert draft.sections["data"]["union-card"].values["class"] == "undecided"


def test_headings_over_two_rows_and_twice() -> None:
    """A blank heading takes the words above it, a repeated one a number; the row of headings is found by its words."""
    table = Table("r.csv", (
        ("Register 2026", "", "", "", ""), ("Activity", "Basis", "Recipient", "", "Country"),
        ("", "", "Recipients", "Country", ""), ("Payroll", "contract", "PT A", "ID", "ID"),
    ))  # fmt: skip
    assert headings(table, 3) == ["Activity", "Basis", "Recipients", "Country", "Country (2)"]
    mapping = propose(table, WORDS)
    assert mapping is not None
    assert mapping.header == 3
    assert read_rows(table, mapping, WORDS).activities[0].parties[0].country == "ID"


def test_columns_and_words_without_a_place_are_reported() -> None:
    """A heading and a word that nobody knows are reported with their places."""
    found = rows({**ROW, "Shoe size": "42", "Recipients": "PT A", "Role": "cousin", "Empty": ""})
    assert [(item.what, item.words, item.place.line, item.place.column) for item in found.unmapped] == [
        ("role", "cousin", 2, 9), ("Shoe size", "", 1, 7),
    ]  # fmt: skip


def test_a_mapping_comes_back_as_written() -> None:
    """A proposed mapping, saved and read again, is the same; a wrong one says where."""
    mapping = ColumnMapping(
        columns=Columns(held={name: f"{name}: #{name}" for name in FIELDS}), header=3, sheet="Sheet: 1",
        separators=tuple(Separator), name_separators=(Separator.SLASH,),
    )  # fmt: skip
    assert read_mapping("m.yaml", mapping_text(mapping).encode()) == (mapping, ())
    for text, code in ((b"columns: {activty: A}", "unknown-key"), (b"", "empty-file"), (b"sheet: x", "missing-key"),
                       (b"columns: {activity: A}\nvalues: {basis: [{written: Izin, means: consnet}]}", "unknown-word")):  # fmt: skip
        mapping_, diagnostics = read_mapping("m.yaml", text)
        assert mapping_ is None
        assert [item.code for item in diagnostics] == [code]


def test_a_mapping_teaches_words() -> None:
    """A wording of the register means what the mapping says, and a heading that is not there is a mistake."""
    table = Table("r.csv", (("Kegiatan", "Izin", "Data"), ("Gaji", "Boleh", "Nama")))
    text = b"columns: {activity: Kegiatan, basis: Izin, data: Data}\nvalues: {basis: [{written: boleh, means: consent}]}"
    mapping, _ = read_mapping("m.yaml", text)
    assert mapping is not None
    assert read_rows(table, mapping, WORDS).activities[0].basis is LegalBasis.CONSENT
    other = Table("r.csv", (("Kegiatan", "Izn", "Data"), ("Gaji", "Boleh", "Nama")))
    assert [item.code for item in read_rows(other, mapping, WORDS).diagnostics] == ["column-missing"]


def test_lists_are_split_outside_brackets() -> None:
    """Bullets go, brackets hold together, and names with commas stay whole where commas do not part."""
    between = (Separator.SEMICOLON, Separator.LINE_BREAK, Separator.COMMA)
    assert split("- a (b, c)\n- d; e, f\n1. g\n", between) == ["a (b, c)", "d", "e", "f", "g"]
    assert split("PT A, Tbk; PT B", between[:2]) == ["PT A, Tbk", "PT B"]


def test_the_dictionary_is_sound() -> None:
    """Every field and word of the dictionary is one that there is, and no wording means two things."""
    assert set(WORDS.fields) == set(FIELDS)
    assert set(WORDS.values) == set(VOCABULARIES)
    for kind, words in VOCABULARIES.items():
        assert words is None or set(WORDS.values[kind]) <= set(words)
        spoken = [word for wordings in WORDS.values[kind].values() for word in wordings]
        assert len(spoken) == len(set(spoken)), kind
    heads = [word for wordings in WORDS.fields.values() for word in wordings]
    assert len(heads) == len(set(heads))
    assert set(WORDS.classes) == set(law_names())
    for name, classes in WORDS.classes.items():
        assert set(classes) <= set(law(name).data_classes)
    assert WORDS.law in law_names()


CELL = st.one_of(st.sampled_from(["", "-", "Consent", "kontrak", "10 tahun", "Nama; NIK", "Singapura", "{a: b}", "#", "a: b\n- c"]),
                 st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12))  # fmt: skip


@given(st.lists(st.lists(CELL, min_size=len(FIELDS), max_size=len(FIELDS)), min_size=1, max_size=4),
       st.sampled_from(["id-pdp", "eu-gdpr"]))  # fmt: skip
def test_any_register_gives_a_sound_model(cells: list[list[str]], pack: str) -> None:
    """Whatever stands in the cells, the model has no error, and each of its bases was named by a row."""
    table = Table("r.csv", (tuple(FIELDS), *map(tuple, cells)))
    mapping = ColumnMapping(columns=Columns(held={name: name for name in FIELDS}), header=1)
    activities = read_rows(table, mapping, WORDS).activities
    _, policy = model(activities, pack)
    named = {activity.basis for activity in activities}
    assert {purpose.basis for purpose in policy.purposes.values()} <= named


def test_the_sample_register() -> None:
    """The register among the cases: three activities stand, three wait, and nothing of it is lost in silence."""
    table, encoding = read_csv(CASES / "register.csv")
    mapping = propose(table, WORDS)
    assert mapping is not None
    found = read_rows(table, mapping, WORDS)
    _, policy = model(found.activities)
    assert encoding == "UTF-8"
    assert list(policy.purposes) == ["penggajian-karyawan", "program-loyalitas-pelanggan", "pengiriman-pesanan"]
    assert found.controller is not None
    assert found.controller.words == "PT Kopi Nusantara"
    assert [item.what for item in found.unmapped] == ["No", "Kata Sandi Admin"]


def fides(text: str) -> tuple[fideslang.Resources, Draft, Policy]:
    """What fideslang files say, and the starting model of it."""
    root = read_tree("f.yaml", text.encode()).root
    assert root is not None
    found = fideslang.gather([root], WORDS)
    draft = assemble(found.activities, About("p", law(), date(2026, 1, 1)), WORDS)
    fideslang.finish(draft, found)
    checked = check(parse_text(write(draft, [ENGLISH]).encode()), law())
    assert [item for item in checked.diagnostics if item.severity is Severity.ERROR] == []
    assert checked.policy is not None
    return found, draft, checked.policy


def test_the_sample_of_fideslang() -> None:
    """Declarations become purposes; what has no place, or is not exactly the same here, is reported with its path."""
    _, draft, policy = fides((CASES / "fides.yaml").read_text(encoding="utf-8"))
    assert {name: str(purpose.basis) for name, purpose in policy.purposes.items()} == {
        "deliver-orders": "contract", "newsletter": "consent",
    }  # fmt: skip
    assert policy.systems["mailer"].owner == "Marketing"
    assert policy.retention["newsletter"].period == Period(days=730)
    assert [str(trait) for trait in policy.purposes["newsletter"].traits] == ["marketing"]
    assert [item.what for item in draft.unmapped] == [
        "system.web_shop.system_type", "system.web_shop.egress", "system.mailer.privacy_declarations[1].retention_period",
        "data_categories", "policy.rules.addresses", "policy.rules.children",
    ]  # fmt: skip
    assert "purposes.measure-openings" in {item.entry for item in draft.decisions}


def test_a_rule_of_fideslang_forbids_what_it_says() -> None:
    """A key means what lies below it, at the dot; a prohibition names only what falls under the rule."""
    _, _, policy = fides("""
system:
  - fides_key: s
    privacy_declarations:
      - {name: A, data_categories: [user.name, user.name_pet], data_use: marketing.ads, legal_basis_for_processing: Vital interests,
         retention_period: 2 years after purchase}
      - {name: B, data_categories: [user.name.first], data_use: marketings, legal_basis_for_processing: Vital interests,
         retention_period: "30"}
      - {name: A, data_categories: [user.name], data_use: marketing, legal_basis_for_processing: Public interest,
         retention_period: "30"}
policy: [{fides_key: p, rules: [{name: r, data_categories: {matches: ANY, values: [user.name]},
  data_uses: {matches: ANY, values: [marketing]}}]}]
""")
    assert policy.prohibitions["r"].purposes == ("a", "a-2")
    assert policy.prohibitions["r"].data == ("user.name", "user.name.first")


@pytest.mark.parametrize("rule", [
    "data_categories: {matches: ANY, values: [user.name]}, data_subjects: {matches: ANY, values: [child]}",
    "data_categories: {matches: ALL, values: [user.name]}", "data_categories: {matches: NONE, values: [user.name]}",
    "data_categories: {matches: ANY, values: [user.nam]}", "data_uses: {matches: ANY, values: [sales]}", "name: x",
])  # fmt: skip
def test_a_rule_that_means_something_else_forbids_nothing(rule: str) -> None:
    """A rule about some persons, about all of its data at once, or about nothing here is reported, not widened."""
    _, draft, policy = fides(f"""
system: [{{fides_key: s, privacy_declarations: [{{name: A, data_categories: [user.name], data_use: marketing.ads,
  legal_basis_for_processing: Vital interests, retention_period: "30"}}]}}]
policy: [{{fides_key: p, rules: [{{name: r, {rule}}}]}}]
""".replace("{name: r, name: x}", "{name: r}"))
    assert list(policy.purposes) == ["a"]
    assert policy.prohibitions == {}
    assert [item.what for item in draft.unmapped] == ["policy.rules.r"]


@pytest.mark.parametrize("text", ["[]", "x", "system: x", "system: [x]", "system: [{}]", "system: [{privacy_declarations: {}}]",
                                  "policy: [{rules: [{data_categories: []}]}]", "dataset: [{collections: [{fields: [1]}]}]",
                                  "system: [{privacy_declarations: [{data_categories: [a b, '']}]}]"])  # fmt: skip
def test_odd_fideslang_is_answered(text: str) -> None:
    """Whatever stands where, nothing is raised, and what cannot be read is reported."""
    found, draft, _ = fides(text)
    assert found.unmapped or draft.unmapped or found.activities
