"""What is kept by its key: whole or not at all, and within its limit."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forge.model.settings import Settings
from forge.store.content_cache import MB, ContentCache
from forge.store.paths import GOP_CACHE, part_folders

ONE, TWO, THREE = (bytes([n]) * 32 for n in (1, 2, 3))


@pytest.fixture
def cache(tmp_path: Path) -> ContentCache:
    return ContentCache(tmp_path / "cache", limit_mb=1)


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_content_is_found_by_its_key(cache: ContentCache, tmp_path: Path) -> None:
    assert cache.get(ONE) is None
    cache.put(ONE, b"")
    cache.put(TWO, b"two")
    assert (cache.get(ONE), cache.get(TWO), cache.get(THREE)) == (b"", b"two", None)
    assert len(files(tmp_path)) == 2, "no part is left"


@pytest.mark.parametrize("damage", [b"", b"x", b"two!", b"some other content", bytes(4)])
def test_a_damaged_file_counts_as_missing(
    cache: ContentCache, tmp_path: Path, damage: bytes
) -> None:
    cache.put(TWO, b"two")
    files(tmp_path)[0].write_bytes(damage)
    assert cache.get(TWO) is None
    cache.put(TWO, b"two")
    assert cache.get(TWO) == b"two"


def test_a_flipped_bit_is_noticed(cache: ContentCache, tmp_path: Path) -> None:
    cache.put(TWO, b"two")
    data = bytearray(files(tmp_path)[0].read_bytes())
    data[1] ^= 1
    files(tmp_path)[0].write_bytes(data)
    assert cache.get(TWO) is None


def test_a_file_under_the_name_of_another_key_counts_as_missing(
    cache: ContentCache, tmp_path: Path
) -> None:
    cache.put(ONE, b"one")
    one = files(tmp_path)[0].read_bytes()
    cache.put(ONE, b"")
    nothing = files(tmp_path)[0].read_bytes()
    cache.put(TWO, b"two")
    [of_two] = files(tmp_path / "cache" / TWO.hex()[:2])
    for other in (one, nothing):
        of_two.write_bytes(other)
        assert cache.get(TWO) is None


def test_what_was_used_least_recently_goes_first(cache: ContentCache, tmp_path: Path) -> None:
    for number, key in enumerate((ONE, TWO, THREE)):
        cache.put(key, bytes(MB * 35 // 100))
        os.utime(files(tmp_path / "cache" / key.hex()[:2])[0], (number, number))
    assert cache.get(ONE), "it is used now"
    cache.shrink()
    assert [cache.get(key) is not None for key in (ONE, TWO, THREE)] == [True, False, True]


def test_the_part_of_a_killed_process_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, replace = Settings(project_dir=tmp_path), Path.replace
    seen: list[Path] = []

    def look(part: Path, target: Path) -> Path:
        seen.extend(path for folder in part_folders(settings) for path in folder.glob(".*.part"))
        return replace(part, target)

    monkeypatch.setattr(Path, "replace", look)
    ContentCache(settings.work_root / GOP_CACHE, limit_mb=1).put(ONE, b"one")
    assert len(seen) == 1


def test_a_process_that_wrote_nothing_removes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "cache"
    ContentCache(folder, limit_mb=2).put(ONE, bytes(MB))
    ContentCache(folder, limit_mb=0.1).shrink()
    assert len(files(folder)) == 1


def test_a_limit_of_nothing_keeps_nothing(cache: ContentCache, tmp_path: Path) -> None:
    cache.put(ONE, b"one")
    without = ContentCache(tmp_path / "cache", limit_mb=0)
    without.put(TWO, b"two")
    assert (without.get(ONE), cache.get(TWO)) == (None, None)


def test_a_folder_that_cannot_be_made_loses_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file")
    cache = ContentCache(tmp_path / "cache", limit_mb=1)
    cache.put(ONE, b"one")
    cache.shrink()
    assert cache.get(ONE) is None
