"""Files by the digest of what they were made of: what is there need not be made again.

Many processes may write at once without a lock: equal keys mean equal contents, and a file appears
whole. One that is damaged, or lies under another key, counts as missing. The cache has a limit;
what was used least recently goes first.
"""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from pathlib import Path

from forge.store.atomic import part_of, under_way

CRC_BYTES = 4
KEPT_PART = 0.8  # of the limit: what is left after files were removed, so that this is rare
MB = 1_000_000


class ContentCache:
    """Contents by key in `folder`, together at most `limit_mb` large (MB); 0: nothing is kept."""

    def __init__(self, folder: Path, limit_mb: float) -> None:
        self._folder, self._limit_mb = folder, limit_mb
        self._has_written = False

    def get(self, key: bytes) -> bytes | None:
        """Return the content of that key; None if it is not there, or damaged."""
        if not self._limit_mb:
            return None
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)  # it has been used now
        except OSError:
            return None
        content, crc = data[:-CRC_BYTES], data[-CRC_BYTES:]
        return content if crc == _crc(key, content) else None

    def put(self, key: bytes, content: bytes) -> None:
        """Keep `content`; if that is not possible (a full disk), it is made again next time."""
        if not self._limit_mb:
            return
        path = self._path(key)
        with suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            # In the cache's own folder, where parts of killed processes are searched for.
            with under_way(part_of(self._folder / path.name)) as part:
                part.write_bytes(content + _crc(key, content))
                part.replace(path)
            self._has_written = True

    def shrink(self) -> None:
        """Remove the files that were used least recently, if this process has written any."""
        if not self._has_written:
            return
        self._has_written = False
        files = []
        for path in self._folder.glob("*/*"):
            with suppress(OSError):
                found = path.stat()
                files.append((found.st_mtime_ns, found.st_size, path))
        total = sum(size for _, size, _ in files)
        if total <= self._limit_mb * MB:
            return
        for _, size, path in sorted(files):
            if total <= self._limit_mb * MB * KEPT_PART:
                return
            with suppress(OSError):
                path.unlink()
            total -= size

    def _path(self, key: bytes) -> Path:
        name = key.hex()
        return self._folder / name[:2] / name[2:]


def _crc(key: bytes, content: bytes) -> bytes:
    """Return a checksum that tells a file under another key's name, and one of zeros, too."""
    return zlib.crc32(content, zlib.crc32(key)).to_bytes(CRC_BYTES, "little")
