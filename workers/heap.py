"""How a worker's process keeps the memory that the C library hands out (glibc; elsewhere nothing).

Frames, sounds and encoders are megabytes each, made and freed by turns in several threads. glibc
would give each thread an arena, memory of its own that no other thread fills again, and would keep
what a thread has freed after its end. It would also map a large block anew each time, and each of
its pages costs a fault.
"""

from __future__ import annotations

import ctypes

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # malloc.h
LARGEST = 32 << 20  # bytes; the most that glibc accepts. Larger blocks are mapped
KEPT = 192 << 20  # bytes that stay with the process when they are free: the next job fills them


class _Use(ctypes.Structure):
    """What mallinfo2(3) tells, in bytes."""

    _fields_ = (
        *((name, ctypes.c_size_t) for name in ("arena", "ordblks", "smblks", "hblks", "hblkhd")),
        *((name, ctypes.c_size_t) for name in ("usmblks", "fsmblks", "used", "free", "keepcost")),
    )


def use_one_arena() -> None:
    """Let all threads use the memory that any of them has freed.

    Must be called before another thread allocates: an arena that exists remains.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for option, value in (
        (M_ARENA_MAX, 1),
        (M_MMAP_THRESHOLD, LARGEST),
        (M_TRIM_THRESHOLD, KEPT),
    ):
        mallopt(option, value)


def give_back() -> None:
    """Return free memory to the system, also what lies between blocks in use, if it is much.

    A job leaves 150 MB free at 1080p. Less than `KEPT` stays: if the next job, a language that is
    only composed, had to get it again, its pages would cost a sixth of that job's time.
    """
    libc = ctypes.CDLL(None)
    use, trim = getattr(libc, "mallinfo2", None), getattr(libc, "malloc_trim", None)
    if trim is None:
        return
    if use is not None:  # glibc 2.33 and newer
        use.restype = _Use
        if use().free < KEPT:
            return
    trim(ctypes.c_size_t(0))
