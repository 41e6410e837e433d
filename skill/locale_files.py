"""
Writes the JSON of every locale from its YAML: python -m skill.locale_files [--check].

A region's folder is laid over its language's, key by key. `<locale>.json` holds what every
turn speaks, `<locale>.heard.json` what reading free text needs, its patterns compiled.
"""

from __future__ import annotations

import argparse
import copy
import functools
import json
import sys
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from skill.lexicon import compiled
from skill.phrases import FOOTER, LOCALES, PARTS, header
from skill.sentence import Normaliser

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

SPOKEN = ("say",)
"""Of findings, products and medicines, only how we name them is spoken."""
HEARD = ("covers", "only_alone", "beside")
"""What reading free text needs of an entry beside its patterns, which are compiled."""
AUTHORED = (*PARTS, "words", "utterances")
"""What a translator writes."""


def read_locale(name: str) -> dict[str, Any]:
    """Return the parts of a locale as its YAML files have them, region laid over language."""
    content: dict[str, Any] = {part: {} for part in AUTHORED}
    for folder in dict.fromkeys([name.split("-", maxsplit=1)[0], name]):
        for part in AUTHORED:
            path = LOCALES / folder / f"{part}.yaml"
            if path.is_file():
                # A copy: each caller may change its own.
                written = copy.deepcopy(parsed(path.read_text(encoding="utf-8")))
                content[part] = _laid_over(content[part], written)
    return content


@functools.cache
def parsed(text: str) -> Any:
    """
    Return what a YAML text holds; not to be changed.

    Parsing takes seconds, and every region lays itself over the same files of its language.
    """
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    return yaml.load(text)


def _laid_over(under: Any, over: Any) -> Any:
    if isinstance(under, dict) and isinstance(over, dict):
        return {
            key: _laid_over(under[key], over[key]) if key in under and key in over else value
            for key, value in {**under, **over}.items()
        }
    return over


@functools.cache
def generated(name: str) -> dict[str, str]:
    """Return the generated files of a locale: file name to text."""
    authored = read_locale(name)
    spoken = {part: authored[part] for part in PARTS}
    heard: dict[str, Any] = {"words": dict(authored["words"])}
    for part in ("findings", "products", "medicines"):
        spoken[part] = _only(authored[part], SPOKEN)
        heard[part] = _only(authored[part], HEARD)
    heard["nodes"] = _compiled(authored)
    del heard["words"]["cues"], heard["words"]["groups"]
    files = {f"{name}.json": _text(spoken), f"{name}.heard.json": _text(heard)}
    language = name.split("-", maxsplit=1)[0]
    if (
        language != name
        and generated(language)[f"{language}.heard.json"] == files[f"{name}.heard.json"]
    ):
        del files[f"{name}.heard.json"]  # a region that hears as its language does reads that
    return files


def _only(entries: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {
        name: {key: entry[key] for key in keys if key in entry} for name, entry in entries.items()
    }


def _compiled(authored: Mapping[str, Any]) -> Any:
    lexemes = {"product": authored["products"], "medicine": authored["medicines"]}
    words = authored["words"]
    return compiled(Normaliser(words), authored["findings"], words, lexemes).nodes


def _text(content: Any) -> str:
    """Return content as JSON whose first line holds the hash of the rest."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{header(text)}\n{text}{FOOTER}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write (or with --check compare) the generated file of every language and locale."""
    parser = argparse.ArgumentParser(prog="python -m skill.locale_files", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    folders = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())
    made = {name: text for folder in folders for name, text in generated(folder).items()}
    shipped = {
        path.name: path.read_text(encoding="utf-8")
        for path in LOCALES.glob("*.json")
        if not path.name.endswith(".ear.json")  # skill/ear_training.py makes those
    }
    stale = sorted(name for name in made | shipped if made.get(name) != shipped.get(name))
    for name in () if check else stale:
        if name in made:
            (LOCALES / name).write_text(made[name], encoding="utf-8")
        else:
            (LOCALES / name).unlink()
    if stale:
        what = "stale, run 'make generate'" if check else "written"
        sys.stderr.write(f"skill/locales: {', '.join(stale)} {what}\n")
    return int(bool(stale) and check)


if __name__ == "__main__":
    sys.exit(main())
