"""Voices of ElevenLabs."""

from __future__ import annotations

from urllib.parse import quote

from forge.workers.speaking.engines.remote import Ask, RemoteEngine

FORMAT = "mp3_44100_128"  # the best format in every plan


class ElevenLabsEngine(RemoteEngine):
    """POST /v1/text-to-speech/… (https://elevenlabs.io/docs/api-reference/text-to-speech)."""

    engine = "elevenlabs"
    title = "ElevenLabs"
    variable = "ELEVENLABS_API_KEY"
    address = "https://api.elevenlabs.io"
    usual_voice = "JBFqnCBsd6RMkjVDRZzb"  # George
    usual_model = "eleven_multilingual_v2"
    speeds = (0.7, 1.2)

    def ask(self, text: str, voice: str, secret: str) -> Ask:
        """Return the request for `text`. Its fixed seed asks the service for the same sound."""
        path = f"/v1/text-to-speech/{quote(voice, safe='')}?output_format={FORMAT}"
        body = {"text": text, "model_id": self.model, "seed": 1}
        speed = {} if self.speed == 1 else {"voice_settings": {"speed": self.speed}}
        return Ask(path, {"xi-api-key": secret}, body | speed)
