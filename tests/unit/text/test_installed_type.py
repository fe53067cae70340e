"""Which texts need fonts and libraries that a machine may lack, and what is there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forge.text import installed_type
from forge.text.installed_type import (
    debian_cjk,
    fribidi_version,
    is_rtl,
    needs_cjk,
    needs_rtl,
)


@pytest.mark.parametrize(
    ("language", "rtl"),
    [("ar", True), ("he-IL", True), ("AR-eg", True), ("en", False), ("", False)],
)
def test_language_has_a_direction(language: str, rtl: bool) -> None:
    assert is_rtl(language) is rtl


@pytest.mark.parametrize(
    ("text", "language", "cjk", "rtl"),
    [
        ("Plain – “text”, 5 € …", "en", False, False),
        ("Größe, Ωmega, Привет", "de", False, False),
        ("Save 保存", "en", True, False),
        ("\u1112\u1161", "en", True, False),
        ("①", "en", True, False),
        ("Plain", "zh-TW", True, False),
        ("Say שלום", "en", False, True),
        ("Plain", "ar-EG", False, True),
    ],
)
def test_a_text_needs_what_draws_its_signs(text: str, language: str, cjk: bool, rtl: bool) -> None:
    found = (needs_cjk(["A", text], [language, "en"]), needs_rtl(["A", text], [language, "en"]))
    assert found == (cjk, rtl)


def test_another_file_of_debian_is_another_font(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    font = tmp_path / "font.ttc"
    monkeypatch.setattr(installed_type, "DEBIAN_CJK", font)
    found = [debian_cjk()]
    for content, time_s in ((b"one", 1), (b"two", 2), (b"three", 2)):
        font.write_bytes(content)
        os.utime(font, (time_s, time_s))
        found.append(debian_cjk())
        assert debian_cjk() == found[-1]
    assert found[0] == []
    assert len(set(map(tuple, found))) == 4


def test_fribidi_has_a_version_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert (fribidi_version() or "").startswith("(GNU FriBidi)"), "FriBidi is on this machine"
    monkeypatch.setattr(installed_type, "FRIBIDI", "libnowhere.so.0")
    assert fribidi_version() is None
