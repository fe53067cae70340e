"""The compose phase of one job: the only code that writes into the output folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from av import VideoFrame

from forge.errors import ComposeError
from forge.model.card_timing import Card
from forge.model.settings import Settings
from forge.model.take import Take
from forge.model.timeline import Manifest
from forge.store import private
from forge.store.atomic import make_folder, together
from forge.store.content_cache import ContentCache
from forge.store.job_files import read_take
from forge.store.paths import GOP_CACHE, POSTER_SUFFIX, SHEET_SUFFIX, Outputs, WorkDir
from forge.text.segments import graphemes
from forge.workers.composing.encoding.gop import GopEncoder
from forge.workers.composing.encoding.mp4 import OnFrame, encode
from forge.workers.composing.encoding.probe import Probed, check
from forge.workers.composing.footage import Footage
from forge.workers.composing.painting.burned_captions import CaptionArtist, burned_cues
from forge.workers.composing.painting.card_images import drawn
from forge.workers.composing.painting.compositor import Painter
from forge.workers.composing.painting.content import Contents
from forge.workers.composing.painting.cursor import CursorArtist
from forge.workers.composing.painting.key_badges import KeyBadgeArtist
from forge.workers.composing.painting.panels import PanelArtist
from forge.workers.composing.painting.renderer import Scene
from forge.workers.composing.painting.ring_and_ripple import RingArtist, RippleArtist
from forge.workers.composing.painting.take_frames import TakeFrames, yuv_of
from forge.workers.composing.painting.theme import theme_of
from forge.workers.composing.sidecars.contact_sheet import contact_sheet, stills_before, stills_of
from forge.workers.composing.sidecars.poster import poster
from forge.workers.composing.sound.soundtrack import soundtrack
from forge.workers.composing.storyboard.frame_state import Screen
from forge.workers.composing.storyboard.storyboard import Storyboard
from forge.workers.composing.text.caption_files import karaoke, srt, webvtt
from forge.workers.composing.text.chapters import chapters, chapters_txt, chapters_vtt
from forge.workers.composing.text.cues import READABLE, cues, hurried
from forge.workers.composing.text.fonts import Fonts
from forge.workers.meter import Track

if TYPE_CHECKING:
    from forge.workers.composing.encoding.moviepy_clip import Timeline


def compose(
    footage: Footage,
    settings: Settings,
    on_frame: OnFrame = lambda number, count: None,
    ready: Callable[[], object] = lambda: None,
    confirm: Callable[[], object] = lambda: None,
) -> Probed:
    """Write `<name>.mp4` and its sidecars into the output folder; return the probed video.

    They appear together and complete: all are written under temporary names in that folder, the
    video is probed, `confirm()` is called (it may raise), and then all are renamed. A failure
    leaves none of them. `ready()` returns when nothing is encoded beside a recording any more.

    Raises:
        ComposeError: the video could not be written, or the probe found it damaged.
    """
    name, take, manifest, work_dir = footage
    folder = settings.output_dir
    paths = Outputs.of(settings, name).all
    try:
        make_folder(folder)
        with together(paths) as [*beside, part]:
            with TakeFrames(take, work_dir) as pictures:
                scene = scene_of(manifest, take, settings, pictures)
                track = cache(partial(soundtrack, manifest, settings.sound, settings.project_dir))
                kept = kept_gops(settings)
                encoder = GopEncoder(scene, settings.video, kept)
                frames = encode(encoder, track, part, on_frame, ready)
                if settings.keep_work:
                    clip = _clip(scene, track())
                    clip.audio.write_audiofile(str(WorkDir(work_dir).track), logger=None)
                sides = _texts(manifest, settings) | _pictures(scene, settings, kept)
            kept.shrink()
            found = check(part, total_ms=manifest.total_ms, frames=frames, fps=settings.video.fps)
            for side, path in zip(beside, paths, strict=False):  # the video comes last in `paths`
                side.write_bytes(sides[path.name.removeprefix(name)])
            confirm()
    except OSError as problem:
        raise ComposeError(f"{folder} cannot be written: {problem}") from problem
    return found


def timeline_of(manifest: Manifest, take: Take, settings: Settings, frames: TakeFrames) -> Timeline:
    """Return the finished video as a MoviePy clip, with its sound."""
    track = soundtrack(manifest, settings.sound, settings.project_dir)
    return _clip(scene_of(manifest, take, settings, frames), track)


def _clip(scene: Scene, track: Track) -> Timeline:
    from forge.workers.composing.encoding.moviepy_clip import Timeline  # MoviePy takes 0.2 s

    return Timeline(scene, track)


def scene_of(manifest: Manifest, take: Take, settings: Settings, frames: TakeFrames) -> Scene:
    """Return the storyboard of a video and the painter of its frames."""
    video, style = settings.video, settings.style
    screen = Screen(take.width, take.height, video.scale, video.fps)
    language = language_of(manifest, settings)
    theme = theme_of(style, settings.project_dir, language)
    page_theme = theme_of(style, settings.project_dir, settings.source_language)
    size = take.width, take.height
    artists = (
        RingArtist(style, video.scale),
        RippleArtist(style, video.scale),
        CursorArtist(style, video.scale, settings.project_dir),
        CaptionArtist(theme),
        KeyBadgeArtist(page_theme, raised=style.captions == "burn"),
    )

    @cache
    def draw_card(card: Card) -> VideoFrame:
        return yuv_of(drawn(card, manifest, theme, *size))

    burned = burned_cues(manifest, theme, *size) if style.captions == "burn" else ()
    board = Storyboard(manifest, screen, style, burned)
    painter = Painter(frames, artists, draw_card, PanelArtist(theme, page_theme, video.scale))
    return Scene(board, painter, Contents(manifest, settings, language, frames.digest), language)


def kept_gops(settings: Settings) -> ContentCache:
    """Return the project's cache of encoded GOPs, which all of its videos share."""
    return ContentCache(settings.work_root / GOP_CACHE, settings.limits.cache_mb)


