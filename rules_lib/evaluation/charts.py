"""
The plots of the report, as SVG.

They are drawn 420 wide, so that their words can be read on a phone. The colours are those of
Okabe & Ito, which the colour-blind can tell apart; whatever a colour says is written as well.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rules_lib.evaluation.data import name_of
from rules_lib.evaluation.markup import element
from rules_lib.evaluation.metrics import LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from xml.etree.ElementTree import Element

    from rules_lib.rules import Urgency

BLUE, VERMILLION, ORANGE, GREEN, GREY = "#0072b2", "#d55e00", "#e69f00", "#009e73", "#767676"
_INK, _LINE, _EMPTY = "#1a1a1a", "#c8c8c8", "#f4f4f4"
_WIDTH = 420
_LEFT = 134
"""Room for the names of rows."""
_RIGHT = 66
"""Room for the figures behind them."""
_PLOT = _WIDTH - _LEFT - _RIGHT
_SMALL = 12
"""Size of the smaller letters."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a plot of figures with intervals."""

    name: str
    value: float | None
    interval: tuple[float, float] | None
    said: str
    """The figure in words."""
    colour: str = BLUE
    first: bool = False
    """Whether a new block of rows begins with it."""


def picture(
    identity: str, title: str, about: str, height: float, parts: Iterable[Element]
) -> Element:
    """Return a drawing that says its title and what it shows to those who cannot see it."""
    return element(
        "svg",
        element("title", title, id=f"{identity}-title"),
        element("desc", about, id=f"{identity}-desc"),
        parts,
        viewBox=f"0 0 {_WIDTH} {height:g}",
        role="img",
        aria_labelledby=f"{identity}-title {identity}-desc",
    )


def intervals(
    identity: str, title: str, rows: Sequence[Row], *, scale: float = 1.0, bars: bool = False
) -> Element:
    """
    Return a plot of figures from 0 to `scale`, each with its confidence interval.

    Args:
        identity: of the drawing, unique on its page.
        title: what it shows.
        rows: from the top.
        scale: the greatest figure there can be.
        bars: draw bars with error bars, else points.
    """
    tall, gap = 20, 8
    parts: list[Element] = []
    y = 6.0
    for row in rows:
        y += gap * row.first
        parts += _row(row, y, tall, scale, bars=bars)
        y += tall
    axis = list(_axis(y + 2, scale))
    about = "; ".join(f"{row.name}: {row.said}" for row in rows)
    return picture(identity, title, about, y + 24, [*axis, *parts])


def _row(row: Row, y: float, tall: float, scale: float, *, bars: bool) -> Iterator[Element]:
    middle = y + tall / 2
    yield _text(_LEFT - 8, middle + 4, row.name, anchor="end")
    yield _text(_WIDTH - _RIGHT + 8, middle + 4, row.said.partition(" (")[0], weight="600")
    if row.value is None:
        return
    x = _LEFT + _PLOT * row.value / scale
    if bars:
        yield element(
            "rect",
            x=_LEFT,
            y=y + 3,
            width=x - _LEFT,
            height=tall - 6,
            fill=row.colour,
            fill_opacity="0.55",
        )
    if row.interval is not None:
        low, high = (_LEFT + _PLOT * end / scale for end in row.interval)
        ends = f"M{low:.1f} {middle - 4:.1f}v8M{high:.1f} {middle - 4:.1f}v8"
        path = f"M{low:.1f} {middle:.1f}H{high:.1f}{ends}"
        yield element("path", d=path, stroke=_INK if bars else row.colour, stroke_width="1.5")
    if not bars:
        yield element("circle", cx=x, cy=middle, r=4.5, fill=row.colour)


def _axis(bottom: float, scale: float) -> Iterator[Element]:
    for step in range(5):
        x = _LEFT + _PLOT * step / 4
        yield element("path", d=f"M{x:.1f} 4V{bottom:.1f}", stroke=_LINE)
        unit = " %" if scale == 1 else ""
        yield _text(x, bottom + 14, f"{25 * step}{unit}", anchor="middle", size=_SMALL)


def heat_map(
    identity: str, title: str, confusion: Mapping[Urgency, Mapping[Urgency | None, int]]
) -> Element:
    """Return the confusion matrix: exact blue, too low vermillion, too high orange."""
    none = any(row[None] for row in confusion.values())
    told: list[Urgency | None] = [*LEVELS, *([None] if none else [])]
    top, tall = 96, 44
    wide = (_WIDTH - _LEFT - 26) / len(told)
    parts = [_text(_LEFT - 8, top - 8, "right \N{DOWNWARDS ARROW} told \N{RIGHTWARDS ARROW}",
                   anchor="end", size=_SMALL)]  # fmt: skip
    for column, level in enumerate(told):
        x, y = _LEFT + wide * (column + 0.5), top - 8
        turned = f"rotate(-50 {x:.1f} {y})"
        parts.append(_text(x, y, name_of(level), transform=turned))
    for line, (right, row) in enumerate(confusion.items()):
        y = top + tall * line
        parts.append(_text(_LEFT - 8, y + tall / 2 + 4, right.id, anchor="end"))
        for column, level in enumerate(told):
            x = _LEFT + wide * column
            parts += _cell(x, y, wide, tall, right, level, row)
    about = "; ".join(_spoken(right, row) for right, row in confusion.items())
    return picture(identity, title, about, top + tall * len(confusion) + 4, parts)


