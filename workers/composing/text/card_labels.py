"""The fixed words on cards, by language."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The headings over the objectives of an intro and over the summary of a recap."""

    objectives: str
    summary: str


ENGLISH = Words("In this tutorial", "Recap")
WORDS = {
    "en": ENGLISH,
    "es": Words("En este tutorial", "Resumen"),
    "de": Words("In diesem Tutorial", "Zusammenfassung"),
    "fr": Words("Dans ce tutoriel", "En résumé"),
    "ja": Words("このチュートリアルの内容", "まとめ"),
    "it": Words("In questo tutorial", "Riepilogo"),
    "pt": Words("Neste tutorial", "Resumo"),
    "nl": Words("In deze tutorial", "Samenvatting"),
    "pl": Words("W tym samouczku", "Podsumowanie"),
    "sv": Words("I den här guiden", "Sammanfattning"),
    "da": Words("I denne guide", "Opsummering"),
    "nb": Words("I denne veiledningen", "Oppsummering"),
    "fi": Words("Tässä oppaassa", "Yhteenveto"),
    "cs": Words("V tomto návodu", "Shrnutí"),
    "tr": Words("Bu eğitimde", "Özet"),
    "ru": Words("В этом уроке", "Итоги"),
    "uk": Words("У цьому уроці", "Підсумок"),
    "zh": Words("本教程内容", "小结"),
    "ko": Words("이 튜토리얼의 내용", "요약"),
    "ar": Words("في هذا الدرس", "الخلاصة"),
    "he": Words("במדריך הזה", "סיכום"),
}


def words_for(language: str) -> Words:
    """Return the words in `language`, or in English where there is no translation."""
    return WORDS.get(language.split("-")[0].lower(), ENGLISH)
