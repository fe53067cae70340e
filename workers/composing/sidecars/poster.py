"""The poster of a video: one frame of it as a JPEG."""

from __future__ import annotations

import io

from PIL import Image

from forge.model.timeline import Manifest
from forge.workers.composing.painting.renderer import Scene

QUALITY = 88


def poster_ms(manifest: Manifest) -> int:
    """Return the moment that represents the video: its intro card, or else after its first click.

    Without either it is the end of the first step.
    """
    if manifest.cards and manifest.cards[0].kind == "intro":
        return 0
    done = next((step for step in manifest.steps if step.interactions), manifest.steps[0])
    return done.end_ms - 1


def poster(scene: Scene) -> bytes:
    """Return the poster as a JPEG of the video's size."""
    return jpeg(Image.fromarray(scene.rgb(poster_ms(scene.board.manifest))))


def jpeg(image: Image.Image) -> bytes:
    """Encode `image` as a JPEG."""
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()
