"""The finished video as a MoviePy clip, frames and sound.

It serves scripts that work with clips, and writes the track that `keep_work` keeps. The encoder
does not use it: it takes the distinct frame states from the scene, and does not sample a clip
thirty times a second.
"""

from __future__ import annotations

import numpy as np
from moviepy.audio.AudioClip import AudioArrayClip
from moviepy.video.VideoClip import VideoClip
from numpy.typing import NDArray

from forge.workers.composing.painting.renderer import Scene
from forge.workers.meter import RATE, Track


class Timeline(VideoClip):  # type: ignore[misc]
    """The finished video as a clip: `get_frame(t)` returns what shows at `t` seconds."""

    def __init__(self, scene: Scene, track: Track) -> None:
        self.scene = scene
        super().__init__(self._frame_at, duration=scene.board.manifest.total_ms / 1000)
        # MoviePy 2.2's AudioArrayClip accepts two channels only.
        self.audio = AudioArrayClip(np.column_stack((track[0], track[-1])), fps=RATE)

    def _frame_at(self, t: float) -> NDArray[np.uint8]:
        return self.scene.rgb(t * 1000)
