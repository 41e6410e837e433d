"""A pack loads the same from its YAML and from the JSON made of it, or says why not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import FrozenInstanceError, fields, replace
from typing import TYPE_CHECKING

import pytest
from packs import SMALL, altered

from rules_lib.authoring.folder import folder_hash
from rules_lib.checking import check_pack
from rules_lib.compiled import read_written, written
from rules_lib.errors import KnowledgeError
from rules_lib.knowledge_base import SHIPPED, KnowledgeBase, shipped_packs
from rules_lib.rules import (
    Absent,
    AllOf,
    AnyOf,
    Compare,
    Derived,
    OneOf,
    Operator,
    Present,
    Urgency,
    UrgencyAtLeast,
    leaves,
)

if TYPE_CHECKING:
    from pathlib import Path


def differences(one: KnowledgeBase, other: KnowledgeBase) -> list[str]:
    """Return the fields in which two packs differ, order of mappings included."""
    return [
        each.name
        for each in fields(one)
        if _plain(getattr(one, each.name)) != _plain(getattr(other, each.name))
    ]


def _plain(value: object) -> object:
    return list(value.items()) if isinstance(value, Mapping) else value


@pytest.fixture
def small() -> KnowledgeBase:
    """Return the small pack from its YAML."""
    return KnowledgeBase.load(SMALL)


@pytest.fixture
def compiled(small: KnowledgeBase, tmp_path: Path) -> Path:
    """Return the JSON of the small pack."""
    path = tmp_path / "small.json"
    path.write_text(written(small, folder_hash(SMALL)), encoding="utf-8")
    return path


class TestLoad:
    """What a load gives."""

    def test_conditions(self, small: KnowledgeBase) -> None:
        """Each way to write a condition becomes the leaf it means; times are converted."""
        when = {rule.id: rule.when for rule in small.rules}

        assert when["mild-sprain"] == AllOf(
            (
                Present("ankle-pain"),
                Compare("hours-to-onset", Operator.AT_MOST, 96.0),
                OneOf("shoe", ("sandal", "other")),
                Compare("severity", Operator.AT_MOST, 6.0),
            )
        )
        assert when["infected-ankle"] == AllOf((Present("ankle-pain"), Derived("is-feverish")))
        assert when["very-painful"] == Compare("ankle-pain", Operator.AT_LEAST, 7.0, severity=True)
        assert when["no-tablets-while-urgent"] == UrgencyAtLeast(Urgency.SAME_DAY)
        assert isinstance(when["foot-in-danger"], AnyOf)

    def test_several_comparisons(self, tmp_path: Path) -> None:
        """Several comparisons of one number hold together; a denied finding is a leaf."""
        edit = (
            "rules/home.yaml",
            "any: [kidney-disease, stomach-ulcer, ibuprofen-screen]",
            "any: [shoe, {absent: fever}, {temperature: {above: 31 Cel, below: 40 Cel}}]",
        )
        kb = KnowledgeBase.load(altered(tmp_path / "pack", edit))

        (when,) = [rule.when for rule in kb.rules if rule.id == "no-ibuprofen-with-kidneys"]
        assert leaves(when)[1:] == (
            Absent("fever"),
            Compare("temperature", Operator.ABOVE, 31.0),
            Compare("temperature", Operator.BELOW, 40.0),
        )

    def test_groups_are_findings(self, small: KnowledgeBase) -> None:
        """A group can be reported, denied and asked for under its own id."""
        assert small.findings["danger-foot"].name == small.groups["danger-foot"].name
        assert small.questions["danger-foot"].finding == "danger-foot"

    def test_retired(self, tmp_path: Path) -> None:
        """A retired rule is left out, and so is a fact that it alone concludes."""
        retired = {
            "id": "old", "says": "Gone.", "when": "fever", "then": {"fact": "was-strapped"},
            "sources": ["CJ"], "status": "retired", "review_by": "2020-01-01",
            "cases": {"fires": [{"fever": "present"}], "nearly": [{"fever": "absent"}]},
        }  # fmt: skip
        kb = KnowledgeBase.load(altered(tmp_path / "pack", rules=[retired]))

        assert "old" not in {rule.id for rule in kb.rules}
        assert kb.facts == {"is-feverish"}

    def test_order(self, small: KnowledgeBase) -> None:
        """Rules stand by descending salience, then by id."""
        ids = [rule.id for rule in small.rules]

        assert ids[0] == "foot-in-danger"
        assert ids[1:] == sorted(ids[1:])

    def test_frozen(self, small: KnowledgeBase) -> None:
        """Nobody can change a knowledge base that others share."""
        with pytest.raises(FrozenInstanceError):
            small.version = "2.0.0"  # type: ignore[misc]

    def test_problems(self, tmp_path: Path) -> None:
        """A pack with mistakes is refused, with all of them."""
        edits = (
            ("pack.yaml", "status: draft", "status: ready"),
            ("sources.yaml", "year: 1992", "year: soon"),
        )
        with pytest.raises(KnowledgeError) as caught:
            KnowledgeBase.load(altered(tmp_path / "pack", *edits))

        assert {problem.file for problem in caught.value.problems} == {"pack.yaml", "sources.yaml"}

    def test_unknown_name(self) -> None:
        """An unknown name is refused with the names that are known."""
        name = shipped_packs()[0]
        with pytest.raises(KnowledgeError, match=f"did you mean '{name}'"):
            KnowledgeBase.load(name + "s")


class TestCompiled:
    """What the JSON is."""

    def test_equal(self, small: KnowledgeBase, compiled: Path) -> None:
        """The JSON gives the knowledge base that the YAML gives, field by field."""
        assert differences(small, KnowledgeBase.load(compiled)) == []

    @pytest.mark.parametrize("name", shipped_packs())
    def test_shipped(self, name: str) -> None:
        """Each shipped pack is sound, and its JSON is what its YAML makes, to the letter."""
        folder = SHIPPED / name
        checked = check_pack(folder)
        kb = checked.kb

        assert checked.problems == ()
        assert kb is not None
        assert differences(kb, KnowledgeBase.load(name)) == []
        text = (SHIPPED / f"{name}.json").read_text(encoding="utf-8")
        assert text == written(kb, folder_hash(folder))

    def test_without_clocks(self, small: KnowledgeBase) -> None:
        """What a pack does not have is not there in its JSON either."""
        bare = KnowledgeBase(
            **{each.name: getattr(small, each.name) for each in fields(small)}
            | {"clocks": None, "severity": None, "leads": ()}
            | {"rules": (replace(small.rules[0], review_by=None),)}
        )

        again = KnowledgeBase(**read_written(written(bare, ""), "bare.json"))
        assert (again.clocks, again.severity, again.leads) == (None, None, ())
        assert again.rules == bare.rules

    def test_is_json(self, compiled: Path) -> None:
        """Any reader of JSON can read it, and finds what it was made of."""
        assert json.loads(compiled.read_text())["made_of"] == folder_hash(SMALL)

    def test_line_ends(self, compiled: Path) -> None:
        """A checkout that changed the line ends does no harm."""
        compiled.write_bytes(compiled.read_bytes().replace(b"\n", b"\r\n"))

        assert KnowledgeBase.load(compiled).id == "small-pack"

    @pytest.mark.parametrize(
        ("old", "new", "expected"),
        [
            ('"ankle-pain", "at_least", 7.0', '"ankle-pain", "at_least", 8.0', "damaged"),
            ('"format": 1', '"format": 99', "format 99"),
            ('"format"', '"form"', "no compiled pack"),
            ('"pack":', '"bag":', "no compiled pack"),
            ("{", "", "no compiled pack"),
        ],
    )
    def test_damaged(self, compiled: Path, old: str, new: str, expected: str) -> None:
        """A damaged file is refused; it is never half loaded."""
        text = compiled.read_text(encoding="utf-8")
        assert old in text
        compiled.write_text(text.replace(old, new, 1), encoding="utf-8")

        with pytest.raises(KnowledgeError, match=expected):
            KnowledgeBase.load(compiled)

    def test_not_text(self, tmp_path: Path) -> None:
        """A file that is no text is refused."""
        path = tmp_path / "x.json"
        path.write_bytes(b"\xff\xfe")

        with pytest.raises(KnowledgeError, match="cannot be read"):
            KnowledgeBase.load(path)

    def test_no_yaml(self) -> None:
        """What runs never imports a YAML reader."""
        code = (
            "import sys; from rules_lib import KnowledgeBase;"
            f" KnowledgeBase.load({shipped_packs()[0]!r});"
            " sys.exit(any('ruamel' in name or 'authoring' in name for name in sys.modules))"
        )

        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
