"""A forked child can claim a folder, though threads of its parent do not live on in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from forge.store import claims

#: Another thread holds pydantic's lock at the fork: it is building a model.
FORKS = """
import os, sys, threading
from pathlib import Path
from forge.store import claims

claims.make_ready()
builds = threading.Event()

class Slow:
    @classmethod
    def __get_pydantic_core_schema__(cls, source, handler):
        builds.set()
        threading.Event().wait()

class Later(claims.Record):
    slow: Slow

threading.Thread(target=Later.model_rebuild, daemon=True).start()
builds.wait(10)
if not (child := os.fork()):
    os._exit(claims.claim_dead(Path(sys.argv[1])) is None)
os._exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_no_lock_of_another_thread_is_waited_for(tmp_path: Path) -> None:
    made = claims.make("run", tmp_path / "forge-run-x", 0.0)
    assert made is not None
    os.close(made.lock)
    words = [sys.executable, "-c", FORKS, str(made.path)]
    assert subprocess.run(words, timeout=20).returncode == 0
