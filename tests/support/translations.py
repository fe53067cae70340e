"""Texts beside their translations, as a project has them."""

from __future__ import annotations

from forge.project.translated import Text


def text(
    name: str,
    translation: str | None = None,
    of: str | None = None,
    *,
    source: str | None = None,
    side_file: str = "/p/tour.es.json",
) -> Text:
    """Return a text of the tutorial `tour`; its source is `The text of <name>.` by default."""
    return Text(
        tutorial="tour",
        name=name,
        key=name,
        source=f"The text of {name}." if source is None else source,
        file="tutorials/tour.py",
        line=7,
        lang="es",
        side_file=side_file,
        translation=translation,
        of=of,
    )
