"""The size of the video in pixels: that of the browser window, times `video.scale`."""

from __future__ import annotations

from fractions import Fraction

#: The least and the greatest length of each side of the browser window, in CSS pixels.
SIDES = {"width": (320, 7680), "height": (240, 4320)}
USUAL = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)  # scales to propose
MOST = 16384  # the most pixels that libx264 encodes, in each direction


def pixels(length: int, scale: float) -> Fraction:
    """Return how many pixels `length` CSS pixels are."""
    return length * Fraction(str(scale))  # by its digits: the float 1.1 is a little more than 1.1


def why_not(side: str, length: int, scale: float) -> str | None:
    """Return why a window `length` CSS pixels wide or high makes no video, or None.

    Colour planes have half the pixels, so only even numbers can be encoded.
    """
    if _works(length, scale):
        return None
    least, most = SIDES[side]
    ways = range(length, least - 1, -2), range(length, most + 1, 2)
    near = [next((n for n in way if _works(n, scale)), None) for way in ways]
    scales = sorted((n for n in USUAL if _works(length, n)), key=lambda n: abs(n - scale))[:1]
    sides = [f"{side} = {n}" for n in near if n]
    found = " or ".join([*sides, *(f"scale = {n:g}" for n in scales)])
    return (
        f"{side} = {length} gives {float(pixels(length, scale)):g} pixels, and a video needs an"
        f" even number, at most {MOST}; "
        f"{found} works"
    )


def _works(length: int, scale: float) -> bool:
    found = pixels(length, scale)
    return found % 2 == 0 and found <= MOST
