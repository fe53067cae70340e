"""The cost of a minute of sound: mix, loudness, and AAC, with and without music.

    python benchmarks/sound.py [--rounds 5]

Milliseconds of processor time for 60 s of finished video; the least of all rounds counts. A
tutorial of the example is rendered first. Speech is measured once, when it is spoken, so its
measurement is not a part of the soundtrack.
"""

from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import av
from _bench import EXAMPLE, Project, arguments, keep, show
from digests import write_music

from forge.model.timeline import Manifest
from forge.project.settings_sources import load_settings
from forge.workers.composing.encoding.aac import encode_sound
from forge.workers.composing.sound.loudness import gains_for
from forge.workers.composing.sound.narration import narration
from forge.workers.composing.sound.soundtrack import CEILING, soundtrack
from forge.workers.meter import RATE, Track, measured

JOB, MUSIC = "getting-started.en", Path("music.wav")
Costs = dict[str, list[float]]


def main() -> None:
    args = arguments(__doc__, rounds=5).parse_args()
    costs: dict[str, Costs] = {}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(EXAMPLE, Path(folder))
        write_music(project.folder / MUSIC)
        manifest = project.render("--lang", "en", "--only", JOB.partition(".")[0]).manifests[JOB]
        for _ in range(args.rounds):
            for label, music in (("speech", None), ("speech and music", MUSIC)):
                measure(costs.setdefault(label, {}), manifest, project.folder, music)
    report(costs)


def measure(costs: Costs, manifest: Manifest, folder: Path, music: Path | None) -> None:
    """Add to `costs` what each part of the sound of a video takes now."""
    sound = load_settings(folder).sound.model_copy(update={"music": music})
    whole = partial(soundtrack, manifest, sound, folder)
    track = whole()
    parts: dict[str, Callable[[], object]] = {
        "narration": partial(narration, manifest),
        "measurement": partial(measured, track),
        "gains": partial(gains_for, measured(track), sound.loudness - 1, CEILING),
        "soundtrack": whole,
        "AAC": partial(encoded, track),
    }
    for name, part in parts.items():
        began_s, began_cpu_s = time.perf_counter(), time.process_time()
        part()
        wall_s, cpu_s = time.perf_counter() - began_s, time.process_time() - began_cpu_s
        scale = 1000 * 60 * RATE / track.shape[1]
        costs.setdefault(name, []).append(cpu_s * scale)
        costs.setdefault(f"{name}, wall clock", []).append(wall_s * scale)


def encoded(track: Track) -> None:
    """Encode `track` as the MP4 has it."""
    with av.open(io.BytesIO(), "w", format="mp4") as file:
        encode_sound(file, "en", track)


def report(costs: dict[str, Costs]) -> None:
    rows, figures = [], dict[str, Any]()
    for label, parts in costs.items():
        least = {name: round(min(values)) for name, values in parts.items()}
        least["all"] = least["soundtrack"] + least["AAC"]
        clock = ", wall clock"
        least[f"all{clock}"] = least[f"soundtrack{clock}"] + least[f"AAC{clock}"]
        shown = {n: ms for n, ms in least.items() if n == f"all{clock}" or not n.endswith(clock)}
        rows.append([label, *(f"{value} ms" for value in shown.values())])
        figures[label] = least
    show("60 s of sound, processor time", ["", *shown], rows)
    keep("sound", {"ms_per_60_s": figures})


if __name__ == "__main__":
    main()
