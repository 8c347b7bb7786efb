"""What every template uses: signs from the sprite, telephone links, times in words."""

import re
from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString

from booking import wording
from booking.choice import Choice
from booking.forms import new_key
from booking.presenters import forms_of_meeting
from booking.timeline import instant

register = template.Library()
_WHOLE = re.compile(
    r"(?:(?:kl\.|at) )?\b\d{1,2}[.:]\d\d(?:–\d{1,2}[.:]\d\d)?|\be-legitimation\w*|[\d•ÅMDN]{8}-[\d•N]{4}"
)


@register.simple_tag
def icon(name: str, classes: str = "") -> SafeString:
    """A sign from the sprite, silent to screen readers: the words stand beside it."""
    return _sign(name, f"i {classes}".strip())


@register.simple_tag
def dots(name: str) -> SafeString:
    """The two dots of a state: `d-booked`, `d-wait`, `d-met`, `d-done`, `d-off`. Never without words."""
    return _sign(name, "dots")


def _sign(name: str, classes: str) -> SafeString:
    sprite = static("icons.svg")
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', classes, sprite, name)


@register.filter
def tel(number: str) -> str:
    """A telephone number as people read it -> the address of a `tel:` link (RFC 3966)."""
    return wording.dialled(number)


@register.simple_tag(takes_context=True)
def phone(context: dict[str, Any]) -> SafeString:
    """The municipality's number as a link, without a blank after it, so that a full stop can follow."""
    municipality = context.get("municipality")
    if municipality is None:
        return SafeString("")
    number = municipality.phone
    return format_html('<a class="nowrap" href="tel:{}">{}</a>', wording.dialled(number), number)


@register.filter
def whole_times(text: str) -> SafeString:
    """Text whose times of day (`kl. 13.30–14.15`), e-legitimation and personal numbers never break over two lines."""
    marked = _WHOLE.sub(r'<span class="nowrap">\g<0></span>', conditional_escape(text))
    return SafeString(marked)  # the text is escaped, and only our own span is added


@register.filter
def day(moment: datetime) -> str:
    """`tisdag 1 december`."""
    return wording.day(moment)


@register.filter
def clock(moment: datetime) -> str:
    """`9.00`, without `kl.`: for lists under a heading."""
    return wording.clock(moment)


@register.filter
def day_and_time(moment: datetime) -> str:
    """`tisdag 1 december kl. 9.00`."""
    return wording.day_and_time(moment)


@register.simple_tag
def form_key() -> SafeString:
    """A hidden idempotency key, made when the page is rendered: sending the form twice has one effect."""
    return format_html('<input type="hidden" name="key" value="{}">', new_key())


@register.inclusion_tag("components/chosen_before.html", takes_context=True)
def chosen_before_sign_in(context: dict[str, Any]) -> dict[str, str]:
    """The time that was chosen before signing in, so that nobody wonders whether it is still there."""
    request = context.get("request")
    chosen = Choice.of(request.session) if request is not None else None
    if chosen is None or not chosen.has_time:
        return {"when": "", "form": "", "kod": ""}
    start, end = instant(chosen.start), instant(chosen.end)
    when = wording.capital(wording.day_and_span(start, end))
    return {"when": when, "form": forms_of_meeting.name_of(chosen.form), "kod": chosen.kod}
