"""Work that yields to whoever records."""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

NICE = 10
#: Unset while somebody in this process records on virtual time and has the browser at work: then
#: every moment that a processor is shared comes on top. Set while it waits for others, and else.
lull = threading.Event()
lull.set()


def out_of_the_way(name: str) -> ThreadPoolExecutor:
    """A thread that yields the processor to whoever records, with all the threads it starts.

    Encoding beside a live recording costs that one its frames. The priority is the thread's own:
    it goes with it, where a process could not raise its own again.
    """

    def yield_to_others() -> None:
        with suppress(OSError, AttributeError):  # not on every system
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), NICE)

    return ThreadPoolExecutor(1, name, initializer=yield_to_others)
