"""The knowledge base: a pack, loaded from its YAML or from the JSON made of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from rules_lib.errors import KnowledgeError
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
        path = Path(pack)
        if path.is_dir():
            # Imported here: only those who write packs read YAML.
            from rules_lib.authoring.reader import read_draft  # noqa: PLC0415

            draft, problems = read_draft(path)
            if problems:
                raise KnowledgeError(problems)
            return cls(**draft.fields())
        raise NotImplementedError
