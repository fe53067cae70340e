"""What `forge verify` says of two renders."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forge.commands.compare import (
    MARK,
    Pixels,
    RenderDigest,
    Verdict,
    compare,
    difference,
    first_picture,
    judge,
)
from forge.commands.request import BatchOutcome, RenderRequest
from forge.commands.verify import verify
from forge.model.settings import Settings
from forge.model.take import Frame
from forge.model.timeline import Manifest, ManifestStep, Picture
from forge.store.job_files import write_manifest, write_take
from forge.store.paths import FRAMES_FILE
from tests.support import takes
from tests.support.project import Project


def step(name: str, start_ms: int, end_ms: int) -> ManifestStep:
    return ManifestStep(
        id=name, narration=name, audio_file=None, audio_ms=500, start_ms=start_ms,
        audio_start_ms=start_ms + 300, action_start_ms=start_ms + 300,
        action_end_ms=start_ms + 400, end_ms=end_ms, interactions=(),
    )  # fmt: skip


def made(pictures: str = "abc", file: str = "f", second_end_ms: int = 4000) -> RenderDigest:
    manifest = Manifest(
        tutorial="tour",
        lang=None,
        title="Tour",
        total_ms=5000,
        steps=(step("one", 0, 2000), step("two", 2000, second_end_ms)),
        pictures=tuple(Picture(at_ms=1500 * i, frame=i) for i in range(len(pictures))),
    )
    return RenderDigest(manifest, list(pictures), file)


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (made(), None),
        (made(second_end_ms=4100), "in step 'two': end_ms 4000, then 4100"),
        (made("axc"), "in step 'one': what shows at 1.50 s"),
        (made("abx"), "in step 'two': what shows at 3.00 s"),
        (made("abcd"), "in step 'two': what shows at 4.50 s"),
        (made("xbc"), "in step 'one': what shows at 0.00 s"),
        (made(file="g"), "in the file only: time line and pictures are the same"),
    ],
)
def test_the_first_difference_is_named(other: RenderDigest, said: str | None) -> None:
    assert difference(made(), other) == said


def test_a_picture_that_comes_later_differs_from_its_first_moment_on() -> None:
    late = made()
    pictures = tuple(
        picture.model_copy(update={"at_ms": picture.at_ms + 100 * (picture.frame == 1)})
        for picture in late.manifest.pictures
    )
    late = late._replace(manifest=late.manifest.model_copy(update={"pictures": pictures}))
    assert first_picture(made(), late) == (1500, 1, 0)
    assert first_picture(late, made()) == (1500, 0, 1)
    assert difference(made(), late) == "in step 'one': what shows at 1.50 s"


def test_the_same_picture_shown_again_is_no_difference_of_pictures() -> None:
    assert first_picture(made("abb"), made("ab")) is None


SOCKET = "web socket ws://h/k, in step with real time for 4.2 s of 38 s"


def true(imprint: RenderDigest) -> RenderDigest:
    return imprint._replace(outside=(SOCKET,))


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        (made(), made(), Verdict("exact and same", "")),
        (
            made(),
            made("axc"),
            Verdict("exact but differs: a fault", "in step 'one': what shows at 1.50 s", True),
        ),
        (
            true(made()),
            true(made("axc")),
            Verdict("true", f"differs in step 'one': what shows at 1.50 s ({SOCKET})"),
        ),
        (
            made(),
            true(made("axc")),
            Verdict("true", f"differs in step 'one': what shows at 1.50 s ({SOCKET})"),
        ),
        (true(made()), true(made()), Verdict("true", f"the same ({SOCKET})")),
    ],
)
def test_only_what_is_exact_and_differs_is_a_fault(
    one: RenderDigest, other: RenderDigest, verdict: Verdict
) -> None:
    assert judge(one, other) == verdict


def grey(width: int = 40, height: int = 30) -> Pixels:
    return np.full((height, width, 3), 90, dtype=np.uint8)


def test_the_box_of_a_difference_is_the_smallest_that_holds_it() -> None:
    other = grey()
    other[5, 10], other[20, 13, 2] = 91, 0
    found = compare(grey(), other)
    assert found is not None
    assert (found.box, found.pixels) == ((10, 5, 4, 16), 2)
    assert found.share == pytest.approx(2 / 1200)
    marked = (found.drawn == MARK).all(axis=2)
    assert sorted(zip(*marked.nonzero(), strict=True)) == [(5, 10), (20, 13)]
    assert compare(grey(), grey()) is None


def test_where_one_picture_is_larger_its_surplus_differs() -> None:
    for one, other in ((grey(), grey(44)), (grey(44), grey())):
        found = compare(one, other)
        assert found is not None
        assert (found.box, found.pixels) == ((40, 0, 4, 30), 120)
        assert found.drawn.shape == (30, 44, 3)


# The command, with renders that are made up ---------------------------------------------------


def picture(dot: bool) -> bytes:
    pixels = np.full((36, 64, 3), 200, dtype=np.uint8)
    pixels[16:24, 32:40] = 0 if dot else 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def lay(settings: Settings, dot: bool, clock: str) -> None:
    """What a render of the project's one job leaves, of one step and one picture."""
    folder, jpeg = settings.work_root / "tour", picture(dot)
    folder.mkdir(parents=True, exist_ok=True)
    settings.output_dir.mkdir(exist_ok=True)
    (settings.output_dir / "tour.mp4").write_bytes(jpeg)
    (folder / FRAMES_FILE).unlink(missing_ok=True)
    (folder / FRAMES_FILE).write_bytes(b"?" + jpeg)
    take = takes.take([takes.step("one", 0, (0, 0), 500)], [0])
    frames = (Frame(at_ms=0, offset=1, size=len(jpeg)),)
    write_take(take.model_copy(update={"clock": clock, "frames": frames}), folder)
    write_manifest(made("a").manifest, folder)


Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def run(project: Project, capsys: pytest.CaptureFixture[str]) -> Verify:
    """`run(clock, dot, dot)`: verify, where each of the two renders has a dot or has not."""
    settings = Settings(project_dir=project.folder)

    def run(clock: str, *dots: bool, codes: tuple[int, ...] = (0, 0)) -> tuple[int, str]:
        renders, ends = iter(dots), iter(codes)

        def render(settings: Settings, request: RenderRequest) -> BatchOutcome:
            assert request.force
            lay(settings, next(renders), clock)
            return BatchOutcome((), next(ends), (), (), Path("batch.log"), 1.0)

        code = verify(settings, RenderRequest(), render)
        return code, capsys.readouterr().out

    return run


