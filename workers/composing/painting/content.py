"""Digests of what frames show: states with equal digests have equal pictures.

A state names a picture of the take by its number, and a card or a caption by its time. The digest
is made of the picture itself, of the texts, and of those settings that the drawing depends on; so
it is the same in another language, another batch, and under a style that changes something else.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from forge.model.card_timing import Card
from forge.model.settings import Settings, Style
from forge.model.timeline import Manifest
from forge.model.widgets import Dialog
from forge.store.file_notes import noted
from forge.store.fingerprint import LAYOUT
from forge.text.installed_type import debian_cjk
from forge.workers.composing.storyboard.frame_state import FrameState, Panel
from forge.workers.composing.text.bidi import shaping
from forge.workers.packages import DRAWING, versions_of

#: The settings of the style that each part of a state is drawn by, besides texts and language.
DRAWN_BY = {
    "ring": ("accent",),
    "ripples": ("accent",),
    "cursor": ("cursor_scale", "cursor_image", "cursor_hotspot"),
    "caption": ("background", "text", "font"),
    "panel": ("background", "text", "accent", "font"),
    "badges": ("background", "text", "accent", "font", "captions"),
    "card": ("background", "text", "accent", "font", "logo"),
    "view": (),
    "fade": (),
}
#: The parts whose text is in the language of the video, and those whose text is the page's. Letters
#: have different forms in some languages.
OF_VIDEO, OF_PAGE = ("caption", "card"), ("panel", "badges")


class Contents:
    """The digests of one video's states.

    `picture`: the digest of a picture of the take, by its number.
    """

    def __init__(
        self,
        manifest: Manifest,
        settings: Settings,
        language: str,
        picture: Callable[[int], bytes],
    ) -> None:
        self._manifest, self._picture = manifest, picture
        video = settings.video
        self._whole = (LAYOUT, _drawn_by(), video.width, video.height, video.scale)
        type_ = (*debian_cjk(), *shaping())  # of the system: a package of it may come later
        self._looks = {
            part: tuple(_look(settings.style, names, settings.project_dir))
            + ((language,) if part in OF_VIDEO else ())
            + ((settings.source_language,) if part in OF_PAGE else ())
            + (type_ if part in (*OF_VIDEO, *OF_PAGE) else ())
            for part, names in DRAWN_BY.items()
        }
        self._language = language

    def digest(self, state: FrameState) -> bytes:
        """Return the digest of what `state` shows."""
        parts: list[object] = [self._whole]
        if state.card is None or state.fade:
            parts.append(self._picture(state.frame))
        for part, value in zip(state._fields[1:], state[1:], strict=True):
            if value:
                parts.append((part, self._shown(part, value), self._looks[part]))
        return hashlib.sha256(repr(parts).encode()).digest()

    def _shown(self, part: str, value: object) -> object:
        """Return a part of a state without the times that do not show."""
        if part == "caption":
            return getattr(value, "lines")  # noqa: B009
        if isinstance(value, Panel):
            if isinstance(value.of, Dialog):
                return value, self._language  # of its buttons
            return value._replace(of=value.of.timed(lambda at_ms: 0))
        if isinstance(value, Card):
            shown = self._manifest
            more = shown.objectives if value.kind == "intro" else (shown.summary,)
            return value.kind, shown.title, more
        return value


@cache
def _drawn_by() -> tuple[str, ...]:
    """Return the versions of the packages that draw."""
    return tuple(f"{name} {version}" for name, version in versions_of(DRAWING).items())


def _look(style: Style, names: tuple[str, ...], project_dir: Path) -> Iterator[object]:
    """Yield the values of settings; of a file, the digest of its content."""
    for name in names:
        value = getattr(style, name)
        yield noted(project_dir / value).sha256 if isinstance(value, Path) else value
