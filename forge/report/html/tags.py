"""HTML that is escaped by construction: text goes in as text, and only tags come out as tags."""

from __future__ import annotations

from xml.etree.ElementTree import Element, tostring

from forge.text.sanitize import clean

Child = Element | str | None


def tag(name: str, /, *children: Child, **attributes: object) -> Element:
    """An element. In names of attributes `_` is `-`, and one at the end falls away (`class_`).

    True makes an attribute without a value; None and False leave it out.
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
    """The whole page. The text of `script` and `style` stands as it is: it must be ours."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"
