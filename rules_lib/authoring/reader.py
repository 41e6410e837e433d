"""Read a folder of YAML into a draft of a pack, gathering every problem on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.authoring import builder
from rules_lib.authoring.conditions import ConditionReader
from rules_lib.authoring.dossier import DOSSIER
from rules_lib.authoring.draft import Draft
from rules_lib.authoring.files import CONCLUSIONS, ITEMS, SECTIONS, rule_shape
from rules_lib.authoring.shapes import At
from rules_lib.authoring.yaml_reader import Node, plain, read_yaml
from rules_lib.errors import Problem, nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rules_lib.rules import Rule

OPTIONAL = ("statements", *DOSSIER)
PROMISES = "properties.yaml"
"""What the pack promises of every state: read and checked by those who prove it."""
_NOUNS = {
    "findings": "finding", "sources": "source", "causes": "cause", "advice": "advice",
    "evidence": "row", "disagreements": "disagreement",
}  # fmt: skip
_INTERVIEW = {"groups": "group", "questions": "question", "complaints": "complaint"}


def read_draft(folder: Path) -> tuple[Draft, list[Problem]]:
    """
    Read every file of a pack.

    Args:
        folder: where its YAML lies.

    Returns:
        The draft, and the problems of single files: YAML, shapes, unknown words.
    """
    return _Reader(folder).read()


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problems: list[Problem] = []
        self.draft = Draft()
        self.roots: dict[str, Node] = {}
        """File to its content: `findings.yaml`, `rules/fever.yaml` ..."""
        self.words: dict[str, Collection[str]] = {}

    def read(self) -> tuple[Draft, list[Problem]]:
        for file in self._files():
            self._open(file)
        self._gather_words()
        for stem, shape in SECTIONS.items():
            if (file := f"{stem}.yaml") in self.roots:
                shape.check(self.roots[file], At(file, "", self.problems, self.words))
        self._build_sections()
        self._read_rules()
        return self.draft, self.problems

    # --- files ------------------------------------------------------------------------------

    def _files(self) -> Iterator[str]:
        known = [f"{stem}.yaml" for stem in SECTIONS]
        there = sorted(
            path.relative_to(self.folder).as_posix()
            for path in self.folder.rglob("*")
            if path.suffix in (".yaml", ".yml")
        )
        for file in there:
            if file == PROMISES:
                continue
            if file in known or (file.startswith("rules/") and file.endswith(".yaml")):
                yield file
            else:
                allowed = ", ".join((*known, PROMISES, "rules/*.yaml"))
                self._note(file, 0, "is no file of a pack", allowed, nearest(file, known))
        for file in known:
            if file not in there and file.removesuffix(".yaml") not in OPTIONAL:
                self._note(file, 0, "is missing")
                self.draft.unread.append(file)
        if not any(file.startswith("rules/") for file in there):
            self._note("rules/", 0, "holds no rules", "one .yaml file or more")

    def _open(self, file: str) -> None:
        try:
            text = (self.folder / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            self._note(file, 0, f"cannot be read: {error}", "UTF-8 text")
            self.draft.unread.append(file)
            return
        root = read_yaml(text, file, self.problems)
        if root is None:
            self.draft.unread.append(file)
        else:
            self.roots[file] = root

    def _note(self, file: str, line: int, what: str, allowed: str = "", guess: str = "") -> None:
        self.problems.append(Problem(file, line, "", what, allowed, guess))

    # --- words ------------------------------------------------------------------------------

    def _gather_words(self) -> None:
        """Collect every id, so that whoever names one that is missing can be told."""
        for stem, noun in _NOUNS.items():
            self._gather(f"{stem}.yaml", noun, self.roots.get(f"{stem}.yaml"))
        interview = self.roots.get("interview.yaml")
        for key, noun in _INTERVIEW.items():
            self._gather("interview.yaml", noun, _entry(interview, key))
        self._gather("coverage.yaml", "window", _entry(self.roots.get("coverage.yaml"), "windows"))
        rules: list[str] = []
        for file, root in self.roots.items():
            if file.startswith("rules/"):
                self._gather(file, "rule", root)
                rules += self.words.pop("rule", ())
        self.words["rule"] = rules
        if leads := _entry(self.roots.get("pack.yaml"), "leads"):
            self.words["lead"] = [str(item.value) for item in _items(leads)]
        elif "pack.yaml" in self.roots:
            self.words["lead"] = ()
        if "statements.yaml" not in self.draft.unread:
            statements = self.roots.get("statements.yaml")
            said = statements.value if statements else None
            self.words["statement"] = list(said) if isinstance(said, dict) else ()
        if "group" in self.words and "finding" in self.words:
            self.words["finding"] = [*self.words["finding"], *self.words["group"]]
            self.words["question"] = [*self.words["question"], *self.words["group"]]
        else:
            # Where groups or findings cannot be read, no word can be called unknown.
            self.words.pop("finding", None)

    def _gather(self, file: str, noun: str, root: Node | None) -> None:
        """Note where each item stands, and any id that is used twice."""
        if file not in self.roots:
            return
        ids: list[str] = []
        for item in _items(root):
            id_ = _id(item)
            if id_ is None:
                continue
            ids.append(id_)
            first = self.draft.nodes.setdefault((noun, id_), (file, item))
            if first[1] is not item:
                where = f"first in {first[0]}:{first[1].line}"
                line = item.key_lines["id"]
                place = f"{noun} '{id_}'"
                self.problems.append(
                    Problem(file, line, place, f"duplicate id '{id_}', {where}", "each id once")
                )
        self.words[noun] = ids

    # --- frozen values ----------------------------------------------------------------------

    def _build_sections(self) -> None:
        """Build each item that is sound by itself."""
        draft, made = self.draft, self._sound
        draft.findings = builder.finding_types(made("finding"))
        draft.sources = builder.sources_of(made("source"))
        draft.causes = builder.causes_of(made("cause"))
        draft.advice = builder.advice_of(made("advice"))
        draft.groups = builder.groups_of(made("group"))
        draft.questions = builder.questions_of(made("question"), {})
        draft.complaints = builder.complaints_of(made("complaint"))
        if "pack.yaml" in self.roots:
            draft.named_by_pack = set(self.roots["pack.yaml"].words())
        for file, into in (("pack.yaml", draft.pack), ("statements.yaml", draft.statements)):
            if file in self.roots and SECTIONS[file.removesuffix(".yaml")].check(
                self.roots[file], self._silent(file)
            ):
                into.update(plain(self.roots[file]))
        for stem, shape in DOSSIER.items():
            if (file := f"{stem}.yaml") in self.roots and shape.check(
                self.roots[file], self._silent(file)
            ):
                draft.dossier[stem] = plain(self.roots[file])

    def _sound(self, noun: str) -> list[dict[str, Any]]:
        return [
            plain(node)
            for (kind, _), (where, node) in self.draft.nodes.items()
            if kind == noun and ITEMS[noun].check(node, self._silent(where))
        ]

    def _silent(self, file: str) -> At:
        """Return a place whose problems nobody reads: they were noted before."""
        return At(file, "", [])

    def _read_rules(self) -> None:
        draft = self.draft
        groups = builder.group_findings(draft.groups)
        reader = ConditionReader(
            draft.findings | groups, self._facts(), self.words.get("finding"), self._doubt()
        )
        shape = rule_shape(reader)
        for file, root in self.roots.items():
            if not file.startswith("rules/"):
                continue
            at = At(file, "", self.problems, self.words)
            if not isinstance(root.value, list) or not root.value:
                at.wrong(root.line, "is no list of rules", "- id: ...")
                continue
            for item in root.value:
                sound = shape.check(item, at)
                id_ = _id(item)
                if id_ and draft.nodes["rule", id_][1] is item:
                    draft.rules += self._rule(item, reader, sound=sound)

    def _rule(self, item: Node, reader: ConditionReader, *, sound: bool) -> list[Rule]:
        """Return the rule, or what can be told of it, or nothing where no condition can."""
        written, silent = item.value, self._silent("")
        if not isinstance(written, dict) or not {"when", "then"} <= written.keys():
            return []
        when = reader.read(written["when"], silent)
        if when is None or not CONCLUSIONS.check(written["then"], silent):
            return []
        if sound:
            return [builder.rule_of(plain(item), when)]
        return [builder.sketch_of(plain(item), when)]

    def _facts(self) -> set[str]:
        """Return the facts that rules conclude, those of retired and broken rules too."""
        facts = set()
        for (noun, _), (_, node) in self.draft.nodes.items():
            fact = _entry(_entry(node, "then"), "fact") if noun == "rule" else None
            if fact is not None and isinstance(fact.value, str):
                facts.add(fact.value)
        return facts

    def _doubt(self) -> str:
        """Return where an unknown fact may yet stand, empty where every rule was read."""
        hidden = [file for file in self.draft.unread if file.startswith("rules/")]
        return f", or a fact of {', '.join(hidden)}, which could not be read" if hidden else ""


def _entry(node: Node | None, key: str) -> Node | None:
    return node.value.get(key) if node is not None and isinstance(node.value, dict) else None


def _items(node: Node | None) -> list[Node]:
    return node.value if node is not None and isinstance(node.value, list) else []


def _id(node: Node) -> str | None:
    found = _entry(node, "id")
    return found.value if found is not None and isinstance(found.value, str) else None
