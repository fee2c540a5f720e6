"""Which shades of a conference's own colour can be read? (WCAG 2.2, 1.4.3: at least 4.5 to 1.)"""

from __future__ import annotations

RGB = tuple[float, float, float]

LIGHT_PAPER: RGB = (253, 252, 249)
DARK_PAPER: RGB = (21, 22, 26)
WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)
# What a conference wears that chose none: --accent in static/css/tokens.css.
OURS = "#1f4b8f"
# A little above the limit, so that it still holds on the tinted paper of boxes.
READABLE = 5.0
STRONG = 7.5


def style_sheet(colour: str) -> str:
    """The tokens of ``static/css/tokens.css`` that follow from an accent colour such as #1f5c99.

    The colour is mixed with black on light paper and with white on dark paper until text in it is
    readable, so that no choice can make a page that is not.
    """
    light, dark = (
        " ".join(f"--{name}: {value};" for name, value in shades(colour, dark=dark).items())
        for dark in (False, True)
    )
    return (
        f":root, .theme-light {{{light}}}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root:not(.theme-light) {{{dark}}} }}\n"
        f".theme-dark {{{dark}}}\n"
    )


def shades(colour: str, *, dark: bool = False) -> dict[str, str]:
    """Those tokens by name, such as ``{"accent": "#1f5c99", …}``, for light or dark paper."""
    if dark:
        return _tokens(parse(colour), DARK_PAPER, towards=WHITE)
    return _tokens(parse(colour), LIGHT_PAPER, towards=BLACK)


def contrast(one: RGB, other: RGB) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, definition of contrast ratio)."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(paper: RGB, colour: RGB, *, towards: RGB, ratio: float) -> RGB:
    """The nearest mix of ``colour`` with ``towards`` that has that contrast with ``paper``."""
    for share in range(0, 101, 2):
        mixed = _mix(colour, towards, share / 100)
        if contrast(mixed, paper) >= ratio:
            return mixed
    return towards


def _tokens(chosen: RGB, paper: RGB, *, towards: RGB) -> dict[str, str]:
    accent = readable_on(paper, chosen, towards=towards, ratio=READABLE)
    strong = readable_on(paper, accent, towards=towards, ratio=STRONG)
    on_accent = max(WHITE, BLACK, key=lambda ink: contrast(ink, accent))
    values = {
        "accent": accent,
        "accent-strong": strong,
        "on-accent": on_accent,
        "focus": strong,
        "mine": accent,
    }
    return {name: _written(value) for name, value in values.items()}


def _luminance(colour: RGB) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [value / 255 for value in colour]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _mix(one: RGB, other: RGB, share: float) -> RGB:
    red, green, blue = (a + (b - a) * share for a, b in zip(one, other, strict=True))
    return red, green, blue


def parse(colour: str) -> RGB:
    """The parts of a colour written as #1f5c99."""
    red, green, blue = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    return red, green, blue


def _written(colour: RGB) -> str:
    return "#" + "".join(f"{round(value):02x}" for value in colour)
