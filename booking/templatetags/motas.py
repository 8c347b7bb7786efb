"""What every template uses: signs from the sprite, telephone links, times in words."""

from datetime import datetime
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from booking import wording
from booking.choice import Choice
from booking.forms import new_key
from booking.presenters import forms_of_meeting
from booking.timeline import instant

register = template.Library()


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
        return {"when": "", "form": ""}
    start, end = instant(chosen.start), instant(chosen.end)
    when = f"{wording.capital(wording.day(start))} {wording.span(start, end)}"
    return {"when": when, "form": forms_of_meeting.name_of(chosen.form)}
