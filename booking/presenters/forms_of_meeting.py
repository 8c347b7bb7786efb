"""Video, telephone, visit and home in words: equal choices, none of them first among the others."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext

ORDER = ("video", "phone", "visit", "home")


@dataclass(frozen=True)
class FormWords:
    """One form of meeting: its value, name, sign and what it means for the resident."""

    value: str
    name: str
    sign: str
    text: str
    checked: bool = False


def name_of(form: str) -> str:
    """`Videomöte`."""
    return {
        "video": gettext("Videomöte"),
        "phone": gettext("Telefon"),
        "visit": gettext("Besök"),
        "home": gettext("Hembesök"),
    }[form]


def choices(forms: Iterable[str], *, place: str = "", chosen: str = "") -> tuple[FormWords, ...]:
    """The forms that are offered, always in the same order. `place`: where visits are held; `chosen` before, if any."""
    offered = set(forms)
    return tuple(_words(form, place, form == chosen) for form in ORDER if form in offered)


def _words(form: str, place: str, checked: bool) -> FormWords:
    visit = gettext("Du kommer till %(place)s.") % {"place": place} if place else gettext("Du kommer till oss.")
    sign, text = {
        "video": (
            "cam",
            gettext("Ni ser och hör varandra i mobilen, surfplattan eller datorn. Du behöver inte ladda ner något."),
        ),
        "phone": ("phone", gettext("Handläggaren ringer upp dig. Du behöver ingen teknik utom telefonen.")),
        "visit": ("people", visit),
        "home": ("house", gettext("Handläggaren kommer hem till dig.")),
    }[form]
    return FormWords(form, name_of(form), sign, text, checked)
