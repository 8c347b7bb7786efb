"""Every problem that the API can answer with: its code, status and words. The handler and the page read this table."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from booking.opening_words import CLASHES, SENTENCES


@dataclass(frozen=True)
class Problem:
    """A kind of refusal. The words say what happened and what to do; they name nobody and no row."""

    code: str
    status: int
    title: str | Promise
    detail: str | Promise

    @property
    def slug(self) -> str:
        """The code as it stands in addresses."""
        return self.code.replace("_", "-")


_ALL: tuple[Problem, ...] = (
    Problem(
        "invalid",
        400,
        _("Frågan är fel ställd"),
        _("Något fält saknas, är okänt eller har ett värde som inte går att läsa. Listan visar vilka."),
    ),
    Problem("not_readable", 400, _("Innehållet går inte att läsa"), _("Det som skickades är inte giltig JSON.")),
    Problem(
        "key_needed",
        400,
        _("En Idempotency-Key behövs"),
        _("Skicka huvudet Idempotency-Key med 16 till 64 tecken: en ny nyckel för varje ändring."),
    ),
    Problem(
        "not_authenticated",
        401,
        _("En nyckel behövs"),
        _("Skicka en API-nyckel i huvudet Authorization, efter ordet Bearer."),
    ),
    Problem(
        "bad_token",
        401,
        _("Nyckeln gäller inte"),
        _("Nyckeln är okänd, har gått ut eller hör till en annan kommun. Be kommunen om en ny."),
    ),
    Problem(
        "scope_missing",
        403,
        _("Nyckeln räcker inte"),
        _("Nyckeln får inte användas till detta. Be kommunen om en nyckel med rätt behörighet."),
    ),
    Problem("not_found", 404, _("Finns inte"), _("Det du frågar efter finns inte, eller så når din nyckel det inte.")),
    Problem("method_not_allowed", 405, _("Går inte att göra här"), _("Adressen tar inte emot den metoden.")),
    Problem("not_acceptable", 406, _("Svaret finns bara som JSON"), _("Be om application/json i huvudet Accept.")),
    Problem("too_large", 413, _("Det är för mycket på en gång"), _("Skicka högst 64 KiB.")),
    Problem("unsupported_media_type", 415, _("Skicka JSON"), _("Innehållet ska vara application/json.")),
    Problem(
        "slot_taken",
        409,
        _("Tiden är tagen"),
        _("Någon annan hann före. De närmaste lediga tiderna följer med, om det finns några."),
    ),
    Problem(
        "series_taken",
        409,
        _("Alla tider är inte lediga"),
        _("Inget är bokat. För varje tid som inte är ledig följer de närmaste lediga med."),
    ),
    Problem(
        "hold_expired", 409, _("Tiden hålls inte längre"), _("Tiden hölls för dig, men den stunden är slut. Välj igen.")
    ),
    Problem(
        "extension_limit", 409, _("Mer tid går inte att få"), _("Tiden har redan hållits kvar så många gånger det går.")
    ),
    Problem(
        "already_started",
        409,
        _("Mötet har börjat"),
        _("Det här gick att göra fram till mötets början."),
    ),
    Problem("wrong_state", 409, _("Det går inte nu"), _("Bokningen är i ett läge där det här inte går att göra.")),
    Problem("stale", 409, _("Något har ändrats"), _("Uppgifterna är ändrade sedan du läste dem. Läs dem igen.")),
    Problem("in_progress", 409, _("Samma begäran pågår"), _("Den första begäran är inte klar. Försök igen snart.")),
    Problem("too_soon", 422, _("För nära inpå"), _("Det är för kort tid kvar för att boka, eller för tidigt.")),
    Problem("too_late", 422, _("För sent"), _("Tidpunkten då det här gick att ändra har passerat.")),
    Problem("beyond_horizon", 422, _("För långt fram"), _("Så långt fram går det inte att boka än.")),
    Problem("not_offered", 422, _("Erbjuds inte"), _("Mötet kan inte hållas på det sättet. Välj en annan mötesform.")),
    Problem("limit_reached", 422, _("Gränsen är nådd"), _("Det finns redan så många som är tillåtet.")),
    Problem(
        "key_reused", 422, _("Nyckeln är använd"), _("Samma Idempotency-Key har redan skickats med ett annat innehåll.")
    ),
    Problem(
        "hold_limit",
        429,
        _("Du håller redan så många tider du kan"),
        _("Boka eller släpp en tid, och välj sedan igen."),
    ),
    Problem("slow_down", 429, _("För många frågor"), _("Vänta så länge som huvudet Retry-After säger.")),
    Problem("internal_error", 500, _("Något gick fel hos oss"), _("Felet är antecknat. Försök igen om en stund.")),
    Problem("busy", 503, _("Många vill samma sak just nu"), _("Inget har ändrats. Försök igen om en liten stund.")),
)
_OPENING = _("Öppettiden går inte att spara")
_ALL += tuple(Problem(str(fault), 422, _OPENING, sentence) for fault, sentence in SENTENCES.items())
_ALL += (Problem("rules_clash", 422, _("Öppettider krockar"), CLASHES),)
PROBLEMS = {problem.code: problem for problem in _ALL}


def problem_of(code: str) -> Problem:
    """The problem of a code; every `*_limit` without words of its own is `limit_reached`."""
    return PROBLEMS.get(code) or PROBLEMS["limit_reached" if code.endswith("_limit") else "internal_error"]


def by_slug(slug: str) -> Problem | None:
    """The problem whose page this is."""
    return PROBLEMS.get(slug.replace("-", "_"))
