"""`forge verify`, with simulated renders."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from forge.commands.compare import MARK
from forge.commands.request import BatchOutcome, RenderRequest
from forge.commands.verify import verify
from forge.model.settings import Settings
from forge.model.take import Frame
from forge.store.job_files import write_manifest, write_take
from forge.store.paths import FRAMES_FILE
from tests.support import takes
from tests.support.digests import digest
from tests.support.project import Project


def picture(dot: bool) -> bytes:
    pixels = np.full((36, 64, 3), 200, dtype=np.uint8)
    pixels[16:24, 32:40] = 0 if dot else 200
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG")
    return file.getvalue()


def lay(settings: Settings, dot: bool, clock: str) -> None:
    """Write the files that a render of the project's job leaves: one step, one picture."""
    folder, jpeg = settings.work_root / "tour", picture(dot)
    folder.mkdir(parents=True, exist_ok=True)
    settings.output_dir.mkdir(exist_ok=True)
    (settings.output_dir / "tour.mp4").write_bytes(jpeg)
    (folder / FRAMES_FILE).unlink(missing_ok=True)
    (folder / FRAMES_FILE).write_bytes(b"?" + jpeg)
    take = takes.take([takes.step("one", 0, (0, 0), 500)], [0])
    frames = (Frame(at_ms=0, offset=1, size=len(jpeg)),)
    write_take(take.model_copy(update={"clock": clock, "frames": frames}), folder)
    write_manifest(digest("a").manifest, folder)


Verify = Callable[..., tuple[int, str]]


@pytest.fixture
def run(project: Project, capsys: pytest.CaptureFixture[str]) -> Verify:
    """Return `run(clock, dot, dot)`: verify two renders, each with a dot in it or not."""
    settings = Settings(project_dir=project.folder)

    def run(clock: str, *dots: bool, codes: tuple[int, ...] = (0, 0)) -> tuple[int, str]:
        renders, ends = iter(dots), iter(codes)

        def render(settings: Settings, request: RenderRequest) -> BatchOutcome:
            assert request.force and request.bring_takes
            lay(settings, next(renders), clock)
            return BatchOutcome((), next(ends), (), (), Path("batch.log"), 1.0)

        code = verify(settings, RenderRequest(), render)
        return code, capsys.readouterr().out

    return run


def kept(project: Project) -> set[str]:
    return {path.name for path in project.folder.glob(".forge/tour/verify/*")}


def test_different_pictures_are_kept_with_their_difference(run: Verify, project: Project) -> None:
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
    assert not folder.exists(), "pictures of an earlier fault are removed"


def test_true_jobs_may_differ(run: Verify, project: Project) -> None:
    code, said = run("elastic", True, False)
    assert code == 0
    why = "(recorded on the elastic clock)"
    assert said.startswith(f"true tour: differs in step 'one': what shows at 0.00 s {why}\n")
    assert kept(project) == {"first.png", "second.png", "difference.png"}
    assert run("elastic", True, True) == (0, f"true tour: the same {why}\n")


def test_failed_render_ends_verify_and_leaves_nothing(run: Verify, project: Project) -> None:
    assert run("virtual", True, False, codes=(0, 1)) == (1, "")
    assert kept(project) == set()
