"""Encode what is certain of a video while the rest of it is recorded, where that has to wait.

A recording in real time mostly waits for sentences to end, one on virtual time for the app's
answers. What was recorded before the step at hand changes no more, as a rule; where it does, it is
another group of pictures and is encoded again. Composing then has that much less to do.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING

from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.workers.background import lull, out_of_the_way

if TYPE_CHECKING:
    from forge.workers.composing.encoding.gop import Group, Kept

Layout = Callable[[Take], Manifest]
LOOK_S = 0.1  # so often it is seen, while there is no lull, whether the recording has ended


class Ahead:
    """Encodes groups of pictures beside a recording. `kept`: those that are done."""

    def __init__(self, lay_out: Layout, settings: Settings, work_dir: Path) -> None:
        self.kept: Kept = {}
        self._lay_out, self._settings, self._work_dir = lay_out, settings, work_dir
        self._ended = threading.Event()
        self._thread = out_of_the_way("forge-ahead")
        self._newest: Take | None = None
        self._working: Future[None] | None = None

    def offer(self, take: Take) -> None:
        """The recording has come so far: `take` ends with a whole step."""
        self._newest = take
        self._working = self._thread.submit(self._encode, take)

    def wait(self) -> None:
        """Until everything that is certain of what was offered last is encoded."""
        if self._working:
            self._working.result()

    def stop(self) -> None:
        """Begin no other group."""
        self._ended.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def end(self) -> Kept:
        """Stop, and wait for the group at hand; returns what is done."""
        self.stop()
        self._thread.shutdown()
        return self.kept

    def _encode(self, take: Take) -> None:
        """Encode what is certain of `take`, unless there is a newer one, whenever there is a lull.

        Else the recording needs both processors: to share one costs it more than is won here.
        What goes wrong here goes wrong again when composing, and is said there.
        """
        self._await_lull()
        if take is not self._newest or self._ended.is_set():
            return
        from forge.workers.composing.encoding.frame_times import scheduled
        from forge.workers.composing.encoding.gop import encoded, groups_of
        from forge.workers.composing.painting.take_frames import Pictures
        from forge.workers.composing.phase import scene_of

        manifest = self._lay_out(take)
        with Pictures(take, self._work_dir) as pictures:
            scene = scene_of(manifest, take, self._settings, pictures)
            ticks = scheduled(scene.board, self._settings.video)
            fresh = [
                group
                for group in groups_of(ticks, manifest)
                if group not in self.kept and self._is_certain(group, manifest)
            ]
            for group, packets in zip(
                fresh,
                encoded(
                    fresh, scene.painter, self._settings.video, lambda tick: self._await_lull()
                ),
                strict=True,
            ):
                self.kept[group] = packets
                if self._ended.is_set() or take is not self._newest:
                    return

    def _await_lull(self) -> None:
        while not (self._ended.is_set() or lull.wait(LOOK_S)):
            pass

    def _is_certain(self, group: Group, manifest: Manifest) -> bool:
        """Whether a group ends before the last step: how that goes on is not known yet."""
        last = group.ticks[-1]
        end_ms = (last.at + last.length) * 1000 / self._settings.video.fps
        return end_ms <= manifest.steps[-1].start_ms
