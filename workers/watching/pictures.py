"""Steps of a video as pictures and as short videos, for the page of `forge watch`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

from PIL import Image

from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.timeline import Manifest, ManifestStep
from forge.store.atomic import whole
from forge.workers.composing.encoding.clip import encode_clip, gops_within
from forge.workers.composing.encoding.gop import GopEncoder
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.painting.take_frames import TakeFrames
from forge.workers.composing.phase import kept_gops, scene_of
from forge.workers.composing.sound.soundtrack import soundtrack
from forge.workers.watching.messages import Clipped, Drawn

WIDTH = 960  # pixels of a step's picture on the page
QUALITY = 85


class Pictures:
    """Draws one video, laid out as `manifest`, into files of `folder`.

    The name of a file is made of its content, so a file that is there already is not drawn again.
    """

    def __init__(
        self, settings: Settings, manifest: Manifest, take: Take, scene: Scene, folder: Path
    ) -> None:
        self._settings, self._manifest, self._take = settings, manifest, take
        self._scene, self._folder = scene, folder
        self._encoder = GopEncoder(scene, settings.video, kept_gops(settings))
        self._track = cache(partial(soundtrack, manifest, settings.sound, settings.project_dir))

    def draw(self, step: ManifestStep) -> Drawn:
        """Draw the end of `step` with all overlays, and the caption of its sentence."""
        caption = self._scene.state(step.audio_end_ms - 1).caption
        state = self._scene.state(step.end_ms - 1)._replace(caption=caption)
        path = self._folder / f"{self._scene.contents.digest(state).hex()[:32]}.jpg"
        if not path.exists():
            picture = Image.fromarray(self._scene.painter.rgb(state))
            picture.thumbnail((WIDTH, WIDTH))
            with whole(path) as part:
                picture.save(part, "JPEG", quality=QUALITY)
        return Drawn(step=step.id, picture=path.name, length_s=(step.end_ms - step.start_ms) / 1000)

    def clip(self, step: ManifestStep) -> Clipped:
        """Encode `step` as it plays in the video.

        The first step has the card before it, and the last one what comes after it.

        Raises:
            ComposeError: it could not be encoded.
        """
        manifest = self._manifest
        start_ms = 0 if step is manifest.steps[0] else step.start_ms
        end_ms = manifest.total_ms if step is manifest.steps[-1] else step.end_ms
        path = self._folder / f"{self._digest(start_ms, end_ms)}.mp4"
        if not path.exists():
            with whole(path) as part:
                encode_clip(self._encoder, self._track(), part, start_ms, end_ms)
        return Clipped(step=step.id, clip=path.name)

    def _digest(self, start_ms: int, end_ms: int) -> str:
        """Return a digest of all that a clip depends on.

        Its loudness depends on all lines of the video. The name of a line's file is a digest of its
        sound.
        """
        lines = [(one.audio_file, one.pieces) for one in self._manifest.steps]
        sound = self._settings.sound.model_dump_json()
        digest = hashlib.sha256(repr((lines, sound, self._settings.video, start_ms)).encode())
        for gop in gops_within(self._encoder, start_ms, end_ms):
            for tick in gop:
                digest.update(repr((tick.at, tick.length)).encode())
                digest.update(self._scene.contents.digest(tick.state))
        return digest.hexdigest()[:32]


@contextmanager
def pictures_of(
    settings: Settings, manifest: Manifest, take: Take, work_dir: Path, folder: Path
) -> Iterator[Pictures]:
    """Open the pictures of a take in `work_dir`."""
    with TakeFrames(take, work_dir) as frames:
        scene = scene_of(manifest, take, settings, frames)
        yield Pictures(settings, manifest, take, scene, folder)
