"""When lists, pickers and dialogs show, and where the cursor points in them: pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, zip_longest
from typing import NamedTuple

from forge.model.easing import ease
from forge.model.take import Box, Interaction, Point
from forge.model.timeline import Manifest
from forge.model.widgets import (
    Answer,
    Dialog,
    DialogEvent,
    OpenList,
    Picker,
    TypedAnswer,
)
from forge.text.segments import graphemes
from forge.workers.composing.storyboard.frame_state import PANEL_STEPS, Panel, Screen
from forge.workers.composing.storyboard.panel_layout import (
    CANCEL,
    OK,
    Side,
    button_point,
    dialog_box,
    dialog_layout,
    list_layout,
    occupied,
    pick_point,
    scrolled,
)

FADE_MS = 120  # a panel appears and disappears within this time


class Span(NamedTuple):
    """From when to when something shows, in milliseconds of the video."""

    start_ms: float
    end_ms: float


class Pick(NamedTuple):
    """A list or picker of the field `box` that shows."""

    span: Span
    widget: Picker
    box: Box


class Asking(NamedTuple):
    """A dialog that shows, the text that is typed into it, and the answer."""

    span: Span
    dialog: Dialog
    typed: Interaction | None = None
    answer: Interaction | None = None


class Panels:
    """The panels of one video.

    `hands`: the interactions that have a place, with the choices from panels among them.
    """

    def __init__(self, manifest: Manifest, screen: Screen) -> None:
        self._view = Side(screen.width / screen.scale, screen.height / screen.scale)
        done = [hand for step in manifest.steps for hand in step.interactions]
        self._picks = list(_picks(done, manifest.total_ms))
        self.dialogs = list(_askings(manifest, done))
        self.hands = list(self._hands(done))

    def panel(self, at_ms: float) -> Panel | None:
        """Return the panel that shows at a moment of the video."""
        for asking in self.dialogs:
            if shown := _shown(asking.span, at_ms):
                return _dialog_panel(asking, at_ms, shown)
        for pick in self._picks:
            if shown := _shown(pick.span, at_ms):
                return self._pick_panel(pick, at_ms, shown)
        return None

    def box(self, hand: Interaction) -> Box | None:
        """Return the box around a field and its list or picker, None without one."""
        if isinstance(hand.widget, Picker) and hand.box:
            return occupied(hand.widget, hand.box, self._view)
        return None

    def dialog_box(self, asking: Asking) -> Box:
        """Return about where a dialog shows, in CSS pixels."""
        return dialog_box(asking.dialog, self._view)

    def _hands(self, done: list[Interaction]) -> Iterator[Interaction]:
        before: Interaction | None = None
        for hand in done:
            if hand.point and not _goes_on(before, hand):
                yield hand
            if choice := self._choice(hand):
                yield choice
            before = hand

    def _choice(self, hand: Interaction) -> Interaction | None:
        """Return the click by which the hand chooses in a panel, None if it does not."""
        widget = hand.widget
        if isinstance(widget, Answer):
            goal, timed, at_ms = self._button(hand, widget), hand, hand.at_ms
        elif isinstance(widget, Picker) and hand.kind == "choose" and hand.box and hand.point:
            goal = pick_point(widget, hand.box, self._view)
            timed, at_ms = widget, hand.until_ms or hand.at_ms  # type: ignore[assignment]
        else:
            return None
        times = {"from_ms": timed.from_ms, "there_ms": timed.there_ms, "at_ms": at_ms}
        return Interaction(kind="click", point=goal, **times) if goal else None

    def _button(self, hand: Interaction, answer: Answer) -> Point | None:
        for asking in self.dialogs:
            if asking.answer is hand:
                buttons = dialog_layout(asking.dialog, self._view).buttons
                return button_point(buttons[OK if answer.accepts else len(buttons) - 1])
        return None

    def _pick_panel(self, pick: Pick, at_ms: float, shown: int) -> Panel:
        widget, lit, top = pick.widget, None, 0.0
        set_out_ms, there_ms = widget.from_ms, widget.there_ms
        reached = there_ms is not None and at_ms >= there_ms
        if isinstance(widget, OpenList):
            layout = list_layout(widget, pick.box, self._view)
            opens, ends = scrolled(widget, layout)
            part = 0.0
            if set_out_ms is not None and there_ms is not None:
                part = ease((at_ms - set_out_ms) / max(1, there_ms - set_out_ms))
            top = round(opens + (ends - opens) * part, 2)
            lit = widget.chosen if reached else widget.before
        elif reached:
            lit = 1
        return Panel(widget, pick.box, shown, lit, top)


def _opens(hand: Interaction) -> bool:
    """Return True if a click opens a list, and makes no choice."""
    return hand.kind == "click" and isinstance(hand.widget, OpenList)


def _goes_on(before: Interaction | None, hand: Interaction) -> bool:
    """Return True if `hand` chooses from the list that `before` has opened."""
    return (
        before is not None and _opens(before) and hand.kind == "choose" and hand.box == before.box
    )


def _picks(done: list[Interaction], total_ms: int) -> Iterator[Pick]:
    """Yield the lists and pickers, in order. One that a click opens shows until the next action."""
    before: Interaction | None = None
    for hand, following in zip_longest(done, done[1:]):
        start_ms = before.at_ms if before and _goes_on(before, hand) else hand.at_ms
        before = hand
        if not (isinstance(hand.widget, Picker) and hand.box and hand.point):
            continue
        end_ms = hand.until_ms or hand.at_ms
        if _opens(hand):
            if following and _goes_on(hand, following):
                continue
            end_ms = following.at_ms if following else total_ms
        yield Pick(Span(start_ms, end_ms), hand.widget, hand.box)


def _askings(manifest: Manifest, done: list[Interaction]) -> Iterator[Asking]:
    """Yield the dialogs, in order, each with the hand's part in it."""
    opening: DialogEvent | None = None
    end = DialogEvent(at_ms=manifest.total_ms)
    for event in chain(*(step.dialogs for step in manifest.steps), (end,)):
        if opening is not None and opening.dialog:
            yield _asking(opening, event.at_ms, done)
        opening = event


