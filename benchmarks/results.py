"""What a run found: rows of figures, and goals met or not, as text, data and Markdown."""

from __future__ import annotations

import datetime as dt
import os
import platform
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.measure import Timing

UNITS = {"us": 1e6, "ms": 1e3}
BEGIN = "<!-- figures: written by `python -m benchmarks --write`, not by hand -->"
END = "<!-- end of figures -->"
HEADING = "### "


@dataclass(frozen=True)
class Row:
    """One thing measured."""

    name: str
    median: float
    unit: str
    p99: float | None = None
    ratio: float | None = None
    """How many times as long as the section's yardstick; None for what is no time."""

    def cells(self) -> list[str]:
        """Return name, median, 99th percentile and ratio as text."""
        p99 = "" if self.p99 is None else f"{_figure(self.p99)} {self.unit}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        return [self.name, f"{_figure(self.median)} {self.unit}", p99, ratio]


@dataclass(frozen=True)
class Goal:
    """A limit, and what was found."""

    name: str
    found: float
    limit: float
    at_least: bool = False
    unit: str = "x"

    @property
    def met(self) -> bool:
        """Whether the limit is kept."""
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    @property
    def text(self) -> str:
        """The goal in one line."""
        word = "at least" if self.at_least else "at most"
        unit = self.unit if self.unit == "x" else f" {self.unit}"
        verdict = "met" if self.met else "NOT MET"
        return f"{verdict}: {self.name}: {self.found:.2f}{unit}, goal {word} {self.limit:g}{unit}"


@dataclass
class Section:
    """The rows and goals of one benchmark."""

    title: str
    about: str
    yardstick: str = ""
    """The row that the ratios are over."""
    rows: list[Row] = field(default_factory=list)
    goals: list[Goal] = field(default_factory=list)

    def add(
        self, timings: Mapping[str, Timing], unit: str, yardstick: Timing | None = None
    ) -> None:
        """Add a row for each timing, over the yardstick that ran beside it."""
        over = yardstick or timings.get(self.yardstick)
        for name, timing in timings.items():
            ratio = None if over is None else timing.over(over)
            scale = UNITS[unit]
            self.rows.append(Row(name, timing.median * scale, unit, timing.p99 * scale, ratio))

    def as_data(self) -> dict[str, Any]:
        """Return the section as plain data."""
        goals = [asdict(goal) | {"met": goal.met} for goal in self.goals]
        rows = [asdict(row) for row in self.rows]
        return {"title": self.title, "about": self.about, "rows": rows, "goals": goals}

    def as_text(self) -> str:
        """Return the section for a terminal."""
        heads = ["", "median", "p99", "ratio"]
        table = [heads, *(row.cells() for row in self.rows)]
        widths = [max(len(line[column]) for line in table) for column in range(len(heads))]
        lines = [self.title, ""]
        for name, *figures in table:
            cells = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
            lines.append("  ".join([name.ljust(widths[0]), *cells]).rstrip())
        return "\n".join([*lines, *(f"  {goal.text}" for goal in self.goals)])

    def as_markdown(self) -> str:
        """Return the section as a table and a list."""
        over = f"over {self.yardstick}" if self.yardstick else "ratio"
        lines = [f"### {self.title}", "", *self.about.splitlines(), ""]
        lines += [f"| | median | p99 | {over} |", "| --- | ---: | ---: | ---: |"]
        lines += [f"| {' | '.join(row.cells())} |" for row in self.rows]
        goals = [f"- {goal.text}" for goal in self.goals]
        return "\n".join([*lines, "", *goals]).rstrip() + "\n"


def as_readme(text: str, sections: Sequence[Section], *, keep: bool = False) -> str:
    """
    Return a text with the figures between its markers replaced.

    Each section says when, on what and beside how much other work it was measured.

    Args:
        text: the text so far.
        sections: what was measured.
        keep: keep sections under other titles, where only some were measured.
    """
    head, _, rest = text.partition(BEGIN)
    old, _, tail = rest.partition(END)
    day = dt.datetime.now(dt.UTC).date().isoformat()
    measured = f"Measured {day} on {machine()}."
    blocks = {}
    if keep:
        for block in old.split(HEADING)[1:]:
            blocks[block.partition("\n")[0]] = f"{HEADING}{block.strip()}\n"
    for section in sections:
        blocks[section.title] = f"{section.as_markdown()}\n{measured}\n"
    figures = "\n".join(blocks.values())
    return f"{head}{BEGIN}\n\n{figures}\n{END}{tail}"


def machine() -> str:
    """Return in one line where the figures come from, and what else the machine had to do."""
    load = os.getloadavg()[1]
    python = f"Python {platform.python_version()}"
    cores = f"{os.cpu_count()} cores"
    return f"{platform.system()} {platform.machine()}, {cores}, {python}, load {load:.1f}"


def _figure(value: float) -> str:
    """Return a number with three digits that count."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
