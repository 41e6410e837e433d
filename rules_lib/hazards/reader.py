"""A folder of YAML into a hazard log; everything wrong with its files is told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rules_lib.authoring.shapes import At
from rules_lib.authoring.yaml_reader import plain, read_yaml
from rules_lib.errors import HazardLogError, Problem, nearest
from rules_lib.hazards.log import (
    Control,
    ControlKind,
    Decision,
    Frame,
    Hazard,
    HazardLog,
    Level,
    Matrix,
    Origin,
    Rating,
    Reference,
    Review,
    Role,
)
from rules_lib.hazards.shapes import FILES, HAZARDS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from rules_lib.authoring.yaml_reader import Node

Item = dict[str, Any]


def read_log(folder: Path) -> HazardLog:
    """
    Return the hazard log that lies in a folder.

    Raises:
        HazardLogError: with every problem of every file.
    """
    problems: list[Problem] = []
    roots = {stem: _root(folder, stem, problems) for stem in FILES}
    themes = _ids(roots["log"], "themes") or ()
    words = _words(roots)
    sound = [
        FILES[stem].check(root, At(f"{stem}.yaml", "", problems, words))
        for stem, root in roots.items()
        if root is not None
    ]
    files = {theme: _root(folder, theme, problems) for theme in themes}
    for theme, root in files.items():
        if root is not None:
            sound.append(HAZARDS.check(root, At(f"{theme}.yaml", "", problems, words)))
    problems.extend(_strays(folder, themes))
    problems.extend(_gaps(roots["matrix"], words))
    if problems or not all(sound):
        raise HazardLogError(problems)
    hazards = [
        hazard
        for theme, root in files.items()
        if root is not None
        for hazard in _hazards(theme, root)
    ]
    frame, matrix, sources = (plain(root) for root in roots.values() if root is not None)
    return HazardLog(
        frame=_frame(frame, folder),
        matrix=_matrix(matrix),
        sources={
            item["id"]: Origin(
                item["id"],
                item["title"],
                item.get("year"),
                item.get("link", ""),
                item["says"],
                item.get("judgement", False),
            )
            for item in sources
        },
        hazards=tuple(sorted(hazards, key=lambda hazard: hazard.id)),
    )


def _root(folder: Path, stem: str, problems: list[Problem]) -> Node | None:
    path = folder / f"{stem}.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        what = "is missing" if not path.exists() else f"cannot be read: {error}"
        problems.append(Problem(path.name, 0, "", what, "a file of YAML"))
        return None
    return read_yaml(text, path.name, problems)


def _ids(root: Node | None, *steps: str) -> tuple[str, ...] | None:
    """Return the ids of a list's items, as far as they can be read; None where it cannot."""
    if root is None:
        return None
    items = root.at(*steps).value
    if not isinstance(items, list):
        return None
    found = [
        item.value["id"].value
        for item in items
        if isinstance(item.value, dict) and "id" in item.value
    ]
    return tuple(id_ for id_ in found if isinstance(id_, str))


def _words(roots: dict[str, Node | None]) -> dict[str, Collection[str]]:
    """Return the vocabularies; one whose file cannot be read is left out, and not checked."""
    found = {
        "severity": _ids(roots["matrix"], "severities"),
        "likelihood": _ids(roots["matrix"], "likelihoods"),
        "role": _ids(roots["log"], "roles"),
        "source": _ids(roots["sources"]),
    }
    return {vocabulary: ids for vocabulary, ids in found.items() if ids is not None}


def _strays(folder: Path, themes: Collection[str]) -> Iterator[Problem]:
    known = {*FILES, *themes}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in known:
            allowed = "files of log.yaml's themes"
            guess = nearest(path.stem, known)
            yield Problem(path.name, 0, "", "is no theme of this log", allowed, guess)


