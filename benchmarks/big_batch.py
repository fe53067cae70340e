"""A night's batch in small: ten tutorials in six languages, in two lanes, from nothing.

    python benchmarks/big_batch.py [--tutorials 10] [--lanes 2]

The tutorials are copies of the example's two. Each colours the pages differently, so that no copy
shares pictures with another. The sentences of the other languages are the Spanish ones with each
language's own voice, since only the work counts.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from _bench import EXAMPLE, Project, arguments, console, keep, show

LANGUAGES = ["en", "es", "fr", "de", "it", "pt"]
COLOURED = '''

@tour.setup
def colour(browser: Chrome) -> None:
    """Draw a line of this copy's own colour over each page."""
    line = "document.body.style.boxShadow = 'inset 0 4px #{number:06x}'"
    source = f"addEventListener('DOMContentLoaded', () => {{{{ {{line}} }}}})"
    browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {{"source": source}})
    browser.refresh()
'''


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--tutorials", type=int, default=10)
    parser.add_argument("--lanes", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        project = Project(EXAMPLE, Path(folder))
        project.render("--lang", "en")  # warm up libraries and browser
        copy_tutorials(project.folder / "tutorials", args.tutorials)
        project.clear_voices()
        run = project.render("--lang", ",".join(LANGUAGES), "-j", str(args.lanes))
    rate = run.video_s / run.wall_s
    figures = [
        str(args.tutorials), str(len(run.batch)), f"{run.video_s:.0f} s", f"{run.wall_s:.0f} s",
        f"{rate:.0f} × real time", f"{run.cpu_s / len(run.batch):.1f} s",
    ]  # fmt: skip
    heads = ["tutorials", "jobs", "video", "wall", "speed", "processor time a job"]
    show(f"from nothing, {args.lanes} lanes", heads, [figures])
    found = {
        "tutorials": args.tutorials,
        "languages": len(LANGUAGES),
        "lanes": args.lanes,
        "video_s": round(run.video_s, 1),
        "wall_s": round(run.wall_s, 1),
        "times_real_time": round(rate, 1),
        "processor_s_per_job": round(run.cpu_s / len(run.batch), 2),
    }
    keep("big_batch", found)
    console.print(
        "at this rate, 50 tutorials take", f"{50 / args.tutorials * run.wall_s / 60:.1f} min"
    )


def copy_tutorials(folder: Path, count: int) -> None:
    """Replace the tutorials in `folder` by `count` copies of them in all languages."""
    sources = sorted(folder.glob("*.py"))
    for number in range(count):
        source = sources[number % len(sources)]
        stem = f"{source.stem}_{number}"
        one = source.stem.replace("_", "-")
        text = source.read_text(encoding="utf-8").replace(f'id="{one}"', f'id="{one}-{number}"')
        text += COLOURED.format(number=number + 1)
        (folder / f"{stem}.py").write_text(text, encoding="utf-8")
        for lang in LANGUAGES[1:]:
            shutil.copy(folder / f"{source.stem}.es.json", folder / f"{stem}.{lang}.json")
    for source in sources:
        source.unlink()
        (folder / f"{source.stem}.es.json").unlink()


if __name__ == "__main__":
    main()
