"""Chinese texts as Kokoro's phonemes: words by ICU, pinyin by pypinyin, then the IPA of each."""

from __future__ import annotations

import re
from collections.abc import Iterator

from forge.text.segments import words
from forge.workers.speaking.engines.kokoro import english

INITIALS = {
    "b": "p", "p": "pʰ", "m": "m", "f": "f", "d": "t", "t": "tʰ", "n": "n", "l": "l",
    "g": "k", "k": "kʰ", "h": "x", "j": "ʨ", "q": "ʨʰ", "x": "ɕ", "zh": "ꭧ", "ch": "ꭧʰ",
    "sh": "ʂ", "r": "ɻ", "z": "ʦ", "c": "ʦʰ", "s": "s", "": "",
}  # fmt: skip
#: The tone is written where the underscore is.
FINALS = {
    "a": "a_", "ai": "ai_", "an": "a_n", "ang": "a_ŋ", "ao": "au_", "e": "ɤ_", "ei": "ei_",
    "en": "ə_n", "eng": "ə_ŋ", "er": "ɚ_", "i": "i_", "ia": "ja_", "ian": "jɛ_n",
    "iang": "ja_ŋ", "iao": "jau_", "ie": "je_", "in": "i_n", "ing": "i_ŋ", "io": "jɔ_",
    "iong": "jʊ_ŋ", "iou": "jou_", "o": "wo_",
    "ong": "ʊ_ŋ", "ou": "ou_", "u": "u_", "ua": "wa_", "uai": "wai_", "uan": "wa_n",
    "uang": "wa_ŋ", "uei": "wei_", "uen": "wə_n", "ueng": "wə_ŋ", "uo": "wo_", "v": "y_",
    "van": "ɥɛ_n", "ve": "ɥe_", "vn": "y_n", "ê": "ɛ_",
}  # fmt: skip
BUZZED = {"zh", "ch", "sh", "r", "z", "c", "s"}  # an i after these is no i, but a long ɨ
TONES = {"1": "→", "2": "↗", "3": "↓", "4": "↘", "5": ""}
SIGNS = str.maketrans({
    "、": ", ", "，": ", ", "。": ". ", "．": ". ", "！": "! ", "？": "? ", "：": ": ", "；": "; ",
    "「": " “", "」": "” ", "『": " “", "』": "” ", "《": " “", "》": "” ", "【": " “", "】": "” ",
    "（": " (", "）": ") ",
})  # fmt: skip
HAN = re.compile(r"([\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)")
YUAN = re.compile(r"[¥￥] ?([\d,.]+)")
CLOCK = re.compile(r"(?<!\d)(\d{1,2})[:：](\d\d)(?!\d)")
THOUSANDS = re.compile(r"(?<=\d),(?=\d{3})")
LATIN = re.compile(r"([A-Za-z][A-Za-z'’ -]*)")


def phonemes(text: str) -> str:
    """Return the phonemes of `text`, English words in it as English."""
    import cn2an

    text = CLOCK.sub(r"\1点\2分", YUAN.sub(r"\1元", THOUSANDS.sub("", text)))
    return "".join(_pieces(cn2an.transform(text, "an2cn").translate(SIGNS))).strip()


def _pieces(text: str) -> Iterator[str]:
    for number, piece in enumerate(HAN.split(text)):
        if number % 2:
            yield " ".join(_word(piece[at:end]) for at, end in words(piece, "zh"))
        else:
            for inner, other in enumerate(LATIN.split(piece)):
                yield f" {english.ipa(other)} " if inner % 2 else other


def _word(word: str) -> str:
    from pypinyin import Style, lazy_pinyin

    initials = lazy_pinyin(word, style=Style.INITIALS, strict=True)
    finals = lazy_pinyin(word, style=Style.FINALS_TONE3, strict=True, neutral_tone_with_five=True)
    return "".join(map(_syllable, initials, finals))


def _syllable(initial: str, final: str) -> str:
    sound = "ɨ_" if final[:-1] == "i" and initial in BUZZED else FINALS.get(final[:-1], "")
    return INITIALS.get(initial, "") + sound.replace("_", TONES.get(final[-1:], ""))
