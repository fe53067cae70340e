"""The fixed words on cards and dialogs, by language."""

from __future__ import annotations

from typing import NamedTuple


class Words(NamedTuple):
    """The headings over the objectives of an intro and over the summary of a recap.

    `ok`, `cancel`: the buttons of dialogs.
    """

    objectives: str
    summary: str
    ok: str
    cancel: str


ENGLISH = Words("In this tutorial", "Recap", "OK", "Cancel")
WORDS = {
    "en": ENGLISH,
    "es": Words("En este tutorial", "Resumen", "Aceptar", "Cancelar"),
    "de": Words("In diesem Tutorial", "Zusammenfassung", "OK", "Abbrechen"),
    "fr": Words("Dans ce tutoriel", "En résumé", "OK", "Annuler"),
    "ja": Words("このチュートリアルの内容", "まとめ", "OK", "キャンセル"),
    "it": Words("In questo tutorial", "Riepilogo", "OK", "Annulla"),
    "pt": Words("Neste tutorial", "Resumo", "OK", "Cancelar"),
    "nl": Words("In deze tutorial", "Samenvatting", "OK", "Annuleren"),
    "pl": Words("W tym samouczku", "Podsumowanie", "OK", "Anuluj"),
    "sv": Words("I den här guiden", "Sammanfattning", "OK", "Avbryt"),
    "da": Words("I denne guide", "Opsummering", "OK", "Annuller"),
    "nb": Words("I denne veiledningen", "Oppsummering", "OK", "Avbryt"),
    "fi": Words("Tässä oppaassa", "Yhteenveto", "OK", "Peruuta"),
    "cs": Words("V tomto návodu", "Shrnutí", "OK", "Zrušit"),
    "tr": Words("Bu eğitimde", "Özet", "Tamam", "İptal"),
    "ru": Words("В этом уроке", "Итоги", "ОК", "Отмена"),
    "uk": Words("У цьому уроці", "Підсумок", "ОК", "Скасувати"),
    "zh": Words("本教程内容", "小结", "确定", "取消"),
    "ko": Words("이 튜토리얼의 내용", "요약", "확인", "취소"),
    "ar": Words("في هذا الدرس", "الخلاصة", "حسنًا", "إلغاء"),
    "he": Words("במדריך הזה", "סיכום", "אישור", "ביטול"),
    "el": Words("Σε αυτό το μάθημα", "Σύνοψη", "OK", "Άκυρο"),
    "hi": Words("इस ट्यूटोरियल में", "सारांश", "ठीक है", "रद्द करें"),
    "th": Words("ในบทเรียนนี้", "สรุป", "ตกลง", "ยกเลิก"),
    "vi": Words("Trong hướng dẫn này", "Tóm tắt", "OK", "Hủy"),
    "id": Words("Dalam tutorial ini", "Ringkasan", "OK", "Batal"),
    "hu": Words("Ebben az útmutatóban", "Összefoglalás", "OK", "Mégse"),
    "ro": Words("În acest tutorial", "Rezumat", "OK", "Anulează"),
    "sk": Words("V tomto návode", "Zhrnutie", "OK", "Zrušiť"),
    "bg": Words("В този урок", "Обобщение", "ОК", "Отказ"),
    "fa": Words("در این آموزش", "خلاصه", "تأیید", "لغو"),
}
NORWEGIAN = {"no": "nb", "nn": "nb"}


def words_for(language: str) -> Words:
    """Return the words in `language`, or in English where there is no translation."""
    code = language.split("-")[0].lower()
    return WORDS.get(NORWEGIAN.get(code, code), ENGLISH)
