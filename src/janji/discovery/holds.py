"""What a column can hold of a person, in which words that is said, and by which identifiers a person is found there."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from janji.terms.messages import N_


class Holds(StrEnum):
    """What a column holds of a person. `TEXT` is written freely; `OTHER` is told by a word of the policy alone."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    ADDRESS = "address"
    BIRTH_DATE = "birth-date"
    BIRTH_PLACE = "birth-place"
    NATIONAL_ID = "national-id"
    TAX_NUMBER = "tax-number"
    PASSPORT = "passport"
    PLATE = "plate"
    CARD = "card"
    BANK_ACCOUNT = "bank-account"
    HEALTH_INSURANCE = "health-insurance"
    HEALTH = "health"
    GENDER = "gender"
    RELIGION = "religion"
    MARITAL_STATUS = "marital-status"
    NATIONALITY = "nationality"
    PHOTO = "photo"
    BIOMETRICS = "biometrics"
    LOCATION = "location"
    ACCOUNT = "account"
    CREDENTIAL = "credential"
    ADDRESS_IP = "ip-address"
    DEVICE = "device"
    COOKIE = "cookie"
    WORK = "work"
    INCOME = "income"
    EDUCATION = "education"
    TEXT = "text"
    OTHER = "other"


TITLES: Mapping[Holds, str] = {
    Holds.NAME: N_("names of people"),
    Holds.EMAIL: N_("e-mail addresses"),
    Holds.PHONE: N_("telephone numbers"),
    Holds.ADDRESS: N_("postal addresses"),
    Holds.BIRTH_DATE: N_("dates of birth"),
    Holds.BIRTH_PLACE: N_("places of birth"),
    Holds.NATIONAL_ID: N_("national identity numbers"),
    Holds.TAX_NUMBER: N_("tax numbers"),
    Holds.PASSPORT: N_("numbers of passports"),
    Holds.PLATE: N_("number plates"),
    Holds.CARD: N_("numbers of payment cards"),
    Holds.BANK_ACCOUNT: N_("numbers of bank accounts"),
    Holds.HEALTH_INSURANCE: N_("numbers of the public health insurance"),
    Holds.HEALTH: N_("data about health"),
    Holds.GENDER: N_("gender"),
    Holds.RELIGION: N_("religion"),
    Holds.MARITAL_STATUS: N_("marital status"),
    Holds.NATIONALITY: N_("nationality"),
    Holds.PHOTO: N_("photos"),
    Holds.BIOMETRICS: N_("biometric data"),
    Holds.LOCATION: N_("places on the map"),
    Holds.ACCOUNT: N_("numbers or names of accounts"),
    Holds.CREDENTIAL: N_("passwords or other secrets"),
    Holds.ADDRESS_IP: N_("IP addresses"),
    Holds.DEVICE: N_("numbers of devices"),
    Holds.COOKIE: N_("numbers of cookies or sessions"),
    Holds.WORK: N_("data about work"),
    Holds.INCOME: N_("data about income"),
    Holds.EDUCATION: N_("data about education"),
    Holds.TEXT: N_("text that was written freely"),
    Holds.OTHER: N_("something that the policy names"),
}
"""What each is called in a sentence."""
