"""Pictures of a pack show all its rules, fit a page, and can be read by everybody."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
from packs import SMALL

from rules_lib import KnowledgeBase, Urgency
from rules_lib.__main__ import main
from rules_lib.graphs.layout import laid_out
from rules_lib.graphs.pages import graph_of, pages
from rules_lib.graphs.relations import Shape, of_cause, of_pack, of_urgency
from rules_lib.graphs.svg import COLOURS, svg
from rules_lib.rules import Derived, leaves

if TYPE_CHECKING:
    from rules_lib.graphs.relations import Graph

KB = KnowledgeBase.load("iron_infusion")
TINY = KnowledgeBase.load(SMALL)
PAGE = 1.45
"""Height over width of what is printed on one page, about."""
GRAPHS = {
    "pack": of_pack(KB),
    **{cause: of_cause(KB, cause) for cause in KB.causes},
    **{level.id: of_urgency(KB, level) for level in Urgency},
    "small pack": of_pack(TINY),
    "small cause": of_cause(TINY, "sprain"),
    "small urgency": of_urgency(TINY, Urgency.EMERGENCY),
}
every_graph = pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)


@every_graph
def test_boxes_do_not_overlap(graph: Graph) -> None:
    """Boxes of a column stand below each other, inside the picture, and columns apart."""
    picture = laid_out(graph)
    columns: dict[int, list[tuple[float, float]]] = {}
    for one in picture.placed.values():
        columns.setdefault(one.x, []).append((one.y, one.y + one.height))
        assert one.y >= 0
        assert one.x + one.width <= picture.width
        assert one.y + one.height <= picture.height
    for spans in columns.values():
        for (_, bottom), (top, _) in itertools.pairwise(sorted(spans)):
            assert bottom < top


@every_graph
def test_arrows_lead_to_the_right(graph: Graph) -> None:
    """Every arrow begins and ends at a box, and its end lies further right."""
    column = {box.id: box.column for box in graph.boxes}

    assert graph.arrows
    assert all(column[arrow.source] < column[arrow.target] for arrow in graph.arrows)


@every_graph
def test_everybody_can_read_it(graph: Graph) -> None:
    """It has a title and a description, every box a tip, and no colour stands without a word."""
    root = ET.fromstring(svg(graph))  # noqa: S314 - our own file
    name = {"svg": "http://www.w3.org/2000/svg"}
    texts = {text.text for text in root.iter("{http://www.w3.org/2000/svg}text")}
    tips = [group.find("svg:title", name) for group in root.findall("svg:g", name)]

    assert root.get("role") == "img"
    assert root.findtext("svg:title", None, name) == graph.title
    assert graph.describes in (root.findtext("svg:desc", None, name) or "")
    assert sum(tip is not None and bool(tip.text) for tip in tips) == len(graph.boxes)
    for urgency in COLOURS:
        assert urgency.id.replace("-", " ") in texts
    for box in graph.boxes:
        if box.urgency is not None:
            assert any(box.urgency.id.replace("-", " ") in (text or "") for text in texts)


@pytest.mark.parametrize("name", ["pack", *KB.causes])
def test_a_picture_of_the_documentation_fits_a_page(name: str) -> None:
    """The pack and each cause can be printed on one page."""
    picture = laid_out(GRAPHS[name])

    assert picture.height <= PAGE * picture.width


@pytest.mark.parametrize("cause", KB.causes)
def test_a_cause_shows_every_rule_about_it(cause: str) -> None:
    """Each rule, with its sentence, and everything that it wants."""
    graph = of_cause(KB, cause)
    boxes = {box.id: box for box in graph.boxes}
    for rule in (rule for rule in KB.rules if rule.then.cause == cause):
        assert boxes[f"rule:{rule.id}"].title.startswith(rule.says)
        told = {arrow.source for arrow in graph.arrows if arrow.target == f"rule:{rule.id}"}
        shown = " ".join(line for name in told for line in boxes[name].lines)
        for leaf in leaves(rule.when):
            name = leaf.fact if isinstance(leaf, Derived) else getattr(leaf, "finding", "")
            assert name.replace("-", " ") in shown


def test_an_urgency_shows_every_rule_about_it() -> None:
    """Rules with one sign share a box; every other has its own."""
    graph = of_urgency(KB, Urgency.EMERGENCY)
    words = "\n".join(box.title for box in graph.boxes if box.shape is Shape.RULE)

    for rule in KB.rules:
        if rule.then.urgency is Urgency.EMERGENCY:
            assert rule.says in words


def test_what_speaks_against_is_dashed() -> None:
    """A rule that makes a cause less likely is told from one that makes it likely."""
    assert "stroke-dasharray" in svg(of_cause(KB, "low-phosphate"))
    assert "Dashed: speaks against." in svg(of_cause(KB, "low-phosphate"))
    assert "stroke-dasharray" not in svg(of_cause(TINY, "sprain"))


def test_the_documentation_shows_today_s_pack() -> None:
    """The folder of pictures is regenerated and compared, and holds nothing else."""
    folder = Path(__file__).parents[1] / "docs" / "graphs"
    made = pages(KB, folder)

    assert {path: path.read_text(encoding="utf-8") for path in folder.iterdir()} == made


class TestCommand:
    """`graph` draws a pack."""

    def test_prints(self, capsys: pytest.CaptureFixture[str]) -> None:
        """Without a file the picture is printed."""
        assert main(["graph", str(SMALL), "--cause", "sprain"]) == 0
        assert capsys.readouterr().out == svg(graph_of(TINY, "sprain"))

    def test_writes(self, tmp_path: Path) -> None:
        """With a file it is written there."""
        file = tmp_path / "deep" / "pack.svg"

        assert main(["graph", str(SMALL), "-o", str(file)]) == 0
        assert file.read_text(encoding="utf-8") == svg(of_pack(TINY))

    @pytest.mark.parametrize(
        ("option", "said"),
        [
            (("--cause", "sprian"), "there is no cause 'sprian'; allowed: sprain, infection; did"),
            (("--urgency", "emergncy"), "did you mean 'emergency'"),
        ],
    )
    def test_mistake(
        self, option: tuple[str, str], said: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """An unknown cause or urgency is told, with a guess."""
        assert main(["graph", str(SMALL), *option]) == 1
        assert said in capsys.readouterr().err

    def test_pages(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """A folder of pictures is written; `--check` finds one that is stale or of nothing."""
        folder = tmp_path / "graphs"
        command = ["graph", str(SMALL), "--pages", str(folder)]

        assert main(command) == 0
        assert main([*command, "--check"]) == 0
        (folder / "sprain.svg").write_text("", encoding="utf-8")
        (folder / "gone.svg").write_text("", encoding="utf-8")
        assert main([*command, "--check"]) == 1
        seen = capsys.readouterr().err
        assert "sprain.svg is stale" in seen
        assert "gone.svg is of no cause of the pack: remove it" in seen
        assert "(sprain.svg)" in (folder / "README.md").read_text(encoding="utf-8")
