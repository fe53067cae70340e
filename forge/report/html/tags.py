"""HTML that is escaped by construction: elements hold text, and serializing escapes it."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from forge.text.sanitize import clean

Child = Element | str | None


def tag(name: str, /, *children: Child, **attributes: object) -> Element:
    """Return an element. In names of attributes, `_` becomes `-`, and a final `_` is dropped.

    True makes an attribute without a value; None and False leave the attribute out.
    """
    made = Element(name)
    for key, value in attributes.items():
        if value is not None and value is not False:
            text = "" if value is True else clean(f"{value}")
            made.set(key.rstrip("_").replace("_", "-"), text)
    for child in children:
        if isinstance(child, str):
            _append_text(made, clean(child))
        elif child is not None:
            made.append(child)
    return made


def _append_text(parent: Element, text: str) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + text
    else:
        parent.text = (parent.text or "") + text


def html(root: Element) -> str:
    """Return the whole page. Text of `script` and `style` is not escaped: it must be our own."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