def kept(project: Project) -> set[str]:
    return {path.name for path in project.folder.glob(".forge/tour/verify/*")}


def test_two_pictures_that_differ_are_kept_with_their_difference(
    run: Verify, project: Project
) -> None:
    code, said = run("virtual", True, False)
    assert code == 1
    assert said.startswith(
        "exact but differs: a fault tour: in step 'one': what shows at 0.00 s\n"
        "  at 0.00 s 64 pixels differ (2.78%), all in 8×8 at 32,16\n"
    )
    folder = project.folder / ".forge" / "tour" / "verify"
    assert kept(project) == {"first.png", "second.png", "difference.png"}
    for name in kept(project):
        assert f"{name.removesuffix('.png')}: {folder / name}\n" in said
    middle = {name: Image.open(folder / name).getpixel((36, 20)) for name in kept(project)}
    assert middle["difference.png"] == MARK
    assert max(middle["first.png"]) < 10 and min(middle["second.png"]) > 190  # type: ignore[arg-type]
    assert run("virtual", True, True) == (0, "exact and same tour\n")
    assert not folder.exists(), "of the fault that was mended nothing is left"


def test_what_is_true_may_differ(run: Verify, project: Project) -> None:
    code, said = run("elastic", True, False)
    assert code == 0
    why = "(recorded on the elastic clock)"
    assert said.startswith(f"true tour: differs in step 'one': what shows at 0.00 s {why}\n")
    assert kept(project) == {"first.png", "second.png", "difference.png"}
    assert run("elastic", True, True) == (0, f"true tour: the same {why}\n")


def test_a_render_that_fails_ends_it_and_leaves_nothing(run: Verify, project: Project) -> None:
    assert run("virtual", True, False, codes=(0, 1)) == (1, "")
    assert kept(project) == set()
