"""`index.html`: the whole batch on one page, which needs no server and loads only videos."""

from __future__ import annotations

import os
import re
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from hashlib import sha256
from html import unescape
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote
from xml.etree.ElementTree import Element

from forge.model.records import PHASES, Failure, JobResult, Status
from forge.report.html.gallery import Gallery, Tile
from forge.report.html.gantt import picture
from forge.report.html.tags import html, tag
from forge.report.wording import clock
from forge.store.paths import POSTER_SUFFIX, TEXT_SUFFIXES
from forge.store.regular import open_regular, read_regular
from forge.version import __version__

PAGE_FILE = "index.html"
GENERATOR = "forge"
#: What may lie beside a video, under its name.
SIDES = (*TEXT_SUFFIXES, ".gif")
STATUSES: tuple[Status, ...] = ("failed", "not-run", "done", "up-to-date")
EMPTY: dict[Status, str] = {"not-run": "never ran", "failed": "no screenshot"}
LABELS: dict[Status, str] = {"not-run": "not run", "up-to-date": "up to date"}
TRUTHS = {
    "exact": "Another render of the same would be equal to the byte",
    "true": "It shows what happened, but no two renders are equal to the byte",
}
STEP = 120  # cards that are shown at once; the script shows further ones as the reader scrolls
LEAST_S = 0.05  # shorter phases show as 0.0 s and get no part of the bar
TIMES = re.compile(r"([\d:.]+)\s+-->\s+([\d:.]+)")
MARKUP = re.compile(r"<[^>]*>")


class Spoken(NamedTuple):
    """One caption, in seconds."""

    start_s: float
    end_s: float
    text: str


class Place(NamedTuple):
    """The folder of a page. `elsewhere`: the work dirs of its jobs are on other machines."""

    folder: Path
    elsewhere: bool = False

    def link(self, path: Path) -> str:
        """Return the relative URL of `path` on the page."""
        return quote(os.fsencode(os.path.relpath(path, self.folder)))

    def has(self, path: Path) -> bool:
        """Return True if a link to `path` would lead to the file of this batch."""
        return not self.elsewhere and path.is_file()


def page(gallery: Gallery, results: Sequence[JobResult], place: Place) -> str:
    """Return the page of `gallery` with its `results`, for a file in `place`."""
    cards = {card.job: card for card in gallery.cards}
    ran = [result for result in results if not cards[result.job].carried]
    lanes = picture(ran)
    script, style = _own("gallery.js"), _own("gallery.css")
    shown = [_card(result, cards[result.job], place) for result in results]
    for hidden in shown[STEP:]:
        hidden.set("hidden", "")
    body = tag(
        "body",
        _header(gallery, results),
        _lanes(lanes) if lanes is not None else None,
        _filters(results, gallery),
        tag("main", *shown, id="videos", tabindex="-1", data_step=STEP),
        tag("p", id="more"),
        tag("p", "No video matches.", id="none", hidden=True),
        tag("footer", f"forge {__version__}"),
        tag("script", script),
    )
    return html(tag("html", _head(gallery, results, style, script), body, lang="en"))


def is_ours(path: Path) -> bool:
    """Return True if `path` may be written: there is no file, or forge has written it."""
    try:
        with open_regular(path) as file:
            return f'content="{GENERATOR} '.encode() in file.read(2000)
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _own(name: str) -> str:
    return files("forge.report.html").joinpath("data", name).read_text(encoding="utf-8")


def _head(gallery: Gallery, results: Sequence[JobResult], style: str, script: str) -> Element:
    """Return the head, whose policy allows only this script and only files beside the page."""
    digest = b64encode(sha256(script.encode()).digest()).decode()
    policy = (
        "default-src 'none'; img-src 'self' file: data:; media-src 'self' file:;"
        f" style-src 'unsafe-inline'; script-src 'sha256-{digest}'; base-uri 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="generator", content=f"{GENERATOR} {__version__}"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("link", rel="icon", href="data:,"),
        tag("title", f"{gallery.project}: {_counts_of(results)}"),
        tag("style", style),
        tag("noscript", tag("style", ".card[hidden] { display: block !important; }")),
    )


def _counts_of(results: Sequence[JobResult]) -> str:
    counts = Counter(result.status for result in results)
    return ", ".join(f"{counts[s]} {_label_of(s)}" for s in STATUSES if counts[s]) or "no jobs"


def _label_of(status: Status) -> str:
    return LABELS.get(status, status)


