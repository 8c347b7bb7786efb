"""Representatives in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from identity.models import Evidence, Representation, RepresentationKind

Words = str | Promise
KIND_WORDS: dict[str, Words] = {
    RepresentationKind.HELPER: _("Hjälpare"),
    RepresentationKind.PROXY: _("Ombud"),
    RepresentationKind.TRUSTEE: _("God man"),
    RepresentationKind.CONSERVATOR: _("Förvaltare"),
    RepresentationKind.GUARDIAN: _("Vårdnadshavare"),
    RepresentationKind.RELATIVE: _("Anhörig"),
}
KINDS: tuple[tuple[str, Words], ...] = tuple(KIND_WORDS.items())
SCOPE_WORDS: dict[str, Words] = {
    "book": _("Boka, byta och avboka tider"),
    "attend": _("Vara med på mötet"),
    "speak": _("Föra talan"),
}
EVIDENCE_WORDS: tuple[tuple[str, Words], ...] = (
    (Evidence.MANDATE, _("Skriftlig fullmakt")),
    (Evidence.COURT, _("Beslut från domstol eller överförmyndare")),
    (Evidence.REGISTER, _("Registerutdrag")),
    (Evidence.FUTURE_MANDATE, _("Framtidsfullmakt")),
    (Evidence.WORD, _("Personens eget ord")),
)


@dataclass(frozen=True)
class RepresentativeLine:
    """One representation as a side of it, or the staff, reads it. `note`: proven or not, and until when."""

    id: UUID
    who: str
    kind: str
    may: tuple[str, ...]
    note: str
    unproven: bool


def line(row: Representation, *, other: bool = False, today: date) -> RepresentativeLine:
    """The representative of a principal, or (`other`) the principal of a representative.

    A representative is shown as they were called by who wrote them down: what we know of somebody with that number,
    and whether we know them at all, is nobody's business here.
    """
    unproven = not row.proven and row.kind != RepresentationKind.HELPER
    return RepresentativeLine(
        id=row.id,
        who=row.principal.name if other else row.called or str(KIND_WORDS[row.kind]),
        kind=str(KIND_WORDS[row.kind]),
        may=tuple(str(SCOPE_WORDS[scope]) for scope in row.scopes if scope in row.allows(today)),
        note=_note(row, unproven=unproven),
        unproven=unproven,
    )


def _note(row: Representation, *, unproven: bool) -> str:
    shown = gettext("Ej styrkt. Kan bara boka tider.") if unproven else ""
    until = (
        gettext("Gäller till och med %(day)s.") % {"day": formats.date_format(row.valid_to, "j F Y")}
        if row.valid_to
        else ""
    )
    return " ".join(words for words in (shown, until) if words)
