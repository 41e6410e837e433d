"""HTML and SVG as a tree: nothing can be left unescaped or unclosed."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree.ElementTree import Element, tostring

if TYPE_CHECKING:
    from collections.abc import Iterable

Child = Element | str | None
"""What may stand in an element; None stands for nothing."""


def element(name: str, /, *children: Child | Iterable[Child], **attributes: object) -> Element:
    """
    Return an element.

    Args:
        name: e.g. `p`.
        children: elements and text, in order; also sequences of them.
        attributes: `class_` for `class`, `aria_label` for `aria-label`; None leaves one out, and
            numbers are written with at most one decimal.
    """
    made = Element(
        name,
        {
            key.rstrip("_").replace("_", "-"): _written(value)
            for key, value in attributes.items()
            if value is not None
        },
    )
    for child in _flat(children):
        if isinstance(child, Element):
            made.append(child)
        elif len(made):
            made[-1].tail = (made[-1].tail or "") + child
        else:
            made.text = (made.text or "") + child
    return made


def document(root: Element) -> str:
    """Return a whole HTML document."""
    return "<!doctype html>\n" + tostring(root, encoding="unicode", method="html") + "\n"


def _flat(children: Iterable[Child | Iterable[Child]]) -> Iterable[Element | str]:
    for child in children:
        # An element is a sequence of its own children, too.
        if isinstance(child, Element | str):
            yield child
        elif child is not None:
            yield from _flat(child)


def _written(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
