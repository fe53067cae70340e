"""The machine's clock for forge's own code in a worker, whatever a step does to `time`.

Two things change `time` in a worker's process. While a job records on the virtual clock,
`time.sleep` in the recording thread lets page time pass instead of waiting
(`virtual.tutorial_time.patched_time`). And steps are users' code: a library such as
freezegun replaces `time.time`, `time.monotonic` and others, also under the names that other modules
have imported. Deadlines and measurements of forge's own must follow neither, or a recording would
wait on the clock that it drives. So modules of a worker take these functions and never `time`
itself; a test holds them to it.
"""

from __future__ import annotations

import time as _time
from functools import partial

# Partial objects, because freezegun replaces every module attribute that *is* a function of `time`.
# They keep the functions that were there when the worker started, before any users' code.
monotonic = partial(_time.monotonic)
perf_counter = partial(_time.perf_counter)
sleep = partial(_time.sleep)
time = partial(_time.time)
