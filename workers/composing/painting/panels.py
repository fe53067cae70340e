"""Lists, pickers and dialogs of the browser, drawn on the page in the style of the cards."""

from __future__ import annotations

from functools import lru_cache

from forge.model.widgets import Calendar, Dialog, OpenList, Palette
from forge.workers.composing.painting.dialog_panel import DialogPanel
from forge.workers.composing.painting.list_panel import ListPanel
from forge.workers.composing.painting.panel_style import PanelStyle
from forge.workers.composing.painting.picker_panels import PickerPanels
from forge.workers.composing.painting.sheet import Sheet
from forge.workers.composing.painting.sprites import Canvas, Sprite, faded, lay, sprite_of
from forge.workers.composing.painting.theme import Theme
from forge.workers.composing.storyboard.frame_state import PANEL_STEPS, FrameState, Panel
from forge.workers.composing.storyboard.panel_layout import Side


class PanelArtist:
    """Draws `FrameState.panel`. The last ones are kept: one shows in many frames.

    `theme` is of the video's language, in which a dialog's buttons are written. The text of lists
    and pickers is the page's: it is set in `page_theme`, the same in every language, so that they
    are drawn and encoded once.
    """

    def __init__(self, theme: Theme, page_theme: Theme, scale: float) -> None:
        style = PanelStyle(page_theme, scale)
        self._scale = scale
        self._list, self._pickers = ListPanel(style), PickerPanels(style)
        self._dialog = DialogPanel(PanelStyle(theme, scale))
        self._solid = lru_cache(maxsize=2)(self._converted)

    def draw(self, canvas: Canvas, state: FrameState) -> None:
        if (panel := state.panel) is None:
            return
        height, width = canvas.y.shape
        view = Side(width / self._scale, height / self._scale)
        sprite, x, y = self._solid(panel._replace(shown=PANEL_STEPS), view)
        if panel.shown < PANEL_STEPS:
            sprite = faded(sprite, panel.shown, PANEL_STEPS)
        lay(canvas, sprite, x, y)

    def _converted(self, panel: Panel, view: Side) -> tuple[Sprite, int, int]:
        sheet = self._drawn(panel, view)
        return sprite_of(sheet.picture), sheet.x, sheet.y

    def _drawn(self, panel: Panel, view: Side) -> Sheet:
        match panel.of:
            case OpenList():
                return self._list.drawn(panel.of, panel, view)
            case Calendar():
                return self._pickers.calendar(panel.of, panel, view)
            case Palette():
                return self._pickers.palette(panel.of, panel, view)
            case Dialog():
                return self._dialog.drawn(panel.of, panel, view)
