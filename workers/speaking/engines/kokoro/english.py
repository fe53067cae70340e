"""English words as Kokoro's phonemes, by espeak-ng."""

from __future__ import annotations

import ctypes
from functools import cache

from forge.errors import MachineError

LIBRARY = "libespeak-ng.so.1"
UTF_8, IPA = 1, 0x02
SYNCHRONOUS, DO_NOT_EXIT = 0x02, 0x8000

#: Kokoro has one sign for each of these sounds of espeak-ng.
SIGNS = {
    "eɪ": "A", "aɪ": "I", "oʊ": "O", "aʊ": "W", "ɔɪ": "Y", "dʒ": "ʤ", "tʃ": "ʧ",
    "ɚ": "əɹ", "ɝ": "ɜɹ", "r": "ɹ", "ɐ": "ə", "ː": "",
}  # fmt: skip


def ipa(words: str) -> str:
    """Return the phonemes of English `words`.

    Raises:
        MachineError: espeak-ng is not installed.
    """
    text = ctypes.c_char_p(words.encode())
    found = []
    while text.value is not None:  # each call reads one clause, and moves `text` behind it
        found.append(library().espeak_TextToPhonemes(ctypes.byref(text), UTF_8, IPA).decode())
    phonemes = " ".join(found)
    for theirs, sign in SIGNS.items():
        phonemes = phonemes.replace(theirs, sign)
    return phonemes


@cache
def library() -> ctypes.CDLL:
    try:
        library = ctypes.CDLL(LIBRARY)
    except OSError as problem:
        raise MachineError(
            f"espeak-ng's library cannot be loaded: {problem}",
            hint="it reads English words in Chinese sentences: `apt-get install libespeak-ng1`",
        ) from problem
    library.espeak_TextToPhonemes.restype = ctypes.c_char_p
    library.espeak_Initialize(SYNCHRONOUS, 0, None, DO_NOT_EXIT)
    library.espeak_SetVoiceByName(b"en-us")
    return library
