"""The knowledge base: a pack, loaded from its YAML or from the JSON made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rules_lib.compiled import read_written
from rules_lib.errors import KnowledgeError, Problem, nearest
from rules_lib.pack import Advice as Advice
from rules_lib.pack import CauseType as CauseType
from rules_lib.pack import Clocks as Clocks
from rules_lib.pack import Complaint as Complaint
from rules_lib.pack import Expects as Expects
from rules_lib.pack import Group as Group
from rules_lib.pack import Pack
from rules_lib.pack import Question as Question
from rules_lib.pack import Role as Role

SHIPPED = Path(__file__).parent / "knowledge"
"""Where the packs of this distribution lie: `<name>.json`, and `<name>/` with its YAML."""


@dataclass(frozen=True, eq=False)
class KnowledgeBase(Pack):
    """Findings, rules and sources together; immutable, shared by everybody."""

    @classmethod
    def load(cls, pack: str | Path) -> Self:
        """
        Load a pack.

        Args:
            pack: the name of a shipped pack (`its_name`; reads generated JSON, never YAML),
                a folder of YAML, or a `.json` file that `compile` wrote.

        Returns:
            The knowledge base, cross-checked.

        Raises:
            KnowledgeError: with every problem of every file.
        """
        if isinstance(pack, str) and pack in shipped_packs():
            return cls._from_json(SHIPPED / f"{pack}.json")
        path = Path(pack)
        if path.is_dir():
            # Imported here: only those who write packs read YAML.
            from rules_lib.authoring.folder import pack_fields  # noqa: PLC0415

            return cls(**pack_fields(path))
        if path.suffix == ".json" and path.is_file():
            return cls._from_json(path)
        what = f"there is no pack '{pack}'"
        allowed = ", ".join((*shipped_packs(), "a folder of YAML", "a .json file"))
        guess = nearest(str(pack), shipped_packs())
        raise KnowledgeError([Problem("pack", 0, "", what, allowed, guess)])

    @classmethod
    def _from_json(cls, path: Path) -> Self:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            what = f"cannot be read: {error}"
            raise KnowledgeError([Problem(path.name, 0, "", what)]) from error
        return cls(**read_written(text, path.name))


def shipped_packs() -> tuple[str, ...]:
    """Return the names by which packs of this distribution are loaded."""
    return tuple(sorted(path.stem for path in SHIPPED.glob("*.json")))
