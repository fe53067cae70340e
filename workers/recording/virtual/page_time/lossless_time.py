"""Times of Chromium's clock that it can convert to seconds and back without losing any."""

from __future__ import annotations

import math

#: Chromium keeps its clock in µs since the machine started. It converts that to seconds and back in
#: doubles, and truncates. In the first twentieth after a power of two seconds, one µs in four is
#: lost on the way, and a smooth scroll is a pixel off. (Above 1.05 × 2^n seconds, the number of µs
#: is in the next power of two: half a step of the second double is then more than the error of the
#: first.) So a recording that might last into such a range begins after it: its clock is set
#: forward.
LOSSY, LONGEST_S = 1.05, 24 * 3600


def next_lossless_us(now_us: int) -> int:
    """Return the next time of the browser's clock from which on it loses nothing for LONGEST_S.

    A whole second, in µs.
    """
    begin_s = now_us // 1_000_000 + 1
    power_s = 1
    while power_s <= begin_s + LONGEST_S:
        if begin_s < power_s * LOSSY:
            begin_s = math.ceil(power_s * LOSSY)
        power_s *= 2
    return begin_s * 1_000_000
