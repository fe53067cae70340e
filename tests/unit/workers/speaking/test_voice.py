"""Voices and engines: found by name or entry point, and checked."""

from __future__ import annotations

from pathlib import Path

import pytest

from forge.errors import MachineError, SettingsError
from forge.model.settings import Voice
from forge.workers.speaking import voice as voices
from forge.workers.speaking.voice import check_voice, make_voice

pytestmark = pytest.mark.extras


@pytest.mark.parametrize("engine", ["openai", "elevenlabs", "piper", "kokoro"])
def test_a_missing_extra_is_named(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forge.workers.speaking.engines.extras.find_spec", lambda module: None)
    with pytest.raises(MachineError, match="which is not installed") as caught:
        check_voice(Voice(engine=engine), {None})
    assert caught.value.hint == f"pip install 'forge-tutorials[{engine}]'"


THEIRS = """
class Engine:
    def __init__(self, config, project_dir):
        self.rate = config.rate

    def voice(self, name):
        return (name, self.rate)

    def check(self, names):
        return [f"checked {sorted(names)}"]
"""


def test_an_entry_point_brings_another_engine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "their_voices.py").write_text(THEIRS)
    info = tmp_path / "their_voices-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: their-voices\nVersion: 1\n")
    points = "theirs = their_voices:Engine\nbroken = their_voices:Nothing\n"
    (info / "entry_points.txt").write_text(f"[{voices.GROUP}]\n{points}")
    monkeypatch.syspath_prepend(tmp_path)
    config = Voice(engine="theirs", rate=100)
    made: object = make_voice(config, "x")
    assert made == ("x", 100)
    assert check_voice(config, {"x"}) == ["checked ['x']"]
    with pytest.raises(MachineError, match="their_voices:Nothing cannot be loaded") as caught:
        check_voice(Voice(engine="broken"), set())
    assert "their-voices" in caught.value.hint
    with pytest.raises(SettingsError, match="no such voice engine") as unknown:
        check_voice(Voice(engine="theirz"), set())
    assert unknown.value.hint == "did you mean 'theirs'?"
