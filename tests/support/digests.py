"""What a render of two steps came to, made up."""

from __future__ import annotations

from forge.commands.compare import RenderDigest
from forge.model.timeline import Manifest, ManifestStep, Picture


def _step(name: str, start_ms: int, end_ms: int) -> ManifestStep:
    return ManifestStep(
        id=name, narration=name, audio_file=None, audio_ms=500, start_ms=start_ms,
        audio_start_ms=start_ms + 300, action_start_ms=start_ms + 300,
        action_end_ms=start_ms + 400, end_ms=end_ms, interactions=(),
    )  # fmt: skip


def digest(pictures: str = "abc", file: str = "f", second_end_ms: int = 4000) -> RenderDigest:
    manifest = Manifest(
        tutorial="tour",
        lang=None,
        title="Tour",
        total_ms=5000,
        steps=(_step("one", 0, 2000), _step("two", 2000, second_end_ms)),
        pictures=tuple(Picture(at_ms=1500 * i, frame=i) for i in range(len(pictures))),
    )
    return RenderDigest(manifest, list(pictures), file)