def sheet_before(failed: str, texts: Mapping[str, str], language: str, work_dir: Path) -> Path:
    """Write a contact sheet of the unfinished take in `work_dir`; return its path.

    `failed` is the step that failed; `texts` the narration by step.
    """
    path = WorkDir(work_dir).contact_sheet
    stills = stills_before(read_take(work_dir), texts, failed, work_dir)
    private.write(path, contact_sheet(stills, Fonts(language)))
    return path


def language_of(manifest: Manifest, settings: Settings) -> str:
    """Return the language of a video's text."""
    return manifest.lang or settings.source_language


def advice_on(manifest: Manifest, settings: Settings) -> Iterator[str]:
    """Yield a warning if captions are shown too shortly to be read."""
    worst = hurried(cues(manifest, language_of(manifest, settings)))
    if not worst:
        return
    cue = max(worst, key=lambda one: one.speed)
    others = [repr(one.step) for one in worst if one.step != cue.step]
    also = f" (also {', '.join(others)})" if others else ""
    seconds, size = (cue.end_ms - cue.start_ms) / 1000, len(graphemes(" ".join(cue.lines)))
    yield (
        f"step {cue.step!r}{also}: a caption of {size} characters shows for {seconds:.1f} s,"
        f" {size / seconds:.0f} characters a second; people read up to"
        f" {READABLE * size / cue.columns:.0f}. Let the voice speak slower (voice.rate), or say"
        " less"
    )


def _texts(manifest: Manifest, settings: Settings) -> dict[str, bytes]:
    """Return captions and chapters by file suffix."""
    language = language_of(manifest, settings)
    told, found = cues(manifest, language), chapters(manifest, language)
    timed = settings.style.karaoke
    texts = {
        ".srt": srt(told, language),
        ".vtt": karaoke(told, manifest, language) if timed else webvtt(told, language),
        ".chapters.vtt": chapters_vtt(found, language),
        ".chapters.txt": chapters_txt(found, language),
    }
    return {suffix: text.encode() for suffix, text in texts.items()}


def _pictures(scene: Scene, settings: Settings, kept: ContentCache) -> dict[str, bytes]:
    """Return the poster, and the contact sheet if wanted, by file suffix."""
    pictures = {POSTER_SUFFIX: poster(scene, kept)}
    if settings.contact_sheet:
        fonts = Fonts(scene.language)
        pictures[SHEET_SUFFIX] = contact_sheet(list(stills_of(scene)), fonts)
    return pictures
