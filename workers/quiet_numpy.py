"""Import numpy without the threads of its BLAS.

OpenBLAS, which numpy brings along, starts a thread for each processor but one when it is loaded,
and they spin for a tenth of a second: on two processors that is as long as the import itself. forge
multiplies no large matrices. A variable of the environment (OPENBLAS_NUM_THREADS) would prevent
them, but the user's app, which starts meanwhile, would inherit it. So the importing thread is kept
on one processor: OpenBLAS counts those that it may run on.
"""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import suppress


def import_numpy() -> None:
    """Import numpy; to be called before any other import of it in this process."""
    if "numpy" in sys.modules or not hasattr(os, "sched_setaffinity"):
        return
    usual = os.sched_getaffinity(0)  # 0: of the calling thread
    with suppress(OSError):  # not allowed in every container
        os.sched_setaffinity(0, {ctypes.CDLL(None).sched_getcpu()})
    try:
        import numpy  # noqa: F401
    finally:
        with suppress(OSError):
            os.sched_setaffinity(0, usual)