def _header(gallery: Gallery, results: Sequence[JobResult]) -> Element:
    video_s = sum(result.video_s or 0 for result in results)
    facts = [
        f"shard {gallery.shard}" if gallery.shard else "",
        f"{clock(video_s)} of video" if video_s else "",
        _rendered(gallery),
    ]
    return tag(
        "header",
        tag("h1", gallery.project, dir="auto"),
        tag("p", *(tag("span", fact) for fact in facts if fact), _when(gallery.ended)),
    )


def _rendered(gallery: Gallery) -> str:
    if not gallery.lanes:
        return "nothing was left to render"
    lanes = f" on {gallery.lanes} lanes" if gallery.lanes > 1 else ""
    return f"rendered in {clock(gallery.wall_s)}{lanes}"


def _when(ended: str) -> Element:
    return tag("time", ended[:16].replace("T", " ") + " UTC", datetime=ended)


def _lanes(drawn: Element) -> Element:
    legend = [
        tag("span", tag("i", class_=kind), name)
        for kind, name in ((*((p, p) for p in PHASES), ("start", "other"), ("bad", "failed")))
    ]
    title = tag("h2", "Lanes", id="lanes-title")
    return tag(
        "section",
        tag("div", title, tag("p", *legend, class_="legend"), class_="row"),
        drawn,
        class_="lanes",
        aria_labelledby="lanes-title",
    )


def _filters(results: Sequence[JobResult], gallery: Gallery) -> Element:
    counts = Counter(result.status for result in results)
    languages = Counter(card.lang for card in gallery.cards if card.lang)
    statuses = [(s, _label_of(s), counts[s]) for s in STATUSES if counts[s]]
    spoken = [(lang, lang, count) for lang, count in languages.items()]
    search = tag(
        "input",
        type="search",
        name="text",
        placeholder="Search titles and narration",
        aria_label="Search titles and narration",
        autocomplete="off",
    )
    return tag(
        "form",
        search,
        _choices("status", "Status", [("", "all", len(results)), *statuses]),
        _choices("lang", "Language", [("", "every language", None), *spoken])
        if len(languages) > 1
        else None,
        tag("output", aria_live="polite"),
        role="search",
        aria_label="Filter the videos",
    )


def _choices(name: str, title: str, choices: Sequence[tuple[str, str, int | None]]) -> Element:
    """Return radio buttons in the shape of chips: they work with the keyboard as they are."""
    made: list[Element] = []
    for value, text, count in choices:
        button = tag("input", type="radio", name=name, value=value, checked=not value)
        number = tag("b", f"{count}") if count else None
        kind = value if name == "status" else None
        made.append(tag("label", button, tag("span", text, number, class_=kind)))
    return tag("fieldset", tag("legend", title), *made)


def _card(result: JobResult, card: Tile, place: Place) -> Element:
    found = _video(result)
    spoken = list(_spoken(found.with_suffix(".vtt"))) if found else []
    meta = tag(
        "p",
        tag("span", _label_of(result.status), class_=f"status {result.status}"),
        tag("span", card.lang, class_="lang") if card.lang else None,
        _truth(result),
        tag("code", result.job),
        class_="meta",
    )
    return tag(
        "article",
        _frame(result, card, found, place),
        tag(
            "div",
            tag("h2", card.title, dir="auto"),
            meta,
            tag("p", card.description, class_="about", dir="auto") if card.description else None,
            _failure(result.error, result.log, place) if result.error else None,
            *_times(result),
            tag("p", result.truth_with_reasons, class_="outside", dir="auto")
            if result.outside
            else None,
            _warnings(result.warnings),
            _transcript(spoken, card.lang),
            _files(found, place) if found else None,
            class_="body",
        ),
        id=f"job-{result.job}",
        class_=f"card {result.status}",
        data_status=result.status,
        data_lang=card.lang or "",
    )


def _truth(result: JobResult) -> Element | None:
    if not result.truth:
        return None
    return tag("span", result.truth, class_="truth", title=TRUTHS[result.truth])


def _reasons(result: JobResult) -> Element | None:
    if not result.outside:
        return None
    return tag("p", result.truth_with_reasons, class_="outside", dir="auto")


def _video(result: JobResult) -> Path | None:
    return Path(result.output) if result.output and Path(result.output).is_file() else None


