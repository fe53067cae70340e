"""What a machine may have or lack for type, and the texts that are drawn differently without it.

These are the fonts for Chinese, Japanese and Korean, from the extra `cjk` or from Debian's
`fonts-noto-cjk`, and the library FriBidi, which sets text that runs from right to left.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ctypes import CDLL

CJK_PACKAGE = "manimgx-fonts-cjk"  # by the name of pip
DEBIAN_CJK = Path("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")
FRIBIDI = "libfribidi.so.0"
CJK_LANGUAGES = {"ja", "ko", "zh"}
RTL_LANGUAGES = {"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"}
RTL_LETTERS = ("R", "AL")  # bidirectional categories
#: Signs from the first arrow on, and old Korean letters, may come from the fonts for Chinese.
FIRST_SIGN, JAMO = "\u2190", ("\u1100", "\u11ff")


def needs_cjk(texts: Iterable[str], languages: Iterable[str]) -> bool:
    """Return True if the fonts for Chinese, Japanese and Korean may be needed.

    `languages`: of the video and of the page, whose texts are not known.
    """
    if any(_primary(language) in CJK_LANGUAGES for language in languages):
        return True
    return any(
        sign >= FIRST_SIGN or JAMO[0] <= sign <= JAMO[1]
        for text in texts
        if not text.isascii()
        for sign in text
    )


def needs_rtl(texts: Iterable[str], languages: Iterable[str]) -> bool:
    """Return True if text may run from right to left."""
    if any(is_rtl(language) for language in languages):
        return True
    return any(
        unicodedata.bidirectional(sign) in RTL_LETTERS
        for text in texts
        if not text.isascii()
        for sign in text
    )


def is_rtl(language: str) -> bool:
    """Return True if `language` is written from right to left."""
    return _primary(language) in RTL_LANGUAGES


def cjk_package() -> list[str]:
    """Return the version of the extra `cjk`, or nothing."""
    from importlib import metadata  # not above: few texts need it

    try:
        return [f"{CJK_PACKAGE} {metadata.version(CJK_PACKAGE)}"]
    except metadata.PackageNotFoundError:
        return []


def debian_cjk() -> list[str]:
    """Return the size and the time of Debian's font, which are those of its package; or nothing."""
    try:
        there = DEBIAN_CJK.stat()
    except OSError:
        return []
    return [f"{DEBIAN_CJK.name} {there.st_size} {int(there.st_mtime)}"]


def fribidi() -> CDLL | None:
    """Return the library FriBidi; None if it is not installed."""
    from ctypes import CDLL

    try:
        return CDLL(FRIBIDI)
    except OSError:
        return None


def fribidi_version() -> str | None:
    """Return the version of FriBidi; None if it is not installed."""
    from ctypes import c_char_p

    library = fribidi()
    if library is None:
        return None
    told = c_char_p.in_dll(library, "fribidi_version_info").value or b""
    return told.decode("ascii", "replace").partition("\n")[0]


def _primary(language: str) -> str:
    return language.split("-")[0].lower()
