"""When lists, pickers and dialogs show, and what the cursor does in them."""

from __future__ import annotations

from forge.model.settings import Style
from forge.model.take import Interaction
from forge.model.widgets import (
    Answer,
    Dialog,
    DialogEvent,
    OpenList,
    Palette,
    Row,
    TypedAnswer,
    Widget,
)
from forge.workers.composing.storyboard.frame_state import (
    PANEL_STEPS,
    FrameState,
    Panel,
    View,
    grid_index,
)
from forge.workers.composing.storyboard.panel_layout import Side, dialog_layout, pick_point
from forge.workers.composing.storyboard.storyboard import Storyboard
from tests.support.boards import FPS, SCREEN, board, click
from tests.support.takes import manifest, said

LIST = OpenList(
    rows=tuple(Row(label=name) for name in ("Oslo", "Rome", "Paris")),
    before=0,
    chosen=2,
    from_ms=2600,
    there_ms=3000,
)
CONFIRM = Dialog(kind="confirm", message="Sure?")
PROMPT = Dialog(kind="prompt", message="Name?", default="Ada")
VIEW = Side(SCREEN.width, SCREEN.height)


def choice(widget: Widget = LIST, at_ms: int = 2000) -> Interaction:
    """Return a choice whose list opens at `at_ms`, 1.35 s before it is made."""
    return click(at_ms, 400, 300).model_copy(
        update={"kind": "choose", "widget": widget, "until_ms": at_ms + 1350}
    )


def asked(
    dialog: Dialog, *hands: Interaction, close_ms: int | None = 5000, style: Style | None = None
) -> Storyboard:
    """Return the storyboard of a video whose dialog opens at 2 s, and closes in a later step."""
    opening = (DialogEvent(at_ms=2000, dialog=dialog),)
    closing = () if close_ms is None else (DialogEvent(at_ms=close_ms),)
    first = said("Click.", 300, 2700).model_copy(update={"dialogs": opening})
    then = said("Answer.", 4300, 4000).model_copy(
        update={"dialogs": closing, "interactions": hands}
    )
    return Storyboard(manifest(9000, [(0, 0)], [first, then]), SCREEN, style or Style())


def answer(accepts: bool) -> Interaction:
    return Interaction(
        kind="answer",
        at_ms=5000,
        from_ms=4250,
        there_ms=4650,
        until_ms=5033,
        widget=Answer(accepts=accepts),
    )


def at(made: Storyboard, ms: float) -> FrameState:
    return made.state(grid_index(ms, FPS))


def panel(made: Storyboard, ms: float) -> Panel:
    shown = at(made, ms).panel
    assert shown is not None
    return shown


def test_a_list_shows_from_its_click_until_the_choice() -> None:
    made = board(choice())
    assert at(made, 1966).panel is None
    assert 0 < panel(made, 2000).shown < PANEL_STEPS
    assert panel(made, 2200) == Panel(LIST, (350, 280, 100, 40), lit=0)
    assert panel(made, 3340).shown == PANEL_STEPS
    assert 0 < panel(made, 3400).shown < PANEL_STEPS
    assert at(made, 3500).panel is None


def test_the_hand_reaches_for_its_choice() -> None:
    made = board(choice())
    goal = pick_point(LIST, (350, 280, 100, 40), VIEW)
    places = [
        cursor and (cursor.x, cursor.y) for cursor in (at(made, ms).cursor for ms in (2500, 3100))
    ]
    assert places == [(400, 300), tuple(round(side * 2) / 2 for side in goal or ())]
    assert (panel(made, 2980).lit, panel(made, 3033).lit) == (0, 2)
    ripple = at(made, 3360).ripples[-1]
    assert (ripple.x, ripple.y) == goal


def test_without_native_nothing_of_it_shows() -> None:
    made = board(choice(), style=Style(native=False))
    assert all(state.panel is None for state in made.states())
    assert (at(made, 4000).cursor or ())[:2] == (400, 300)


def test_a_list_that_a_click_has_opened_shows_until_the_choice() -> None:
    opening = click(1000, 400, 300, widget=LIST.model_copy(update={"chosen": None}))
    later = choice(LIST, 2600).model_copy(update={"from_ms": None, "there_ms": None})
    made = board(opening, later)
    assert panel(made, 1500).lit == 0
    assert panel(made, 3500).lit == 2
    ripples = {state.ripples[-1][:2] for state in made.states() if state.ripples}
    assert len(ripples) == 2, "one of the click that opens it, one of the choice"


def test_a_list_without_a_choice_closes_with_the_next_action() -> None:
    opening = click(1000, 400, 300, widget=LIST.model_copy(update={"chosen": None}))
    made = board(opening, click(4000, 900, 700))
    assert panel(made, 3900)
    assert at(made, 4200).panel is None


def test_a_palette_shows_the_new_colour_when_the_hand_is_there() -> None:
    made = board(choice(Palette(before="#000000", after="#ff0000", from_ms=2600, there_ms=3000)))
    assert (panel(made, 2900).lit, panel(made, 3033).lit) == (None, 1)


def test_a_dialog_shows_across_steps() -> None:
    made = asked(CONFIRM, answer(accepts=False))
    assert at(made, 1966).panel is None
    assert panel(made, 3500) == Panel(CONFIRM, (0, 0, 0, 0))
    assert panel(made, 4700).lit == 1, "it points at Cancel"
    assert at(made, 5200).panel is None


def test_the_hand_points_at_the_button() -> None:
    made = asked(CONFIRM, answer(accepts=True))
    x, y, width, height = dialog_layout(CONFIRM, VIEW).buttons[0]
    cursor = at(made, 4800).cursor
    assert cursor
    assert x < cursor.x < x + width
    assert y < cursor.y < y + height
    assert at(made, 5033).ripples


def test_a_prompt_shows_its_text_as_it_is_typed() -> None:
    typing = Interaction(
        kind="type", at_ms=3000, until_ms=4000, widget=TypedAnswer(text="Grace Hop")
    )
    made = asked(PROMPT, typing, answer(accepts=True))
    texts = [panel(made, ms).text for ms in (2900, 3000, 3333, 4500)]
    assert texts == ["Ada", "", "Gra", "Grace Hop"]


def test_a_dialog_that_nothing_answers_stays() -> None:
    assert panel(asked(CONFIRM, close_ms=None), 8500).shown == PANEL_STEPS


def test_a_dialog_that_the_driver_closes_is_gone() -> None:
    made = asked(CONFIRM, close_ms=2500)
    assert panel(made, 2400)
    assert at(made, 2700).panel is None


def test_the_camera_shows_the_whole_list() -> None:
    low = choice(LIST).model_copy(update={"box": (1700, 900, 150, 40), "point": (1775, 920)})
    made = board(low, style=Style(zoom=True))
    view = at(made, 2500).view
    assert view is not None
    assert view.y + view.height == 1080
    assert view.y < 780, "the list above the field is in view"


def test_the_camera_goes_to_a_dialog() -> None:
    made = asked(CONFIRM, answer(accepts=True), style=Style(zoom=True))
    view = at(made, 3000).view or View(0, 0, 1920, 1080)
    assert view.width < 1920
    x, y, width, height = dialog_layout(CONFIRM, VIEW).buttons[0]
    assert view.x < x < x + width < view.x + view.width
    assert view.y < y < y + height < view.y + view.height
