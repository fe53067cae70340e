"""Colours that can be read on one another: contrast as WCAG 2 defines it."""

from __future__ import annotations

Rgb = tuple[int, int, int]

BLACK, WHITE = (0, 0, 0), (255, 255, 255)
READABLE = 4.5  # WCAG's least contrast of text, to 1
BOX_OPACITY = 0.84  # of the box behind burned captions; more where text needs it
STEPS = 100


def rgb(colour: str) -> Rgb:
    """Return `#rrggbb` as three numbers, 0 … 255."""
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return red, green, blue


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """Mix the share `share` of `other` into `one`."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def contrast(one: Rgb, other: Rgb) -> float:
    """Return the contrast of two colours, 1 … 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def readable(colour: Rgb, background: Rgb) -> Rgb:
    """Return `colour`, mixed with as much black or white as it needs to be read on `background`."""
    extreme = max(BLACK, WHITE, key=lambda one: contrast(one, background))
    mixtures = (mixed(colour, extreme, step / STEPS) for step in range(STEPS))
    return next((m for m in mixtures if contrast(m, background) >= READABLE), extreme)


def box_opacity(text: Rgb, background: Rgb) -> float:
    """Return how opaque a box must be, 0 … 1, so that text on it can be read over any page."""
    for step in range(round(BOX_OPACITY * STEPS), STEPS):
        # All other pages are between a black and a white one.
        seen = (mixed(page, background, step / STEPS) for page in (BLACK, WHITE))
        if all(contrast(text, box) >= READABLE for box in seen):
            return step / STEPS
    return 1.0


def _luminance(colour: Rgb) -> float:
    linear = [c / 255 / 12.92 if c <= 10 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
