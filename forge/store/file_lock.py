"""Locks on files. The kernel releases them when their holder ends, however it ends.

So a lock cannot go stale, and it works across PID namespaces, unlike a file with a pid. On most
network file systems other machines see it, on some they do not.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from pathlib import Path


def take(path: Path, *, make: bool = False) -> int | None:
    """Lock the file at `path` and return its descriptor; None if another process has locked it.

    The lock is held until the descriptor is closed here and in every process that was forked
    meanwhile. With `make`, a missing file is made.

    Raises:
        OSError: it is missing, a link, no regular file, or cannot be written or locked.
    """
    flags = os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK | (os.O_CREAT if make else 0)
    while True:
        handle = os.open(path, flags, 0o666)
        try:
            status = os.fstat(handle)
            if not stat.S_ISREG(status.st_mode):
                raise OSError(errno.EINVAL, "is no regular file", str(path))
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_still_at(path, status):
                return handle
            os.close(handle)  # removed between opening and locking: try again
        except BlockingIOError:
            os.close(handle)
            return None
        except BaseException:
            os.close(handle)
            raise


def _is_still_at(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(status, path.lstat())
    except FileNotFoundError:
        return False
