"""Advice about a line, measured on its sound."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from forge.model.utterance import Utterance
from forge.workers.speaking.heard import Heard
from forge.workers.speaking.syllables import weight

#: Letters of Latin a second (`syllables.weight`). espeak-ng speaks 9 to 21 at its usual rate, in
#: twenty languages. 26 are about five words of English a second, or 300 a minute.
FASTEST = 26.0
LONGEST_WORD = 40.0  # no word that is read out has more letters
SHORTEST_S = 2.0  # shorter speech may be fast by chance
GAP_S = 0.2  # a longer silence between words is a pause
#: A line of sixty words, the most that is advised in the source language, takes about 25 s; many
#: languages need a fifth more.
LONGEST_S = 30.0
NO_SPACES = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")


def advice(step: str, said: Utterance, heard: Sequence[Heard], length_s: float) -> str | None:
    """Return advice on a line that lasts `length_s`, if it is too fast or too long."""
    if not heard:
        return None
    gaps_s = (b.from_s - a.until_s for a, b in pairwise(heard))
    speech_s = heard[-1].until_s - heard[0].from_s - sum(gap_s for gap_s in gaps_s if gap_s > GAP_S)
    spoken = [said.text[word.at : word.end] for word in heard]
    letters = sum(min(weight(word), LONGEST_WORD) for word in spoken)
    if speech_s >= SHORTEST_S and letters > FASTEST * speech_s:
        return (
            f"step {step!r}: {_speed(spoken, speech_s)}, faster than most listeners can follow:"
            " lower voice.rate"
        )
    narration_s = length_s - sum(pause_s for _, pause_s in said.pauses)
    if narration_s > LONGEST_S:
        return (
            f"step {step!r}: {narration_s:.0f} s of narration; over {LONGEST_S:.0f} s in one step"
            " tire the viewer: divide it into several steps"
        )
    return None


def _speed(spoken: Sequence[str], speech_s: float) -> str:
    signs = "".join(spoken)
    if len(NO_SPACES.findall(signs)) > len(signs) / 2:
        return f"{len(signs) / speech_s:.1f} characters a second"
    return f"{len(spoken) / speech_s:.1f} words a second"
