"""
The words of a locale: YAML for translators, one generated JSON a locale for what runs.

A locale is its language's folder (`locales/en`) with the region's folder (`locales/en-GB`)
laid over it, key by key. `python -m skill.phrases` writes `locales/<locale>.json`;
`--check` compares. Where a region is not shipped its language speaks, with "your local
emergency number"; another language is never answered in English unless nothing else exists.
"""

from __future__ import annotations

import functools
import hashlib
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCALES = Path(__file__).parent / "locales"
PARTS = ("phrases", "findings", "products", "medicines", "region", "device")
"""What every turn needs: read at the first request."""
SPOKEN = ("say",)
"""Of findings, products and medicines, only how we name them is spoken."""
HEARD = ("covers", "only_alone")
"""What reading free text needs of an entry beside its patterns, which are compiled."""
AUTHORED = (*PARTS, "words", "utterances")
"""What a translator writes."""


class LocaleError(Exception):
    """A locale that is not shipped, or whose generated file is damaged."""


class PhraseMissing(KeyError):  # noqa: N818 - reads as what it is
    """A phrase that the locale lacks; never replaced silently by another language's."""


@dataclass(frozen=True, eq=False)
class Locale:
    """The words of one locale, all of them plain data."""

    id: str
    phrases: Mapping[str, Any]
    findings: Mapping[str, Any]
    products: Mapping[str, Any]
    medicines: Mapping[str, Any]
    region: Mapping[str, Any]
    device: Mapping[str, Any]
    """What a device hears by itself; for the local speaker."""

    def phrase(self, key: str, **parts: str) -> str:
        """
        Return the phrase under a dotted key, filled in with the region's words and `parts`.

        Raises:
            PhraseMissing: where the locale has no such phrase, or a part is not given.
        """
        text = self.find(key)
        if not isinstance(text, str):
            raise PhraseMissing(f"{self.id}: no phrase '{key}'")
        try:
            return text.format_map({**self.region["words"], **parts}).strip()
        except KeyError as missing:
            raise PhraseMissing(f"{self.id}: phrase '{key}' lacks {missing}") from None

    def find(self, key: str) -> Any:
        """Return what stands under a dotted key of phrases.yaml, None where nothing does."""
        found: Any = self.phrases
        for step in key.split("."):
            found = found.get(step) if isinstance(found, dict) else None
        return found


def shipped_locales() -> tuple[str, ...]:
    """Return the locales that have a region folder, sorted."""
    return tuple(sorted(path.name for path in LOCALES.glob("*-*") if path.is_dir())) or tuple(
        sorted(path.stem for path in LOCALES.glob("*-*.json"))
    )


@functools.cache
def load_locale(locale: str) -> Locale:
    """
    Return the words of a locale, its language's where the region is not shipped.

    Raises:
        LocaleError: where neither is shipped, or the generated file is damaged.
    """
    content = _generated(locale, "")
    return Locale(id=locale, **{part: content[part] for part in PARTS})


def load_heard(locale: str) -> dict[str, Any]:
    """
    Return what the reader of a locale's free text is made of, its patterns compiled.

    Raises:
        LocaleError: as for load_locale.

    """
    return _generated(locale, ".heard")


def _generated(locale: str, kind: str) -> dict[str, Any]:
    for name in (locale, locale.split("-", maxsplit=1)[0]):
        path = LOCALES / f"{name}{kind}.json"
        if name.replace("-", "").isalnum() and path.is_file():
            break
    else:
        allowed = ", ".join(shipped_locales())
        raise LocaleError(f"locale '{locale[:20]}' is not shipped; allowed: {allowed}")
    header, _, text = path.read_text(encoding="utf-8").partition("\n")
    text = text.removesuffix(_FOOTER)
    if header != _header(text):
        raise LocaleError(f"{path.name} is damaged: its content does not match its hash")
    content: dict[str, Any] = json.loads(text)
    return content


def read_locale(name: str) -> dict[str, Any]:
    """Return the parts of a locale as its YAML files have them, region laid over language."""
    # Imported here: what runs reads the generated JSON, never YAML.
    from ruamel.yaml import YAML  # noqa: PLC0415

    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 2)
    content: dict[str, Any] = {part: {} for part in AUTHORED}
    for folder in dict.fromkeys([name.split("-", maxsplit=1)[0], name]):
        for part in AUTHORED:
            path = LOCALES / folder / f"{part}.yaml"
            if path.is_file():
                content[part] = _laid_over(content[part], yaml.load(path))
    return content


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
    # Imported here: only what generates compiles.
    from skill.lexicon import compiled  # noqa: PLC0415
    from skill.sentence import Normaliser  # noqa: PLC0415

    lexemes = {"product": authored["products"], "medicine": authored["medicines"]}
    words = authored["words"]
    return compiled(Normaliser(words), authored["findings"], words, lexemes).nodes


_FOOTER = "\n}\n"


def _text(content: Any) -> str:
    """Return content as JSON whose first line holds the hash of the rest."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return f"{_header(text)}\n{text}{_FOOTER}"


def _header(text: str) -> str:
    return f'{{"sha256":"{hashlib.sha256(text.encode()).hexdigest()}","content":'


def main(arguments: Sequence[str] | None = None) -> int:
    """Write (or with --check compare) the generated file of every language and locale."""
    import argparse  # noqa: PLC0415 - what runs needs no command line

    parser = argparse.ArgumentParser(prog="python -m skill.phrases", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    folders = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())
    made = {name: text for folder in folders for name, text in generated(folder).items()}
    shipped = {path.name: path.read_text(encoding="utf-8") for path in LOCALES.glob("*.json")}
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
