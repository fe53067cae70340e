"""Numpy without threads of its own."""

from __future__ import annotations

import subprocess
import sys

import pytest

from forge.model.machine import processors
from tests.support.project import ROOT

PROCESSORS = processors()

IMPORTS = """
import os, sys
from forge.workers.quiet_numpy import import_numpy
before = os.sched_getaffinity(0)
if sys.argv[1] == "quiet":
    import_numpy()
import numpy
print(os.sched_getaffinity(0) == before, len(os.listdir("/proc/self/task")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux")
@pytest.mark.parametrize(("how", "threads"), [("quiet", 1), ("usual", PROCESSORS)])
def test_numpy_starts_no_threads(how: str, threads: int) -> None:
    words = [sys.executable, "-c", IMPORTS, how]
    made = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    assert made.split() == ["True", str(threads)]
