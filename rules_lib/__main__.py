"""
The workbench for those who write packs: `python -m rules_lib check | compile | ...`.

Exit status: 0 when all is well, 1 when something is wrong with a pack or a generated file is
stale, 2 when the command line is.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from rules_lib.commands import cases, generated, packs
from rules_lib.errors import RulesLibError
from rules_lib.evaluation import command as evaluation
from rules_lib.mutation import command as mutation
from rules_lib.proving import command as proving

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = {
    **packs.COMMANDS,
    **generated.COMMANDS,
    **cases.COMMANDS,
    "evaluate": evaluation.run,
    "prove": proving.run,
    "mutate": mutation.run,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit status."""
    parser = argparse.ArgumentParser(prog="python -m rules_lib", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    packs.declare(commands)
    generated.declare(commands)
    cases.declare(commands)
    evaluation.declare(commands.add_parser("evaluate", help=evaluation.ABOUT))
    proving.declare(commands.add_parser("prove", help=proving.ABOUT))
    mutation.declare(commands.add_parser("mutate", help=mutation.ABOUT))
    given = parser.parse_args(arguments)
    try:
        return _COMMANDS[given.command](given)
    except RulesLibError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Who reads along has seen enough, as in "... | head"; nothing can be written any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
