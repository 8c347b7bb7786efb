"""Every pair of text and ground is readable in both themes, whatever hue a municipality chooses (WCAG 2.2, 1.4.6)."""

import math
import re
from functools import cache

import pytest

from tests.sources import ROOT

TOKENS = (ROOT / "frontend" / "static" / "css" / "tokens.css").read_text()
TEXT, SHAPE = 7.0, 3.0
GROUNDS = ("bg", "surface", "sunken", "brand-soft", "sun-soft", "ok-soft", "danger-soft")
PAIRS = [
    *(
        ("text", ground, TEXT)
        for ground in ("bg", "surface", "sunken", "brand-soft", "sun-soft", "ok-soft", "danger-soft")
    ),
    *(("text-2", ground, TEXT) for ground in ("bg", "surface", "sunken", "brand-soft")),
    *(("brand-text", ground, TEXT) for ground in ("bg", "surface", "brand-soft", "sunken")),
    ("on-brand", "brand", TEXT),
    ("on-brand", "brand-hover", TEXT),
    ("sun-text", "sun-soft", TEXT),
    ("ok", "ok-soft", TEXT),
    ("danger", "danger-soft", TEXT),
    ("danger", "surface", TEXT),
    ("on-danger", "danger", TEXT),
    *(("line-strong", ground, SHAPE) for ground in ("surface", "bg", "sunken")),
]
Colour = tuple[float, float, float]


def themes() -> dict[str, dict[str, str]]:
    """The tokens of the light and the dark theme, the fixed ones included."""
    blocks = re.findall(r"@supports \(color: oklch\(0 0 0\)\) \{\s*:root \{(.*?)\}\s*\}", TOKENS, re.DOTALL)
    light, dark = (dict(re.findall(r"--([\w-]+):\s*([^;]+);", block)) for block in blocks)
    fixed = {"on-brand": "#fff", "on-danger": "#fff"}
    return {"light": fixed | light, "dark": fixed | light | dark}


def number(text: str, hue: int, chroma: float) -> float:
    """A number, `var(--h)`, `var(--c)`, or `calc(var(--c) * 0.36)`."""
    product = re.fullmatch(r"calc\(var\(--c\) \* ([\d.]+)\)", text)
    if product:
        return chroma * float(product[1])
    chosen = {"var(--h)": float(hue), "var(--c)": chroma}
    return chosen[text] if text in chosen else float(text)


@cache
def luminance(token: str, theme: str, hue: int, chroma: float) -> float:
    """Relative luminance of a token (WCAG 2.2), from hexadecimal or from OKLCH by Ottosson's matrices."""
    value = themes()[theme][token].strip()
    linear = of_hex(value) if value.startswith("#") else of_oklch(value, hue, chroma)
    return sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def of_hex(value: str) -> Colour:
    """`#rgb` or `#rrggbb` -> linear light."""
    digits = value[1:] if len(value) == 7 else "".join(2 * digit for digit in value[1:])
    r, g, b = (int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4))
    return light_of(r), light_of(g), light_of(b)


def light_of(channel: float) -> float:
    """sRGB -> linear light."""
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def of_oklch(value: str, hue: int, chroma: float) -> Colour:
    """`oklch(L C H)` -> linear light, clipped to what a screen shows."""
    parts = re.findall(r"calc\(var\(--c\) \* [\d.]+\)|var\(--\w\)|[\d.]+", value.removeprefix("oklch("))
    lightness, strength, angle = (number(part, hue, chroma) for part in parts)
    a, b = strength * math.cos(math.radians(angle)), strength * math.sin(math.radians(angle))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return clipped(red), clipped(green), clipped(blue)


def clipped(channel: float) -> float:
    """Within what a screen shows."""
    return min(1.0, max(0.0, channel))


def ratio(one: str, other: str, theme: str, hue: int, chroma: float) -> float:
    """The contrast ratio of two tokens."""
    low, high = sorted((luminance(one, theme, hue, chroma), luminance(other, theme, hue, chroma)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_is_known_to_be_21() -> None:
    assert round((light_of(1.0) + 0.05) / (light_of(0.0) + 0.05)) == 21
    assert of_hex("#ffffff") == (1.0, 1.0, 1.0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground", "needed"), PAIRS)
def test_a_pair_is_readable_at_every_hue(text: str, ground: str, needed: float, theme: str) -> None:
    worst = min(ratio(text, ground, theme, hue, chroma) for hue in range(0, 360, 5) for chroma in (0.0, 0.06, 0.1))
    assert worst >= needed
