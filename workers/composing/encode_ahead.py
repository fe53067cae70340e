"""Encode finished parts of a video while the rest of it is recorded.

A recording in real time mostly waits for sentences to end; one on the virtual clock waits for the
app's answers. Steps before the current one rarely change any more. If one does, its GOPs are
encoded again when composing; all others need not be.
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
from forge.workers.background import CpuGate, out_of_the_way

if TYPE_CHECKING:
    from forge.workers.composing.encoding.frame_times import Tick
    from forge.workers.composing.encoding.gop import Gop

LayOut = Callable[[Take], Manifest]
LOOK_S = 0.1  # how often a wait at the gate checks if the recording has ended


class EncodeAhead:
    """Encodes GOPs beside a recording, in a thread of low priority, while `cpu_gate` is open.

    They are kept in the project's cache, where composing finds them.
    """

    def __init__(
        self, lay_out: LayOut, settings: Settings, work_dir: Path, cpu_gate: CpuGate
    ) -> None:
        self._lay_out, self._settings, self._work_dir = lay_out, settings, work_dir
        self._cpu_gate = cpu_gate
        self._ended = threading.Event()
        self._thread = out_of_the_way("forge-ahead")
        self._newest: Take | None = None
        self._working: Future[None] | None = None
        self._encoded: set[Gop] = set()

    def offer(self, take: Take) -> None:
        """Encode the finished part of `take`, an unfinished one that ends with a whole step."""
        self._newest = take
        self._working = self._thread.submit(self._encode, take)

    def wait(self) -> None:
        """Wait until the last offered take has been encoded or given up."""
        if self._working:
            self._working.result()

    def stop(self) -> None:
        """Begin no other GOP."""
        self._ended.set()
        self._thread.shutdown(wait=False, cancel_futures=True)

    def end(self) -> None:
        """Stop, and wait for the GOP under way."""
        self.stop()
        self._thread.shutdown()

    def _encode(self, take: Take) -> None:
        """Encode the finished part of `take`, until a newer one is offered.

        It runs only while the recording leaves a processor idle: sharing one would cost the
        recording more than is gained here. A failure is not reported here: it occurs again when
        composing, which reports it.
        """
        self._await_gate()
        if take is not self._newest or self._ended.is_set() or not self._shows_cursor(take):
            return
        from forge.workers.composing.encoding.gop import GopEncoder
        from forge.workers.composing.painting.take_frames import TakeFrames
        from forge.workers.composing.phase import kept_gops, scene_of

        manifest = self._lay_out(take)
        with TakeFrames(take, self._work_dir) as pictures:
            scene = scene_of(manifest, take, self._settings, pictures)
            encoder = GopEncoder(scene, self._settings.video, kept_gops(self._settings))
            certain = [gop for gop in encoder.gops() if self._is_certain(gop, manifest)]
            coming = [gop for gop in certain if gop not in self._encoded]
            for gop, _ in zip(coming, encoder.encoded(coming, self._on_tick), strict=True):
                self._encoded.add(gop)
                if self._ended.is_set() or take is not self._newest:
                    return

    def _on_tick(self, tick: Tick) -> None:
        self._await_gate()

    def _await_gate(self) -> None:
        while not (self._ended.is_set() or self._cpu_gate.wait(LOOK_S)):
            pass

    def _shows_cursor(self, take: Take) -> bool:
        """Return True if it is known whether the first pictures show a cursor.

        They do in a video in which the hand acts anywhere.
        """
        hands = (hand for step in take.steps for hand in step.interactions)
        return not self._settings.style.cursor or any(hand.point for hand in hands)

    def _is_certain(self, gop: Gop, manifest: Manifest) -> bool:
        """Return True if `gop` ends before the last step, whose continuation is not known yet."""
        last = gop[-1]
        end_ms = (last.at + last.length) * 1000 / self._settings.video.fps
        return end_ms <= manifest.steps[-1].start_ms