def _cell(  # noqa: PLR0913, PLR0917 - place, size and content of a cell
    x: float,
    y: float,
    wide: float,
    tall: float,
    right: Urgency,
    told: Urgency | None,
    row: Mapping[Urgency | None, int],
) -> Iterator[Element]:
    count, cases = row[told], sum(row.values())
    low = told is None or told < right
    colour = BLUE if told is right else VERMILLION if low else ORANGE
    mark = (
        ""
        if told is right
        else " \N{BLACK DOWN-POINTING TRIANGLE}"
        if low
        else " \N{BLACK UP-POINTING TRIANGLE}"
    )
    yield element(
        "rect",
        x=x + 1,
        y=y + 1,
        width=wide - 2,
        height=tall - 2,
        rx="3",
        fill=_mixed(colour, 0.15 + 0.5 * count / cases) if count else _EMPTY,
        stroke=_mixed(BLUE, 0.6) if told is right else None,
    )
    middle = x + wide / 2
    if not count:
        yield _text(middle, y + tall / 2 + 4, "0", anchor="middle", colour=GREY)
        return
    yield _text(middle, y + tall / 2 - 1, f"{count}{mark}", anchor="middle", weight="600")
    yield _text(
        middle, y + tall / 2 + 13, f"{100 * count / cases:.0f} %", anchor="middle", size=_SMALL
    )


def _spoken(right: Urgency, row: Mapping[Urgency | None, int]) -> str:
    told = (f"{count} told {name_of(level)}" for level, count in row.items() if count)
    return f"{right.id}: {', '.join(told) or 'no cases'}"


def histogram(
    identity: str, title: str, series: Mapping[str, tuple[str, Mapping[int, int]]]
) -> Element:
    """
    Return a histogram of whole numbers, the series stacked on one another.

    Args:
        identity: of the drawing, unique on its page.
        title: what it shows.
        series: name to colour and number to count.
    """
    most = max((number for _, counts in series.values() for number in counts), default=0)
    totals = {
        number: sum(counts.get(number, 0) for _, counts in series.values())
        for number in range(most + 1)
    }
    top, tall, left = 18, 170, 12
    wide = (_WIDTH - 2 * left) / (most + 1)
    unit = tall / max(1, *totals.values())
    parts = [element("path", d=f"M{left} {top + tall}H{_WIDTH - left}", stroke=_INK)]
    for number, total in totals.items():
        x, y = left + wide * number, float(top + tall)
        for colour, counts in series.values():
            height = unit * counts.get(number, 0)
            y -= height
            parts.append(element("rect", x=x + 2, y=y, width=wide - 4, height=height, fill=colour))
        if total:
            parts.append(_text(x + wide / 2, y - 4, str(total), anchor="middle", size=_SMALL))
        parts.append(_text(x + wide / 2, top + tall + 15, str(number), anchor="middle"))
    parts.append(_text(_WIDTH / 2, top + tall + 32, "questions", anchor="middle", size=_SMALL))
    about = "; ".join(
        f"{name}: " + ", ".join(f"{count} with {number}" for number, count in counts.items())
        for name, (_, counts) in series.items()
    )
    return picture(identity, title, about, top + tall + 40, parts)


def legend(entries: Mapping[str, str]) -> Element:
    """Return names with the colours that stand for them."""
    return element(
        "p",
        [
            element("span", element("i", style=f"background:{colour}"), name)
            for name, colour in entries.items()
        ],
        class_="legend",
    )


def _text(  # noqa: PLR0913 - what letters can have
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "start",
    size: int = 13,
    weight: str | None = None,
    colour: str = _INK,
    transform: str | None = None,
) -> Element:
    return element(
        "text",
        words,
        x=x,
        y=y,
        text_anchor=anchor,
        font_size=size,
        font_weight=weight,
        fill=colour,
        transform=transform,
    )


def _mixed(colour: str, share: float) -> str:
    """Return a colour mixed with white, so much of it."""
    parts = (int(colour[start : start + 2], 16) for start in (1, 3, 5))
    mixed = (math.floor(255 + (part - 255) * share) for part in parts)
    return "#" + "".join(f"{part:02x}" for part in mixed)
