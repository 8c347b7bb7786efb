"""What the pages of the ways to sign in take in, with a sentence for each fault."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from identity.models import ProviderKind
from identity.provider_presenters import ADDRESS_FAULTS

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

LEVELS = (("LOA3", _("Tillitsnivå 3")), ("LOA2", _("Tillitsnivå 2")))
# Client and secret go as they are into a header (RFC 6749, appendix A.1 and A.2).
_PLAIN = re.compile(r"[\x21-\x7e]+")
# What sessions call the ways in that are no row here, or one row at most (`actors.for_staff`).
_RESERVED = frozenset({"passkey", "trial", "vouched", "system"})
_SPACED = _("Flera skiljs åt med mellanslag.")


@dataclass(frozen=True)
class Sort:
    """A way to sign in that can be added: what speaks to it, and for whom it is (`residents` or `staff`)."""

    kind: str
    who: str


SORTS = {
    "bankid": Sort(ProviderKind.BANKID, "residents"),
    "oidc-invanare": Sort(ProviderKind.OIDC, "residents"),
    "oidc-personal": Sort(ProviderKind.OIDC, "staff"),
    "nycklar": Sort(ProviderKind.PASSKEY, "staff"),
}


def _words(required: _StrOrPromise) -> dict[str, _StrOrPromise]:
    too_long = _("Högst %(limit_value)s tecken.")
    return {"required": required, "max_length": too_long, "invalid": _("Bara a–z, siffror och bindestreck.")}


class ListField(forms.CharField):
    """Values with spaces or lines between them -> a list. Each has at most `longest` characters."""

    def __init__(self, *, longest: int, **options: Any) -> None:
        super().__init__(required=False, max_length=2_000, **options)
        self._longest = longest

    def clean(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """The list, without doubles."""
        found = list(dict.fromkeys(super().clean(value).split()))
        if any(len(one) > self._longest for one in found):
            raise forms.ValidationError(_("Ett av värdena är för långt."))
        return found

    def prepare_value(self, value: Any) -> Any:  # noqa: ANN401 - Django's own signature
        """As it is typed."""
        return " ".join(value) if isinstance(value, list) else value


class ProviderForm(forms.Form):
    """What every way to sign in has. `made`: it exists, so that what identities hang on is left out."""

    name = forms.CharField(
        label=_("Text på knappen"), max_length=60, error_messages=_words(_("Skriv vad knappen ska heta."))
    )
    code = forms.RegexField(
        r"\A[a-z0-9-]+\Z",
        label=_("Kort kod"),
        help_text=_("Står i adressen och går inte att ändra sedan. Till exempel kommun."),
        max_length=16,
        error_messages=_words(_("Skriv en kort kod, till exempel kommun.")),
    )
    position = forms.IntegerField(
        label=_("Plats i listan"),
        help_text=_("Minst siffra står först."),
        min_value=0,
        max_value=999,
        initial=0,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), _("Skriv en siffra från 0 till 999.")
        ),
    )
    fixed: tuple[str, ...] = ("code",)

    def __init__(self, *args: Any, who: str, made: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.who, self.made = who, made
        for name in self.fixed if made else ():
            del self.fields[name]

    def clean_code(self) -> str:
        """A code that means something else already is nobody's."""
        code = str(self.cleaned_data["code"])
        if code in _RESERVED:
            self.refuse_code()
        return code

    def refuse_code(self) -> None:
        """Say that the code is taken."""
        self.add_error("code", _("Koden används redan. Välj en annan."))

    def values(self) -> dict[str, Any]:
        """The columns to write."""
        fixed = {"for_residents": self.who == "residents", "for_staff": self.who == "staff"}
        return self.cleaned_data | ({} if self.made else fixed)


class PasskeyForm(ProviderForm):
    """Keys of the staff's own: one way in, with one code, by which sessions know it."""

    code = None  # type: ignore[assignment]  # Django's way to leave an inherited field out
    fixed = ()

    def refuse_code(self) -> None:
        """Say that there is one already."""
        self.add_error("name", _("Personalens nycklar finns redan i listan."))

    def values(self) -> dict[str, Any]:
        """With the code."""
        return super().values() | ({} if self.made else {"code": "passkey"})


class BankIdForm(ProviderForm):
    """BankID: which certificate."""

    certificate = forms.SlugField(
        label=_("Certifikatets namn"),
        help_text=_("Namnet på filerna i mappen med nycklar, utan ändelse."),
        max_length=50,
        error_messages=_words(_("Skriv certifikatets namn, utan filändelse.")),
    )
    field_order = ("name", "code", "certificate", "position")


