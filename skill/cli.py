"""The console script `iron-guide`: talk, serve, check. Each command loads only what it needs."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ABOUT = (
    "Iron Guide: what to do about back pain and other trouble after an iron infusion. "
    "A reference implementation, not a medical device, and not reviewed by a clinician yet."
)


def parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    top = argparse.ArgumentParser(prog="iron-guide", description=ABOUT)
    commands = top.add_subparsers(dest="command", required=True)
    talk = commands.add_parser("talk", help="converse with the skill in the terminal")
    talk.add_argument(
        "--locale", default="en-US", help="en-US by default; an unknown one lists them"
    )
    talk.add_argument("--json", action="store_true", help="one utterance a line in, JSON out")
    talk.add_argument("--trace", action="store_true", help="show intent, findings and rules")
    serve = commands.add_parser("serve", help="answer Alexa requests as a web service")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument("--port", type=int, default=8080, help="port to listen on")
    serve.add_argument("--skill-id", help="the application id that requests must carry")
    serve.add_argument(
        "--no-verify", action="store_true", help="take unsigned requests; loopback only"
    )
    commands.add_parser(
        "check", help="check a knowledge pack; options of python -m rules_lib check"
    )
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words[:1] == ["check"]:
        import rules_lib.__main__ as rules_command  # noqa: PLC0415 - all of the workbench

        return rules_command.main(words)
    given = parser().parse_args(words)
    try:
        if given.command == "talk":
            from skill import talk  # noqa: PLC0415 - each command loads only what it needs
        else:
            from skill import server  # noqa: PLC0415
    except ModuleNotFoundError as missing:
        if not missing.name or missing.name.partition(".")[0] in {"rules_lib", "skill"}:
            raise  # a part of ours is missing, which no extra brings
        extra = "web" if given.command == "serve" else "skill"
        print(
            f"iron-guide {given.command} needs '{missing.name}': install iron-guide[{extra}]",
            file=sys.stderr,
        )
        return 2
    if given.command == "talk":
        return talk.run(given)
    return server.serve(
        host=given.host, port=given.port, verify=not given.no_verify, skill_id=given.skill_id
    )


if __name__ == "__main__":
    sys.exit(main())
