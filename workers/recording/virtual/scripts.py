"""What runs in a page on virtual time before its own scripts, and what it is asked by."""

from __future__ import annotations

from forge.workers.recording.javascript import load

#: What a page tells by the binding: how many media are being sought (its time is to stand still
#: for as long), or that something is due when the grant ends, or may be at any time.
AT_THE_END, UNKNOWN = "end", "unknown"
# Chance and time as every run sees them. `performance.now` and the time that frames are told count
# from when the browser process, on its own clock, was asked for the document, and are blurred by a
# random 0.1 ms: counted from the document's beginning and rounded, they are the same every time.
# `due` and `frames` are what is to come: when the next timer fires, and how many callbacks wait
# for the next frame. `ends` is when the grant does: of a timer that is due just then is told, of
# what is not counted here every time, and of a frame's, which is not asked. The caret stands
# still: it blinks by a timer of the browser's own.
OWN_TIME_SCRIPT = load(__name__, "own_time")
#: No frame can be drawn of a page while a list or picker of the browser's own is open over it, and
#: none is ever in the picture: they stay closed.
CLOSED_SCRIPT = load(__name__, "closed_pickers")
#: `busy` are movements of which some may be a sign of waiting, as a spinner is. A caret that an
#: editor draws itself is none: it blinks, by steps between two looks.
DUE_SCRIPT = load(__name__, "due")
GATE_SCRIPT = "window[Symbol.for('forge.gate')]?.(MS)"
#: Media play on threads that know no time but the machine's. Played at no speed at all, they are
#: sought once a frame to where they would be by then; the next frame shows it, or the one after.
#: `hold` is called with how many are being sought: as long the page's time is to stand still.
MEDIA_SCRIPT = load(__name__, "media")
#: Has the page's style be applied, if all of it is here.
STYLE_SCRIPT = load(__name__, "apply_style")
COMPLETE_SCRIPT = "document.readyState === 'complete'"
LOADED_SCRIPT = f"{COMPLETE_SCRIPT} && location.href !== 'about:blank'"


def new_document_script(seed: int | None) -> str:
    """Return what runs in each document before its own scripts; `seed`: of `Math.random`."""
    own_time = OWN_TIME_SCRIPT.replace("SEED", "null" if seed is None else str(seed))
    return ";".join((own_time, MEDIA_SCRIPT, CLOSED_SCRIPT))