class OidcForm(ProviderForm):
    """OpenID Connect: where, as which client, and how surely."""

    issuer = forms.CharField(
        label=_("Utfärdarens adress (issuer)"),
        help_text=_("Exakt som leverantören skriver den. Den går inte att ändra sedan."),
        max_length=300,
        error_messages=_words(_("Skriv utfärdarens adress.")),
    )
    client_id = forms.CharField(
        label=_("Vårt namn hos leverantören (client_id)"),
        max_length=200,
        error_messages=_words(_("Skriv det namn som leverantören har gett oss.")),
    )
    client_secret = forms.CharField(
        label=_("Vår hemlighet (client_secret)"),
        max_length=500,
        required=False,
        widget=forms.PasswordInput,
        error_messages=_words(""),
    )
    level = forms.ChoiceField(
        label=_("Högsta tillitsnivå"),
        choices=LEVELS,
        initial="LOA3",
        error_messages=dict.fromkeys(("required", "invalid_choice"), _("Välj en tillitsnivå.")),
    )
    acr_loa3 = ListField(label=_("Värden i acr för tillitsnivå 3"), help_text=_SPACED, longest=120)
    acr_loa2 = ListField(label=_("Värden i acr för tillitsnivå 2"), help_text=_SPACED, longest=120)
    number_claim = forms.CharField(
        label=_("Fältet med personnummer"),
        help_text=_("Tomt betyder Sweden Connects fält."),
        max_length=120,
        required=False,
        error_messages=_words(""),
    )
    acr = ListField(label=_("Värden i acr som betyder flera faktorer"), help_text=_SPACED, longest=120)
    amr = ListField(label=_("Värden i amr som betyder flera faktorer"), help_text=_SPACED, longest=40)
    fixed = ("code", "issuer")
    field_order = (
        *("name", "code", "issuer", "client_id", "client_secret", "level", "acr_loa3", "acr_loa2", "number_claim"),
        *("acr", "amr", "position"),
    )
    _ONLY = {"residents": ("level", "acr_loa3", "acr_loa2", "number_claim"), "staff": ("acr", "amr")}

    def __init__(self, *args: Any, who: str, made: bool, **options: Any) -> None:
        super().__init__(*args, who=who, made=made, **options)
        for name in self._ONLY["staff" if who == "residents" else "residents"]:
            del self.fields[name]
        if made:
            self.fields["client_secret"].help_text = _("Visas aldrig. Lämna tomt för att behålla den som finns.")

    def clean(self) -> dict[str, Any]:
        """A way in without a demanded level, or without several factors for staff, is none."""
        given = super().clean() or self.cleaned_data
        for name in ("client_id", "client_secret"):
            if given.get(name) and not _PLAIN.fullmatch(given[name]):
                self.add_error(name, _("Bara bokstäver a–z, siffror och vanliga tecken, utan mellanslag."))
        if not self.made and not given.get("client_secret") and "client_secret" not in self.errors:
            self.add_error("client_secret", _("Skriv den hemlighet som leverantören har gett oss."))
        if self.who == "residents" and not (given.get("acr_loa3") or given.get("acr_loa2")):
            self.add_error("acr_loa3", _("Skriv minst ett värde: en inloggning utan tillitsnivå tas inte emot."))
        if self.who == "staff" and not (given.get("acr") or given.get("amr")):
            self.add_error("acr", _("Skriv minst ett värde i acr eller amr: personal loggar in med flera faktorer."))
        return given

    def refuse_issuer(self, fault: str) -> None:
        """Say why the issuer's address cannot be asked; `fault` is a code of `AddressRefused`."""
        self.add_error("issuer", str(ADDRESS_FAULTS[fault]))


_FORMS: dict[str, type[ProviderForm]] = {
    ProviderKind.BANKID: BankIdForm,
    ProviderKind.OIDC: OidcForm,
    ProviderKind.PASSKEY: PasskeyForm,
}


def form_of(sort: Sort, data: Any, *, made: bool, initial: dict[str, Any] | None = None) -> ProviderForm:  # noqa: ANN401
    """The form of a way to sign in. `data`: what was sent, or None."""
    return _FORMS[sort.kind](data, who=sort.who, made=made, initial=initial)