def _asking(opening: DialogEvent, end_ms: int, done: list[Interaction]) -> Asking:
    assert opening.dialog is not None
    within = [hand for hand in done if opening.at_ms <= hand.at_ms <= end_ms]
    typed = (hand for hand in within if isinstance(hand.widget, TypedAnswer))
    answer = (hand for hand in within if isinstance(hand.widget, Answer))
    return Asking(
        Span(opening.at_ms, end_ms), opening.dialog, next(typed, None), next(answer, None)
    )


def _dialog_panel(asking: Asking, at_ms: float, shown: int) -> Panel:
    text, lit, answer = asking.dialog.default, None, asking.answer
    if (typed := asking.typed) and at_ms >= typed.at_ms and isinstance(typed.widget, TypedAnswer):
        length_ms = max(1, (typed.until_ms or typed.at_ms) - typed.at_ms)
        signs = graphemes(typed.widget.text)
        text = "".join(signs[: round(len(signs) * min(1.0, (at_ms - typed.at_ms) / length_ms))])
    if answer and isinstance(answer.widget, Answer) and at_ms >= (answer.there_ms or answer.at_ms):
        lit = OK if answer.widget.accepts or asking.dialog.kind == "alert" else CANCEL
    return Panel(asking.dialog, (0.0, 0.0, 0.0, 0.0), shown, lit, text=text)


def _shown(span: Span, at_ms: float) -> int:
    """Return how opaque a panel is, 0 … PANEL_STEPS: it fades in after its start, out at its end.

    At the first frame it already shows a little: that is the first visible effect of the click.
    """
    since, left = at_ms - span.start_ms, span.end_ms + FADE_MS - at_ms
    if since < 0 or left <= 0:
        return 0
    part = min(1.0, since / FADE_MS + 0.25, left / FADE_MS)
    return max(1, round(PANEL_STEPS * part))
