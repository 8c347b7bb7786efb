"""Languages that people ask an interpreter for: each in its own script first, then in the reader's language.

Codes are BCP 47; sign languages are languages too (`swl`, `ase` by ISO 639-3). The list is what Swedish authorities are
most often asked for, with the five national minority languages first (lag 2009:724). Pure but for the words.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext

SIGN_LANGUAGE = "swl"
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "prs", "ckb", "ur", "ps", "yi"})
_OWN = {
    "fi": "suomi",
    "fit": "meänkieli",
    "se": "davvisámegiella",
    "rom": "romani čhib",
    "yi": "ייִדיש",
    "ar": "العربية",
    "sq": "shqip",
    "am": "አማርኛ",
    "bs": "bosanski",
    "prs": "دری",
    "en": "English",
    "fr": "français",
    "ckb": "کوردیی سۆرانی",
    "kmr": "kurmancî",
    "fa": "فارسی",
    "pl": "polski",
    "ps": "پښتو",
    "ro": "română",
    "ru": "русский",
    "so": "Soomaali",
    "es": "español",
    "th": "ไทย",
    "ti": "ትግርኛ",
    "tr": "Türkçe",
    "uk": "українська",
    "ur": "اردو",
    "vi": "Tiếng Việt",
    "zh": "中文",
}


@dataclass(frozen=True)
class Language:
    """A language to choose: code, its own name and direction, and its name in the reader's language."""

    code: str
    own: str
    direction: str
    name: str


def spoken() -> tuple[Language, ...]:
    """Every language that an interpreter can be asked for, the national minority languages first."""
    return tuple(_language(code) for code in _OWN)


def codes() -> tuple[str, ...]:
    """The codes of `spoken`."""
    return tuple(_OWN)


def name_of(code: str) -> str:
    """`arabiska`; the code itself for one that has no name here."""
    return _names().get(code, code)


def _language(code: str) -> Language:
    direction = "rtl" if code in _RIGHT_TO_LEFT else "ltr"
    return Language(code, _OWN[code], direction, name_of(code))


def _names() -> dict[str, str]:
    return _minority() | _near() | _far() | {SIGN_LANGUAGE: gettext("svenskt teckenspråk")}


def _minority() -> dict[str, str]:
    return {
        "fi": gettext("finska"),
        "fit": gettext("meänkieli"),
        "se": gettext("nordsamiska"),
        "rom": gettext("romska"),
        "yi": gettext("jiddisch"),
    }


def _near() -> dict[str, str]:
    return {
        "sv": gettext("svenska"),
        "sq": gettext("albanska"),
        "bs": gettext("bosniska"),
        "en": gettext("engelska"),
        "fr": gettext("franska"),
        "pl": gettext("polska"),
        "ro": gettext("rumänska"),
        "ru": gettext("ryska"),
        "es": gettext("spanska"),
        "tr": gettext("turkiska"),
        "uk": gettext("ukrainska"),
    }


def _far() -> dict[str, str]:
    return {
        "ar": gettext("arabiska"),
        "am": gettext("amarinja"),
        "prs": gettext("dari"),
        "ckb": gettext("sorani"),
        "kmr": gettext("kurmanji"),
        "fa": gettext("persiska"),
        "ps": gettext("pashto"),
        "so": gettext("somaliska"),
        "th": gettext("thailändska"),
        "ti": gettext("tigrinja"),
        "ur": gettext("urdu"),
        "vi": gettext("vietnamesiska"),
        "zh": gettext("kinesiska"),
    }
