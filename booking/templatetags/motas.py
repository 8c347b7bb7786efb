"""What every template uses: signs from the sprite, telephone links, times in words."""

from datetime import datetime

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from booking import wording

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
