"""A batch on hosts in a process of its own, which tests kill or stop: `parent.py SPEC.json`.

It prints a line for each event, as `tests.support.pool.driver` does.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from forge.model.records import Job
from forge.workers.hosting import link
from tests.support.cluster.harness import Batch
from tests.support.pool.harness import Script


class Telling(Script):
    def _write(self, line: str) -> None:
        print(line, flush=True)


def main(spec_file: Path) -> None:
    spec = json.loads(spec_file.read_text())
    link.CONFIG.update(spec["config"])
    batch = Batch(Path(spec["folder"]), spec["address"])
    batch.script = Telling()
    jobs = [Job.model_validate(job) for job in spec["jobs"]]
    results = batch.run(jobs, **spec["options"])
    print(*(result.status for result in results), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
