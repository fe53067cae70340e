"""Voices of OpenAI, and of other servers with the same API (`voice.base_url`)."""

from __future__ import annotations

from forge.workers.speaking.engines.remote import Ask, RemoteEngine


class OpenAIEngine(RemoteEngine):
    """POST /audio/speech (https://platform.openai.com/docs/api-reference/audio/createSpeech)."""

    engine = "openai"
    title = "OpenAI"
    variable = "OPENAI_API_KEY"
    address = "https://api.openai.com/v1"
    usual_voice = "coral"
    usual_model = "gpt-4o-mini-tts"
    speeds = (0.25, 4.0)

    def ask(self, text: str, voice: str, secret: str) -> Ask:
        """Return the request for `text`."""
        body = {"model": self.model, "voice": voice, "input": text, "response_format": "wav"}
        speed = {} if self.speed == 1 else {"speed": self.speed}  # some models refuse the key
        return Ask("/audio/speech", {"Authorization": f"Bearer {secret}"}, body | speed)