def _gaps(matrix: Node | None, words: dict[str, Collection[str]]) -> Iterator[Problem]:
    """Give what keeps a matrix from rating every risk."""
    rows = matrix.at("ratings") if matrix is not None else None
    bands = matrix.at("bands").value if matrix is not None else None
    if rows is None or not isinstance(rows.value, dict) or not isinstance(bands, list):
        return
    wanted = words.get("likelihood", ())
    for likelihood in [*wanted, *(key for key in rows.value if key not in wanted)]:
        if likelihood not in rows.value:
            what = f"likelihood '{likelihood}' has no row"
            yield Problem("matrix.yaml", rows.line, "ratings", what, "a row for each")
        elif likelihood not in wanted:
            what, guess = f"unknown likelihood '{likelihood[:60]}'", nearest(likelihood, wanted)
            line = rows.key_lines[likelihood]
            yield Problem("matrix.yaml", line, "ratings", what, ", ".join(wanted), guess)
    for row in rows.value.values():
        for cell in row.value if isinstance(row.value, list) else ():
            if isinstance(cell.value, int) and not 1 <= cell.value <= len(bands):
                what = f"{cell.value} has no band"
                yield Problem("matrix.yaml", cell.line, "ratings", what, f"1 to {len(bands)}")


def _frame(item: Item, folder: Path) -> Frame:
    return Frame(
        title=item["title"],
        project=(folder / item["project"]).resolve(),
        pack=item["pack"],
        cases=item["cases"],
        phrases=item["phrases"],
        status=item["status"],
        is_not=tuple(item["is_not"]),
        rated=item["rated"],
        reporting=item["reporting"],
        roles={
            role["id"]: Role(role["id"], role["name"], role["who"], tuple(role["before_release"]))
            for role in item["roles"]
        },
        themes={theme["id"]: theme["name"] for theme in item["themes"]},
        reviews=tuple(Review(**review) for review in item["reviews"]),
    )


def _matrix(item: Item) -> Matrix:
    return Matrix(
        severities=tuple(Level(**level) for level in item["severities"]),
        likelihoods=tuple(Level(**level) for level in item["likelihoods"]),
        ratings={likelihood: tuple(row) for likelihood, row in item["ratings"].items()},
        bands=dict(enumerate(item["bands"], 1)),
        clinician_from=item["clinician_from"],
        refused_from=item["refused_from"],
        sources=tuple(item["sources"]),
    )


def _hazards(theme: str, root: Node) -> Iterator[Hazard]:
    for node in root.value if isinstance(root.value, list) else ():
        item, file = plain(node), f"{theme}.yaml"
        controls = node.at("controls").value
        yield Hazard(
            id=item["id"],
            title=item["title"],
            theme=theme,
            hazard=item["hazard"],
            causes=tuple(item["causes"]),
            who=item["harm"]["who"],
            harm=item["harm"]["what"],
            before=Rating(**item["before"]),
            after=Rating(**item["after"]),
            controls=tuple(
                _control(control, item["id"], file)
                for control in (controls if isinstance(controls, list) else ())
            ),
            residual=item["residual"],
            decision=Decision(item["decision"]),
            owner=item["owner"],
            sources=tuple(item["sources"]),
            withdrawn=item.get("withdrawn", ""),
            file=file,
            line=node.line,
        )


def _control(node: Node, hazard: str, file: str) -> Control:
    item = plain(node)
    place = f"hazard '{hazard}': control '{item['id']}'"
    return Control(
        id=item["id"],
        what=item["what"],
        kind=ControlKind(item["kind"]),
        at=tuple(_references(node.at("at"), file, f"{place}: at")),
        evidence=tuple(_references(node.at("evidence"), file, f"{place}: evidence")),
        withdrawn=item.get("withdrawn", ""),
        line=node.line,
    )


def _references(node: Node, file: str, place: str) -> Iterator[Reference]:
    for item in node.value if isinstance(node.value, list) else ():
        for kind, target in plain(item).items():
            yield Reference(kind, target, file, item.line, place)
