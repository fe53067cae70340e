"""The cost of languages: one tutorial in one and in six languages, in one lane.

    python benchmarks/languages.py [--rounds 2]

Each run begins without speech and takes. The sentences of the other languages are the Spanish ones
with each language's own voice, since only the work counts.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from _bench import EXAMPLE, Project, Run, arguments, console, keep, median, show

TUTORIAL = "getting-started"
SIDE_FILE = "getting_started.{}.json"
LANGUAGES = ["en", "es", "fr", "de", "it", "pt"]


def main() -> None:
    parser = arguments(__doc__, rounds=2)
    args = parser.parse_args()
    runs: dict[int, list[Run]] = {1: [], len(LANGUAGES): []}
    with tempfile.TemporaryDirectory() as folder:
        project = Project(EXAMPLE, Path(folder))
        side_files = project.folder / "tutorials"
        for lang in LANGUAGES[2:]:
            shutil.copy(side_files / SIDE_FILE.format("es"), side_files / SIDE_FILE.format(lang))
        project.render("--only", TUTORIAL, "--lang", "en")  # warm up libraries and browser
        for number in range(args.rounds):
            for count, some in runs.items():
                project.clear_voices()
                languages = ",".join(LANGUAGES[:count])
                some.append(project.render("--only", TUTORIAL, "--lang", languages))
                console.print(f"round {number + 1}, {count} languages: {some[-1].wall_s:.1f} s")
    console.print()
    base = median([run.wall_s for run in runs[1]])
    rows, figures = [], {}
    for count, some in runs.items():
        wall_s = median([run.wall_s for run in some])
        rows.append(
            [str(count), f"{some[0].video_s:.1f} s", f"{wall_s:.1f} s", f"{wall_s / base:.2f}×"]
        )
        figures[str(count)] = {
            "video_s": round(some[0].video_s, 1),
            "wall_s": [round(run.wall_s, 2) for run in some],
            "ratio": round(wall_s / base, 3),
        }
    show("one tutorial, one lane", ["languages", "video", "wall", "cost"], rows)
    keep("languages", {"tutorial": TUTORIAL, "languages": figures})


if __name__ == "__main__":
    main()
