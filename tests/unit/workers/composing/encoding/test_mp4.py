"""The MP4 file: its streams, its chapters, and GOPs that were encoded before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from forge.errors import ComposeError
from forge.model.settings import Style, Video
from forge.workers.composing.encoding.aac import FRAME
from forge.workers.composing.encoding.gop import GopEncoder
from forge.workers.composing.encoding.mp4 import encode
from forge.workers.composing.encoding.probe import check
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from forge.workers.meter import RATE, Track
from tests.support.painting import Greys, KeptInMemory, PlainDigests, no_card
from tests.support.takes import manifest, said

VIDEO = Video(width=320, height=240, fps=30)
STEPS = [said("Hello there.", 300, 5000), said("And on it goes.", 9300, 5000)]
MANIFEST = manifest(20_000, [(0, 0), (9000, 1)], STEPS)


@pytest.fixture
def greys() -> Greys:
    return Greys()


@pytest.fixture
def scene(greys: Greys) -> Scene:
    board = Storyboard(MANIFEST, Screen(320, 240, 1, 30), Style())
    return Scene(board, Painter(greys, (), no_card), PlainDigests())


def written(scene: Scene, path: Path, track: Callable[[], Track] | None = None) -> int:
    """Encode a video into `path`; return the number of its frames."""
    return encode(
        GopEncoder(scene, VIDEO, KeptInMemory()), track or silence, path, lambda *at: None
    )


def silence() -> Track:
    return np.zeros((1, 20 * RATE), dtype=np.float32)


def test_the_file_is_as_long_as_its_manifest(scene: Scene, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    path = tmp_path / "tour.mp4"
    encoder = GopEncoder(scene, VIDEO, KeptInMemory())
    frames = encode(encoder, silence, path, lambda *at: told.append(at))
    found = check(path, total_ms=20_000, frames=frames, fps=30)
    assert (found.video_codec, found.audio_codec, found.audio_rate) == ("h264", "aac", RATE)
    assert 0 <= found.video_s - found.audio_s < FRAME / RATE
    assert told == sorted(told) and 0 < len(told) < frames, "repeats are not encoded"


def test_title_and_chapters_are_in_the_file(scene: Scene, tmp_path: Path) -> None:
    written(scene, tmp_path / "tour.mp4")
    with av.open(str(tmp_path / "tour.mp4")) as file:
        assert file.metadata["title"] == "Tour"
        titles = [chapter["metadata"]["title"] for chapter in file.chapters()]
    assert titles == ["Hello there", "And on it goes"]


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("de", "deu"),  # and not `ger`, the code of librarians
        ("pt-BR", "por"),
        ("zh-Hant", "zho"),
        ("nb", "nob"),
        ("haw", "haw"),  # Hawaiian has no code of two letters
        ("xx", "und"),  # no language: undetermined
    ],
)
def test_the_sound_has_its_language(scene: Scene, tmp_path: Path, tag: str, code: str) -> None:
    path = tmp_path / "tour.mp4"
    written(scene._replace(language=tag), path)
    with av.open(str(path)) as file:
        assert file.streams.audio[0].metadata["language"] == code


def test_gops_encoded_before_give_the_same_bytes(
    scene: Scene, greys: Greys, tmp_path: Path
) -> None:
    written(scene, tmp_path / "fresh.mp4")
    kept, told = KeptInMemory(), list[int]()
    encoder = GopEncoder(scene, VIDEO, kept)

    def ready() -> None:
        assert len(list(encoder.encoded(encoder.gops()[:2], lambda tick: None))) == 2
        greys.asked.clear()

    encode(encoder, silence, tmp_path / "half.mp4", lambda at, _: told.append(at), ready)
    assert (tmp_path / "half.mp4").read_bytes() == (tmp_path / "fresh.mp4").read_bytes()
    assert told and min(told) > len(encoder.gops()[0])


def test_a_failure_of_the_sound_ends_the_encoding(scene: Scene, tmp_path: Path) -> None:
    def broken() -> Track:
        raise ComposeError("a line is missing")

    with pytest.raises(ComposeError, match="a line is missing"):
        written(scene, tmp_path / "tour.mp4", broken)


def test_a_missing_folder_is_a_compose_error(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(ComposeError, match=r"tour\.mp4 could not be written"):
        written(scene, tmp_path / "nowhere" / "tour.mp4")


def test_a_file_of_another_length_is_refused(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "tour.mp4"
    frames = written(scene, path)
    with pytest.raises(ComposeError, match=r"has 20\.000 s"):
        check(path, total_ms=21_000, frames=frames, fps=30)
    with pytest.raises(ComposeError, match="frames"):
        check(path, total_ms=20_000, frames=frames + 1, fps=30)
    path.write_bytes(b"no video")
    with pytest.raises(ComposeError, match="is not a usable MP4"):
        check(path, total_ms=20_000, frames=frames, fps=30)
