"""Voices of ElevenLabs."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote

from forge.errors import SpeechError
from forge.workers.speaking.engines.remote import Ask, RemoteEngine
from forge.workers.speaking.heard import Heard

FORMAT = "mp3_44100_128"  # the best format in every plan


class ElevenLabsEngine(RemoteEngine):
    """POST /v1/text-to-speech/…/with-timestamps.

    (https://elevenlabs.io/docs/api-reference/text-to-speech/convert-with-timestamps)
    """

    engine = "elevenlabs"
    title = "ElevenLabs"
    variable = "ELEVENLABS_API_KEY"
    address = "https://api.elevenlabs.io"
    usual_voice = "JBFqnCBsd6RMkjVDRZzb"  # George
    usual_model = "eleven_multilingual_v2"
    speeds = (0.7, 1.2)

    def ask(self, text: str, voice: str, secret: str) -> Ask:
        """Return the request for `text`. Its fixed seed asks the service for the same sound."""
        voice = quote(voice, safe="")
        path = f"/v1/text-to-speech/{voice}/with-timestamps?output_format={FORMAT}"
        body = {"text": text, "model_id": self.model, "seed": 1}
        speed = {} if self.speed == 1 else {"voice_settings": {"speed": self.speed}}
        return Ask(path, {"xi-api-key": secret}, body | speed)

    def sound(self, data: bytes, text: str) -> tuple[bytes, list[Heard] | None]:
        """Return the sound file in an answer, and when each character of `text` is heard in it.

        Raises:
            SpeechError: it has no sound.
        """
        try:
            answer = json.loads(data)
            sound = base64.b64decode(answer["audio_base64"])
        except (ValueError, TypeError, KeyError) as problem:
            raise SpeechError(f"not the JSON that was asked for: {problem!r}") from problem
        try:
            return sound, _heard(text, **answer["alignment"])
        except (KeyError, TypeError, ValueError):  # it aligned another text than it was given
            return sound, None


def _heard(
    text: str,
    characters: list[str],
    character_start_times_seconds: list[float],
    character_end_times_seconds: list[float],
) -> list[Heard]:
    if "".join(characters) != text:
        raise ValueError("another text")
    places = [0]
    for character in characters:
        places.append(places[-1] + len(character))
    return [
        Heard(at, end, float(from_s), float(until_s))
        for at, end, from_s, until_s in zip(
            places[:-1],
            places[1:],
            character_start_times_seconds,
            character_end_times_seconds,
            strict=True,
        )
    ]
