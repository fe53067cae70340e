"""Put the prints of takes and videos into the jobs of a plan."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from forge.model.machine import Machine
from forge.model.records import Job
from forge.model.settings import Settings
from forge.project.plan import shares_takes
from forge.store.fingerprint import (
    Prints,
    Sources,
    card_prints,
    take_prints,
    type_prints,
    video_prints,
)
from forge.store.paths import recorded_jobs


def with_prints(
    jobs: Sequence[Job],
    settings: Settings,
    machine: Machine,
    *,
    localized: bool,
    given: Sequence[str] = (),
    share: bool = True,
) -> list[Job]:
    """Return the jobs with the fingerprints of their takes and videos.

    `given` are the files and folders of the project that the adapter's class names.

    With `share`, each job also names the jobs of other languages whose takes it may use, those of
    earlier batches too, if the app looks the same in every language and the clock is not the real
    one.
    """
    shared = share and shares_takes(settings, localized=localized)
    by_id: dict[str, list[str]] = defaultdict(list)
    for name in dict.fromkeys((*(job.name for job in jobs), *recorded_jobs(settings))):
        by_id[name.partition(".")[0]].append(name)
    takes: dict[tuple[str, str | None], tuple[Prints, Sources]] = {}
    printed = []
    for job in jobs:
        key = (job.tutorial_file, job.lang if localized else None)
        if key not in takes:
            of_take = Sources()
            file = Path(job.tutorial_file)
            prints = take_prints(file, settings, machine, key[1], of_take, given)
            takes[key] = prints, of_take
        prints, of_take = takes[key]
        of_video = Sources()
        others = tuple(name for name in by_id[job.id] if name != job.name) if shared else ()
        own = video_prints(job.lines, job.title, job.voice, settings, of_video, job.lang)
        update = {
            "take_prints": prints,
            "video_prints": own | card_prints(job, settings) | type_prints(job, settings),
            "sources": of_take.notes | of_video.notes,
            "takes_from": others,
        }
        printed.append(job.model_copy(update=update))
    return printed