def _frame(result: JobResult, card: Tile, found: Path | None, place: Place) -> Element:
    length = f"{clock(result.video_s)}" if result.video_s else ""
    if found:
        poster = found.with_suffix(POSTER_SUFFIX)
        video = tag(
            "video",
            controls=True,
            preload="none",
            playsinline=True,
            poster=card.picture or None,
            data_poster=place.link(poster) if poster.is_file() else None,
            src=place.link(found),
            aria_label=card.title,
            data_lang=card.lang,
        )
        return tag("div", video, tag("span", length, class_="length"), class_="frame")
    kept = result.error.artifacts if result.error else ()
    full = next((p for p in kept if p.endswith(".png") and place.has(Path(p))), None)
    if source := card.picture or (place.link(Path(full)) if full else ""):
        alt = "What the browser showed when the job failed"
        shot = tag("img", src=source, loading="lazy", alt=alt)
        inside = tag("a", shot, href=place.link(Path(full))) if full else shot
        return tag("div", inside, class_="frame")
    why = "the video is not there" if result.output else EMPTY.get(result.status, "no video")
    return tag("div", why, class_="frame empty")


def _failure(error: Failure, log: str | None, place: Place) -> Element:
    where = f"{error.file}:{error.line}" if error.file and error.line else None
    kept = [_kept(Path(path), place) for path in (*error.artifacts, log) if path]
    return tag(
        "div",
        tag("p", "at step ", tag("b", error.step)) if error.step else None,
        tag("pre", error.message, tabindex="0", dir="auto"),
        tag("p", tag("code", where)) if where else None,
        tag("p", f"Hint: {error.hint}") if error.hint else None,
        tag("p", "Kept: ", *kept, class_="kept") if kept else None,
        class_="failure",
    )


def _kept(path: Path, place: Place) -> Element:
    if place.has(path):
        return tag("a", path.name, href=place.link(path))
    return tag("span", f"{path}")


def _times(result: JobResult) -> Iterator[Element]:
    if not result.attempts:
        return
    shares = [
        tag("i", class_=p, style=f"flex-grow:{s}") for p, s in result.phases.items() if s >= LEAST_S
    ]
    if shares:
        yield tag("div", *shares, class_="bar", aria_hidden="true")
    timed = [phase for phase in PHASES if phase in result.phases]
    facts = [(f"{phase} ", f"{result.phases[phase]:.1f} s") for phase in timed]
    facts.append(("all ", f"{result.wall_s:.1f} s"))
    if result.lane:
        facts.append(("on ", result.lane))
    if result.attempts > 1:
        facts.append(("attempts ", f"{result.attempts}"))
    yield tag("p", *(tag("span", name, tag("b", value)) for name, value in facts), class_="times")


def _warnings(warnings: Sequence[str]) -> Element | None:
    if not warnings:
        return None
    count = f"{len(warnings)} warning" + "s" * (len(warnings) > 1)
    items = [tag("li", warning, dir="auto") for warning in warnings]
    return tag("details", tag("summary", count), tag("ul", *items), class_="warnings")


def _transcript(spoken: Sequence[Spoken], lang: str | None) -> Element | None:
    """Return the sentences with their times. The page's script makes captions of them, because no
    browser loads a caption file for a page that was opened as a file."""
    if not spoken:
        return None
    lines = []
    for cue in spoken:
        at = tag("button", clock(cue.start_s), type="button", data_from=cue.start_s)
        at.set("data-to", f"{cue.end_s}")
        lines.append(tag("li", at, tag("span", cue.text)))
    said = tag("ol", *lines, lang=lang, dir="auto")
    return tag("details", tag("summary", "Transcript"), said, class_="transcript")


def _files(video: Path, place: Place) -> Element:
    sides = [video, *(video.with_suffix(suffix) for suffix in SIDES)]
    links = [
        tag("a", path.name.removeprefix(f"{video.stem}."), href=place.link(path))
        for path in sides
        if path.is_file()
    ]
    return tag("p", *links, class_="files")


def _spoken(captions: Path) -> Iterator[Spoken]:
    """Yield the cues of a WebVTT file; none if it cannot be read."""
    try:
        blocks = read_regular(captions).decode().split("\n\n")
    except (OSError, ValueError):
        return
    for block in blocks:
        lines = block.strip().splitlines()
        for number, line in enumerate(lines):
            if times := TIMES.match(line):
                text = unescape(MARKUP.sub("", "\n".join(lines[number + 1 :])))
                yield Spoken(_seconds(times[1]), _seconds(times[2]), text)


def _seconds(stamp: str) -> float:
    seconds = 0.0
    for part in stamp.split(":"):
        seconds = seconds * 60 + float(part)
    return round(seconds, 3)
