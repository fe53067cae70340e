"""Scripts for a page on virtual time: some run before its own, others ask for its state."""

from __future__ import annotations

from forge.workers.recording.javascript import load

#: What these scripts report through the binding: that a task is due when the grant ends, that one
#: may be due at any time, or how many media elements are seeking.
AT_THE_END, UNKNOWN = "end", "unknown"
#: Makes time and random numbers the same in every run. Chromium counts `performance.now` and the
#: times of animation frames from the moment, on the machine's clock, at which its browser process
#: was asked for the document, and changes them by up to 0.1 ms at random. The script counts them
#: from the document's beginning and rounds them to whole milliseconds. `Math.random` gets a seed
#: (SEED). The caret does not blink, because its timer is the browser's own.
#:
#: The script also records what is to come: `due`, when each timer fires, and `frames`, the
#: callbacks that wait for the next frame. `ends` is when the grant ends: a timer that is due just
#: then is reported. Two kinds of tasks are reported as unknown: those that are not counted here,
#: and those of documents in frames, where DUE_SCRIPT does not run.
OWN_TIME_SCRIPT = load(__name__, "own_time")
#: Keeps the browser's own lists and pickers closed (of a `select`, a date field). No frame can be
#: drawn of a page while one is open over it, and none of them is ever in the picture.
CLOSED_SCRIPT = load(__name__, "closed_pickers")
#: Returns [moving, busy, due_ms]: what moves from frame to frame; the part of it that may show that
#: the page waits for something, as a spinner does; when the next timer fires, -1 without one. A
#: caret that an editor draws itself is not busy: it blinks, by an animation of few steps.
DUE_SCRIPT = load(__name__, "due")
#: The frame marker (`page_time.begin_frame`): a promise that is resolved in the next frame's
#: animation-frame callbacks. `own_time` defines it, as `forge.gate`. (`CpuGate` is another thing.)
FRAME_MARKER_SCRIPT = "window[Symbol.for('forge.gate')]?.(MS)"
#: Lets media play on the page's time. Their own threads run on the machine's clock. So they play at
#: rate 0, and the script seeks them in each frame to the position that they would have; the next
#: frame, or the one after, shows it. `hold` reports how many are seeking: until they have finished,
#: page time stands still.
MEDIA_SCRIPT = load(__name__, "media")
#: Applies the page's style sheets, if all of them have come.
STYLE_SCRIPT = load(__name__, "apply_style")
COMPLETE_SCRIPT = "document.readyState === 'complete'"
LOADED_SCRIPT = f"{COMPLETE_SCRIPT} && location.href !== 'about:blank'"


def new_document_script(seed: int | None) -> str:
    """Return the script for each new document; `seed`: of its `Math.random`."""
    own_time = OWN_TIME_SCRIPT.replace("SEED", "null" if seed is None else str(seed))
    return ";".join((own_time, MEDIA_SCRIPT, CLOSED_SCRIPT))
