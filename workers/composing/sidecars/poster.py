"""The poster of a video: one frame of it as a JPEG."""

from __future__ import annotations

import hashlib
import io

from PIL import Image

from forge.model.timeline import Manifest
from forge.workers.composing.painting.renderer import Kept, Scene

QUALITY = 88


def poster_ms(manifest: Manifest) -> int:
    """Return the moment that represents the video: its intro card, or else after its first click.

    Without either it is the end of the first step.
    """
    if manifest.cards and manifest.cards[0].kind == "intro":
        return 0
    done = next((step for step in manifest.steps if step.interactions), manifest.steps[0])
    return done.end_ms - 1


def poster(scene: Scene, kept: Kept) -> bytes:
    """Return the poster as a JPEG of the video's size.

    It is kept, like the encoded pictures of the video: to draw a card takes 50 ms.
    """
    at_ms = poster_ms(scene.board.manifest)
    shown = scene.contents.digest(scene.state(at_ms))
    key = hashlib.sha256(f"poster {QUALITY}".encode() + shown).digest()
    found = kept.get(key)
    if found is None:
        found = jpeg(Image.fromarray(scene.rgb(at_ms)))
        kept.put(key, found)
    return found


def jpeg(image: Image.Image) -> bytes:
    """Encode `image` as a JPEG."""
    data = io.BytesIO()
    image.save(data, "JPEG", quality=QUALITY)
    return data.getvalue()
