"""The timeline as a MoviePy clip: finished frames, and what is heard as its sound.

For whoever works with clips (the track that `keep_work` keeps, a user's own script). The encoder
asks the scene for its distinct looks instead of sampling the clip thirty times a second.
"""

from __future__ import annotations

import numpy as np
from moviepy.audio.AudioClip import AudioArrayClip
from moviepy.video.VideoClip import VideoClip
from numpy.typing import NDArray

from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.sound.loudness import RATE, Track


class Timeline(VideoClip):  # type: ignore[misc]
    """The finished video as a clip: `get_frame(t)` is what shows at `t` seconds."""

    def __init__(self, scene: Scene, track: Track) -> None:
        self.scene = scene
        super().__init__(self._frame_at, duration=scene.board.manifest.total_ms / 1000)
        # MoviePy 2.2's AudioArrayClip takes two channels, and only two.
        self.audio = AudioArrayClip(np.column_stack((track[0], track[-1])), fps=RATE)

    def _frame_at(self, t: float) -> NDArray[np.uint8]:
        return self.scene.rgb(t * 1000)
