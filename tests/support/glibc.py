"""The heap of this process, as glibc sees it."""

from __future__ import annotations

import ctypes
import re
import threading
from pathlib import Path

LIBC = ctypes.CDLL(None)
BLOCK, COUNT = 100_000, 400  # bytes (less than glibc would map at first); blocks of that size
SIZE = BLOCK * COUNT
IS_GLIBC = hasattr(LIBC, "malloc_info")


def arenas() -> int:
    """Return the number of arenas that threads of this process have had."""
    text, size = ctypes.c_void_p(), ctypes.c_size_t()
    LIBC.open_memstream.restype = ctypes.c_void_p
    stream = ctypes.c_void_p(LIBC.open_memstream(ctypes.byref(text), ctypes.byref(size)))
    LIBC.malloc_info(0, stream)
    LIBC.fclose(stream)
    assert text.value
    found = ctypes.string_at(text.value, size.value)
    LIBC.free(text)
    return found.count(b"<heap nr=")


def allocate_in_threads(count: int) -> None:
    """Allocate and free memory in `count` threads that run at once."""
    together = threading.Barrier(count)

    def allocate() -> None:
        together.wait()
        _free(_allocated())
        together.wait()

    threads = [threading.Thread(target=allocate) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def scatter(times: int = 1) -> None:
    """Free SIZE × `times` bytes before a block in use, so that they stay with the process."""
    blocks = [block for _ in range(times) for block in _allocated()]
    for block in blocks:
        ctypes.memset(block, 1, BLOCK)
    _free(blocks[:-1])


def resident() -> int:
    """Return the bytes of memory that this process has of its own."""
    rollup = Path("/proc/self/smaps_rollup").read_text(encoding="ascii")
    found = re.search(r"^Anonymous: +(\d+) kB", rollup, re.MULTILINE)
    assert found
    return int(found[1]) * 1024


def _allocated() -> list[int]:
    LIBC.malloc.restype = ctypes.c_void_p
    return [LIBC.malloc(ctypes.c_size_t(BLOCK)) for _ in range(COUNT)]


def _free(blocks: list[int]) -> None:
    for block in blocks:
        LIBC.free(ctypes.c_void_p(block))
