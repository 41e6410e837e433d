"""
Places for the boxes of a picture: columns from left to right, few crossings, no overlaps.

The columns are given, so of Sugiyama's method only the ordering by the mean place of the
neighbours is left (Sugiyama, Tagawa, Toda 1981, section 3), and that is short.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rules_lib.graphs.relations import Shape
from rules_lib.graphs.wording import readable, wrapped

if TYPE_CHECKING:
    from rules_lib.graphs.relations import Box, Graph

LINE, PAD, GAP = 17, 8, 12
"""Heights in pixels: of a line of text, above and below it in a box, between boxes."""
TOP, LEGEND, MARGIN, BETWEEN = 112, 78, 24, 84
"""Room for title and headings, for the legend, around all, and for arrows between columns."""
WIDTHS = {Shape.TOLD: 290, Shape.RULE: 236, Shape.CAUSE: 178, Shape.URGENCY: 178, Shape.ADVICE: 190}
LETTER = 6.5
"""Width in pixels of a letter at the size of the text, more than the mean of common fonts."""
SWEEPS = 24


@dataclass(slots=True)
class Placed:
    """A box with its lines broken and its place."""

    box: Box
    lines: tuple[tuple[str, bool], ...]
    """Each line, and whether it begins an alternative of its own."""
    width: int
    height: int
    x: int = 0
    y: float = 0.0
    before: list[Placed] = field(default_factory=list)
    after: list[Placed] = field(default_factory=list)

    @property
    def middle(self) -> float:
        """Height of the middle of the box."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture with places."""

    graph: Graph
    placed: dict[str, Placed]
    columns: tuple[int, ...]
    """Left edges."""
    width: int
    height: int


def laid_out(graph: Graph) -> Picture:
    """Return a place for each box."""
    placed = {box.id: _measured(box) for box in graph.boxes}
    for arrow in graph.arrows:
        placed[arrow.source].after.append(placed[arrow.target])
        placed[arrow.target].before.append(placed[arrow.source])
    columns: list[list[Placed]] = [[] for _ in graph.headings]
    for one in placed.values():
        columns[one.box.column].append(one)
    left = MARGIN
    edges = []
    for column in columns:
        width = max((one.width for one in column), default=0)
        edges.append(left)
        for one in column:
            one.x, one.width = left, width
        left += width + BETWEEN
    for column in columns:
        _stack(column)
    for sweep in range(SWEEPS):
        for column in columns if sweep % 2 == 0 else reversed(columns):
            _settle(column, keep=sweep >= SWEEPS - 6)
    highest = min((one.y for one in placed.values()), default=0.0)
    for one in placed.values():
        one.y = round(one.y - highest + TOP)
    bottom = max((one.y + one.height for one in placed.values()), default=TOP)
    return Picture(graph, placed, tuple(edges), left - BETWEEN + MARGIN, round(bottom) + LEGEND)


def noted(box: Box) -> str:
    """Return the last line of a box: its note, and for a rule how urgent it is."""
    urgent = box.shape is Shape.RULE and box.urgency is not None
    level = readable(box.urgency.id) if urgent and box.urgency else ""
    return " \N{MIDDLE DOT} ".join(part for part in (box.note, level) if part)


def _measured(box: Box) -> Placed:
    width = WIDTHS[box.shape]
    letters = int((width - 2 * PAD - 12) / LETTER)
    lines = [
        (part, place == 0)
        for line in box.lines
        for place, part in enumerate(wrapped(line, letters))
    ]
    count = len(lines) + bool(noted(box))
    return Placed(box, tuple(lines), width, count * LINE + 2 * PAD)


def _stack(column: list[Placed]) -> None:
    """Place boxes below each other in their order, the whole about a middle of nought."""
    whole = sum(one.height for one in column) + GAP * (len(column) - 1)
    y = -whole / 2
    for one in column:
        one.y = y
        y += one.height + GAP


def _settle(column: list[Placed], *, keep: bool) -> None:
    """Move the boxes of a column towards their neighbours; `keep` their order and no overlaps."""
    wish = {
        one.box.id: sum(other.middle for other in near) / len(near)
        for one in column
        if (near := one.before or one.after)
    }
    wishes = [wish.get(one.box.id, one.middle) for one in column]
    if not keep:
        if all(one.box.shape is Shape.URGENCY for one in column):
            return  # These have an order of their own.
        order = sorted(range(len(column)), key=lambda place: (wishes[place], place))
        column[:] = [column[place] for place in order]
        _stack(column)
        return
    # What wants to be at one place forms a block about the mean of its wishes.
    blocks: list[list[Placed]] = []
    tops: list[float] = []
    for one in column:
        blocks.append([one])
        tops.append(wish.get(one.box.id, one.middle) - one.height / 2)
        while len(blocks) > 1 and tops[-2] + _height(blocks[-2]) + GAP > tops[-1]:
            joined = blocks[-2] + blocks[-1]
            offsets = _offsets(joined)
            wanted = [
                wish.get(each.box.id, each.middle) - each.height / 2 - offset
                for each, offset in zip(joined, offsets, strict=True)
            ]
            blocks[-2:] = [joined]
            tops[-2:] = [sum(wanted) / len(wanted)]
    for block, top in zip(blocks, tops, strict=True):
        for one, offset in zip(block, _offsets(block), strict=True):
            one.y = top + offset


def _height(block: list[Placed]) -> int:
    return sum(one.height for one in block) + GAP * (len(block) - 1)


def _offsets(block: list[Placed]) -> list[int]:
    offsets = [0]
    for one in block[:-1]:
        offsets.append(offsets[-1] + one.height + GAP)
    return offsets
