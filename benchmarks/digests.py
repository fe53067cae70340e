"""Digests of renders, which a refactoring must leave as they are.

    python benchmarks/digests.py             # print the table
    python benchmarks/digests.py --keep      # and keep it in results/digests.json
    python benchmarks/digests.py --check     # and exit with 1 if it differs from the kept one

Two projects on the virtual clock: the example as it is, and dressed with zoom, burned captions,
music, a second language and 3840×2160. Digests depend on the machine's browser, fonts and encoder.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
import wave
from pathlib import Path

import numpy as np
from _bench import EXAMPLE, RESULTS, Project, arguments, keep, show

from forge.commands.compare import digest_of
from forge.model.settings import Settings

DRESSED = {
    "FORGE_STYLE__ZOOM": "true",
    "FORGE_STYLE__CAPTIONS": "burn",
    "FORGE_STYLE__SPEED_UP": "true",
    "FORGE_SOUND__MUSIC": "music.wav",
    "FORGE_VIDEO__SCALE": "2",
}
RATE, MUSIC_S = 48_000, 20
SHOWN = 12  # hexadecimal digits of each digest
Digests = dict[str, dict[str, str]]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = rendered(Path(folder) / "plain", {}, "plain")
        found |= rendered(Path(folder) / "dressed", DRESSED, "dressed", "--only", "invite-guests")
    rows = [[name, *row.values()] for name, row in found.items()]
    show("digests (SHA-256)", ["render", "manifest", "pictures", "video", "texts"], rows)
    if args.keep:
        keep("digests", {"digests": found})
    if args.check:
        kept: Digests = json.loads((RESULTS / "digests.json").read_text())["digests"]
        differ = [name for name in kept | found if kept.get(name) != found.get(name)]
        if differ:
            sys.exit(f"not as kept: {', '.join(differ)}")


def rendered(folder: Path, variables: dict[str, str], label: str, *args: str) -> Digests:
    """Render the example in `folder` with `variables`; return the digests of each job."""
    folder.mkdir()
    project = Project(EXAMPLE, folder)
    write_music(project.folder / "music.wav")
    run = project.render("--clock", "virtual", "-j", "2", *args, env=variables)
    settings = Settings(project_dir=project.folder)
    return {f"{label} {job['job']}": digests(settings, job["job"]) for job in run.batch}


def digests(settings: Settings, job: str) -> dict[str, str]:
    """Return the digests of a job's manifest, pictures, video, and captions and chapters."""
    found = digest_of(settings, job)
    steps = [step.model_dump(mode="json") for step in found.manifest.steps]
    for step in steps:
        step["audio_file"] = Path(step["audio_file"]).name if step["audio_file"] else None
    sides = sorted(settings.output_dir.glob(f"{job}.*[tv]t*"))
    return {
        "manifest": digest(json.dumps(steps).encode()),
        "pictures": digest("".join(found.pictures).encode()),
        "video": found.file[:SHOWN],
        "texts": digest(b"".join(side.read_bytes() for side in sides)),
    }


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:SHOWN]


def write_music(path: Path) -> None:
    """Write two tones that swell and fade."""
    at_s = np.arange(RATE * MUSIC_S) / RATE
    tones = np.sin(2 * np.pi * 220 * at_s) + np.sin(2 * np.pi * 330 * at_s)
    wave_ = (tones * np.sin(np.pi * at_s / MUSIC_S) * 8000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(wave_.tobytes())


if __name__ == "__main__":
    main()
