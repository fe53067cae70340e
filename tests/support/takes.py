"""Takes, speech and manifests for tests, in as few words as they need."""

from __future__ import annotations

from collections.abc import Sequence

from forge.model.speech import Speech, SpokenLine
from forge.model.take import Frame, Interaction, StepTake, Take
from forge.model.timeline import Manifest, ManifestStep, Picture


def step(
    name: str,
    start_ms: int,
    action_ms: tuple[int, int],
    end_ms: int,
    clicks: Sequence[int] = (),
    settle_ms: int = 400,
) -> StepTake:
    """Return a step from `start_ms` to `end_ms` with its action within `action_ms`."""
    return StepTake(
        id=name,
        start_ms=start_ms,
        action_start_ms=action_ms[0],
        action_end_ms=action_ms[1],
        end_ms=end_ms,
        settle_ms=settle_ms,
        interactions=tuple(Interaction(kind="click", at_ms=at_ms) for at_ms in clicks),
    )


def take(steps: Sequence[StepTake], frames_ms: Sequence[int], *, complete: bool = True) -> Take:
    """Return a take of `steps` with a frame at each of `frames_ms`."""
    return Take(
        tutorial="tour",
        lang=None,
        clock="elastic",
        width=640,
        height=360,
        browser="none",
        complete=complete,
        steps=tuple(steps),
        frames=tuple(Frame(at_ms=at_ms, offset=i, size=1) for i, at_ms in enumerate(frames_ms)),
    )


def speech(**lengths_ms: int) -> Speech:
    """Return one spoken line for each step, with its length."""
    return Speech(
        lines=tuple(
            SpokenLine(step=name, text=f"Say {name}", audio_file=f"/{name}.wav", audio_ms=ms)
            for name, ms in lengths_ms.items()
        )
    )


def manifest(
    total_ms: int, pictures: Sequence[tuple[int, int]], steps: Sequence[ManifestStep] = ()
) -> Manifest:
    """Return a manifest in which each (t, f) of `pictures` shows frame f from t ms on."""
    return Manifest(
        tutorial="tour",
        lang=None,
        title="Tour",
        total_ms=total_ms,
        steps=tuple(steps),
        pictures=tuple(Picture(at_ms=at_ms, frame=frame) for at_ms, frame in pictures),
    )


def said(
    text: str, audio_start_ms: int, audio_ms: int, audio_file: str | None = None
) -> ManifestStep:
    """Return a manifest's step with its narration; other times are derived from it."""
    return ManifestStep(
        id="step",
        narration=text,
        audio_file=audio_file,
        audio_ms=audio_ms,
        start_ms=audio_start_ms - 300,
        audio_start_ms=audio_start_ms,
        action_start_ms=audio_start_ms,
        action_end_ms=audio_start_ms,
        end_ms=audio_start_ms + audio_ms + 400,
        interactions=(),
    )
