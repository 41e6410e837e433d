"""A picture as SVG: colours with labels, text for those who cannot see it, tips for the curious."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from rules_lib.graphs.layout import LINE, MARGIN, PAD, TOP, laid_out, noted
from rules_lib.graphs.relations import Shape
from rules_lib.graphs.wording import readable, wrapped
from rules_lib.rules import Urgency

if TYPE_CHECKING:
    from rules_lib.graphs.layout import Picture, Placed
    from rules_lib.graphs.relations import Arrow, Graph

COLOURS = {
    Urgency.EMERGENCY: "#D55E00",
    Urgency.SAME_DAY: "#E69F00",
    Urgency.WITHIN_24_HOURS: "#F0E442",
    Urgency.ROUTINE: "#56B4E9",
    Urgency.SELF_CARE: "#009E73",
}
"""Okabe and Ito's colours, told apart by the colour-blind too; each stands beside its name."""
STROKES = COLOURS | {Urgency.WITHIN_24_HOURS: "#B3A500"}
"""Of arrows: the yellow is darker, for a thin line of it cannot be seen on white."""
INK, PALE, PAPER, LINE_COLOUR = "#1B1B1B", "#5A5A5A", "#FFFFFF", "#8A8A8A"
FILLS = {
    Shape.TOLD: "#F4F4F4",
    Shape.RULE: "#FFFFFF",
    Shape.CAUSE: "#E8EEF7",
    Shape.URGENCY: "#FFFFFF",
    Shape.ADVICE: "#EFF5EE",
}
FONT = "Helvetica, Arial, 'Liberation Sans', sans-serif"
BAR = 7
"""Width of the bar that carries a box's colour."""


def svg(graph: Graph) -> str:
    """Return a graph as the text of an SVG file, the same for the same graph."""
    picture = laid_out(graph)
    size = {"width": str(picture.width), "height": str(picture.height)}
    root = ET.Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            **size,
            "viewBox": f"0 0 {picture.width} {picture.height}",
            "role": "img",
            "aria-labelledby": "title describes",
            "font-family": FONT,
            "font-size": "13",
        },
    )
    ET.SubElement(root, "title", {"id": "title"}).text = graph.title
    ET.SubElement(root, "desc", {"id": "describes"}).text = _described(graph)
    ET.SubElement(root, "rect", {**size, "fill": PAPER})
    _marker(root)
    _heading(root, picture)
    arrows = ET.SubElement(root, "g", {"fill": "none"})
    for arrow in graph.arrows:
        _arrow(arrows, picture, arrow)
    for placed in picture.placed.values():
        _box(root, placed)
    _legend(root, picture)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="unicode") + "\n"


def _described(graph: Graph) -> str:
    """Return what the picture shows as text: its sentence, and every rule in words."""
    rules = [box.title.splitlines()[0] for box in graph.boxes if box.shape is Shape.RULE]
    return "\n".join((graph.describes, *rules))


def _marker(root: ET.Element) -> None:
    marker = ET.SubElement(
        ET.SubElement(root, "defs"),
        "marker",
        {
            "id": "head",
            "viewBox": "0 0 8 8",
            "refX": "8",
            "refY": "4",
            "markerWidth": "7",
            "markerHeight": "7",
            "markerUnits": "userSpaceOnUse",
            "orient": "auto",
        },
    )
    ET.SubElement(marker, "path", {"d": "M0 0L8 4L0 8z", "fill": LINE_COLOUR})


def _heading(root: ET.Element, picture: Picture) -> None:
    _text(root, MARGIN, 36, picture.graph.title, {"font-size": "21", "font-weight": "bold"})
    letters = int((picture.width - 2 * MARGIN) / 6.4)
    for row, line in enumerate(wrapped(picture.graph.describes, letters)[:2]):
        _text(root, MARGIN, 56 + row * 16, line, {"fill": PALE})
    for left, heading in zip(picture.columns, picture.graph.headings, strict=True):
        _text(root, left, TOP - 14, heading, {"font-weight": "bold", "fill": PALE})


def _arrow(parent: ET.Element, picture: Picture, arrow: Arrow) -> None:
    source, target = picture.placed[arrow.source], picture.placed[arrow.target]
    start, end = source.x + source.width, target.x - 1
    bend = (end - start) / 2
    path = f"M{start} {source.middle:g}"
    path += f"C{start + bend:g} {source.middle:g} {end - bend:g} {target.middle:g}"
    style = {"d": f"{path} {end} {target.middle:g}", "stroke": LINE_COLOUR, "stroke-width": "1.3"}
    if arrow.lowers:
        style["stroke-dasharray"] = "6 4"
    elif arrow.urgency is not None:
        style |= {"stroke": STROKES[arrow.urgency], "stroke-width": "1.8"}
    ET.SubElement(parent, "path", {**style, "marker-end": "url(#head)"})


def _box(root: ET.Element, placed: Placed) -> None:
    box = placed.box
    group = ET.SubElement(root, "g")
    ET.SubElement(group, "title").text = box.title
    place = {"x": str(placed.x), "y": f"{placed.y:g}"}
    size = {"width": str(placed.width), "height": str(placed.height)}
    outline = {"fill": FILLS[box.shape], "stroke": LINE_COLOUR, "rx": "5"}
    ET.SubElement(group, "rect", {**place, **size, **outline})
    inset = PAD
    if box.urgency is not None:
        bar = {**place, "width": str(BAR), "height": str(placed.height)}
        ET.SubElement(group, "rect", {**bar, "fill": COLOURS[box.urgency], "rx": "3"})
        inset += BAR
    several = len(box.lines) > 1 and box.shape is Shape.TOLD
    bold = {"font-weight": "bold"} if box.shape in {Shape.CAUSE, Shape.URGENCY} else {}
    y = placed.y + PAD + LINE - 4
    for line, first in placed.lines:
        if several and first:
            _text(group, placed.x + inset, y, "\N{BULLET}", {"fill": PALE})
        _text(group, placed.x + inset + 11 * several, y, line, bold)
        y += LINE
    if note := noted(box):
        _text(group, placed.x + inset, y, note, {"fill": PALE, "font-size": "12"})


def _legend(root: ET.Element, picture: Picture) -> None:
    """Say what the colours and lines mean, in the order of urgency."""
    x, y = MARGIN, picture.height - 42
    for urgency in reversed(Urgency):
        mark = {"x": str(x), "y": str(y - 11), "width": "13", "height": "13", "rx": "2"}
        ET.SubElement(root, "rect", {**mark, "fill": COLOURS[urgency], "stroke": LINE_COLOUR})
        _text(root, x + 19, y, readable(urgency.id), {})
        x += 19 + 7 * len(urgency.id) + 20
    said = "Each sign of a box speaks for the causes it points at."
    if any(box.shape is Shape.RULE for box in picture.graph.boxes):
        said = "All arrows into a rule must hold. A rule's colour is its urgency, or its cases'."
    if any(arrow.lowers for arrow in picture.graph.arrows):
        said += " Dashed: speaks against."
    _text(root, MARGIN, y + 22, said, {"fill": PALE})


def _text(parent: ET.Element, x: float, y: float, text: str, style: dict[str, str]) -> None:
    ET.SubElement(parent, "text", {"x": f"{x:g}", "y": f"{y:g}", "fill": INK, **style}).text = text
