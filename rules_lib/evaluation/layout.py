"""What the sections of the page are made of: figures with captions, and tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rules_lib.evaluation.markup import element

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element


def figure(caption: str, drawing: Element) -> Element:
    """Return a drawing under its caption."""
    return element("figure", element("figcaption", caption), drawing)


def table(caption: str, rows: Sequence[Sequence[str]], *, said: bool = False) -> Element:
    """
    Return a table that scrolls where it is too wide.

    Args:
        caption: what it holds; empty where the heading above says it.
        rows: the first is the head.
        said: whether the last column holds words, not figures.
    """
    head, *body = rows
    made = element(
        "table",
        element("caption", caption) if caption else None,
        element("thead", element("tr", _cells("th", head, said=said))),
        element("tbody", [element("tr", _cells("td", row, said=said)) for row in body]),
    )
    label = caption or "figures"
    return element("div", made, class_="scroll", tabindex="0", role="region", aria_label=label)


def _cells(kind: str, row: Sequence[str], *, said: bool) -> Iterator[Element]:
    """Give the cells of a row: its name, then heads or figures."""
    yield element("th", row[0], scope="row" if kind == "td" else "col")
    for number, cell in enumerate(row[1:], 2):
        words = "said" if said and number == len(row) else None
        yield element(kind, cell, class_=words, scope="col" if kind == "th" else None)
