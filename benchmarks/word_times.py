"""How exactly is it known when each word is heard?

    python benchmarks/word_times.py [--rate 175]

Twenty sentences in each of three languages. What an engine reports is compared with the sound: a
word after punctuation begins where silence ends. What forge estimates from the sound alone is
compared with what the engine reports, for every word.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
from _bench import arguments, keep, show

from forge.model.settings import Voice as Config
from forge.workers.speaking import wav
from forge.workers.speaking.estimate import estimated
from forge.workers.speaking.heard import audible
from forge.workers.speaking.reported import by_word
from forge.workers.speaking.voice import Voice, make_voice

LOUD = {"pyttsx3": wav.SILENCE, "piper": 300}  # piper's silence is noise
STILL_S = 0.1  # a shorter silence is a part of a sound
PUNCTUATION = tuple(",.;:!?")
SENTENCES = {
    "gmw/en-us": """
        To add an event, click New event.
        Choose a room; then pick a date, and save it.
        First, open the settings. Then turn on dark mode.
        The list is empty: there are no bookings yet.
        Type the name of your company, for example Acme.
        If you change your mind, press Escape to go back.
        Tables, charts, and maps can be exported.
        Please wait. Your report, which may be long, is being made.
        Drag the card to Done, drop it there, and watch the counter.
        In the top right corner, you will find your profile.
        Select all, copy, and paste.
        Passwords need twelve characters, one digit, and one sign.
        Here is the dashboard. It shows sales, costs, and profit.
        Keep calm, take a break, come back tomorrow.
        Double click the file; preview opens at once.
        When everything is right, publish the page.
        This tutorial takes three minutes, no more.
        Open the menu, choose Print, then confirm.
        Great, that worked. Congratulations!
        Check your mail: a link, valid for one hour, was sent.
    """,
    "gmw/de": """
        Um einen Termin anzulegen, klicken Sie auf Neu.
        Wählen Sie einen Raum, dann ein Datum, und speichern Sie.
        Zuerst öffnen Sie die Einstellungen. Danach den dunklen Modus.
        Die Liste ist leer: niemand hat gebucht.
        Geben Sie den Namen ein, zum Beispiel Müller.
        Wenn Sie sich irren, drücken Sie Escape.
        Tabellen, Diagramme und Karten, alles lässt sich ausgeben.
        Bitte warten. Ihr Bericht, der lang sein kann, entsteht.
        Ziehen Sie die Karte nach rechts, lassen Sie los, fertig.
        Oben rechts, neben dem Namen, finden Sie Ihr Profil.
        Alles auswählen, kopieren, einfügen.
        Das Kennwort braucht zwölf Zeichen, eine Ziffer, ein Sonderzeichen.
        Das ist die Übersicht. Sie zeigt Umsatz, Kosten, Gewinn.
        Ruhig bleiben, Pause machen, morgen weiter.
        Doppelklick auf die Datei; die Vorschau erscheint.
        Wenn alles stimmt, veröffentlichen Sie die Seite.
        Diese Anleitung dauert drei Minuten, nicht mehr.
        Menü öffnen, Drucken wählen, bestätigen.
        Prima, das hat geklappt. Glückwunsch!
        Prüfen Sie die Post: ein Link, eine Stunde gültig, ist da.
    """,
    "roa/es": """
        Para añadir un evento, haga clic en Nuevo.
        Elija una sala, luego una fecha, y guarde.
        Primero, abra los ajustes. Después active el modo oscuro.
        La lista está vacía: nadie ha reservado.
        Escriba el nombre de su empresa, por ejemplo Acme.
        Si cambia de idea, pulse Escape para volver.
        Tablas, gráficos y mapas, todo se puede exportar.
        Espere, por favor. Su informe, que puede ser largo, se prepara.
        Arrastre la tarjeta a Hecho, suéltela, y mire el contador.
        Arriba a la derecha, junto al nombre, está su perfil.
        Seleccionar todo, copiar, pegar.
        La clave necesita doce caracteres, una cifra, un signo.
        Este es el panel. Muestra ventas, costes, beneficios.
        Calma, un descanso, y mañana seguimos.
        Doble clic en el archivo; se abre la vista previa.
        Cuando todo esté bien, publique la página.
        Este tutorial dura tres minutos, nada más.
        Abra el menú, elija Imprimir, confirme.
        Genial, ha funcionado. ¡Felicidades!
        Revise su correo: un enlace, válido una hora, está ahí.
    """,
}


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rate", type=int, default=175)
    rate = parser.parse_args().rate
    rows, figures = [], {}
    voices = [("pyttsx3", name) for name in SENTENCES] + [("piper", "gmw/en-us")]
    for engine, name in voices:
        voice = make_voice(Config(engine=engine, rate=rate), name if engine == "pyttsx3" else None)
        language = name[4:6]
        onsets_ms: list[float] = []
        errors_ms: list[float] = []
        for line in SENTENCES[name].strip().splitlines():
            late, wrong = _measured(voice, line.strip(), language, LOUD[engine])
            onsets_ms += late
            errors_ms += wrong
        reported, guessed = _summary(onsets_ms), _summary(errors_ms)
        figures[f"{engine} {language}"] = {"reported_ms": reported, "estimated_ms": guessed}
        rows.append([engine, language, *reported.values(), *guessed.values()])
    show(
        "Milliseconds from the sound (reported) and from the report (estimated)",
        ["engine", "language", *["words", "mean", "95 %", "worst"] * 2],
        rows,
    )
    keep("word_times", figures)


def _measured(voice: Voice, text: str, language: str, loud: int) -> tuple[list[float], list[float]]:
    """Return the errors of reported and of estimated times, in milliseconds."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "line.wav"
        reported = voice.speak(text, path) or []
        samples, rate = wav.read(path)
    at = np.flatnonzero(np.abs(samples.astype(np.int32)) > loud)
    onsets_s = at[np.append(True, np.diff(at) > STILL_S * rate)] / rate
    words = by_word(text, language, reported, samples, rate)
    after_silence = [word for word in words if _follows_pause(text, word.at)]
    late = [float(np.min(np.abs(onsets_s - word.from_s))) * 1000 for word in after_silence]
    known = audible(words, samples, rate)
    guessed = audible(estimated(text, language, samples, rate), samples, rate)
    return late, [abs(a.from_s - b.from_s) * 1000 for a, b in zip(known, guessed, strict=True)]


def _follows_pause(text: str, at: int) -> bool:
    before = text[:at].rstrip(' "¡¿')
    return not before or before.endswith(PUNCTUATION)


def _summary(errors_ms: list[float]) -> dict[str, str]:
    return {
        "words": str(len(errors_ms)),
        "mean": f"{np.mean(errors_ms):.0f}",
        "95 %": f"{np.percentile(errors_ms, 95):.0f}",
        "worst": f"{max(errors_ms):.0f}",
    }


if __name__ == "__main__":
    main()
