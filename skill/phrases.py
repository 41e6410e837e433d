"""
The words of a locale: YAML for translators, one generated JSON a locale for what runs.

A locale is its language's folder (`locales/en`) with the region's folder (`locales/en-GB`)
laid over it, key by key. `python -m skill.phrases` writes `locales/<locale>.json`;
`--check` compares. Where a region is not shipped its language speaks, with "your local
emergency number"; another language is never answered in English unless nothing else exists.
"""

from __future__ import annotations

import argparse
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
PARTS = ("phrases", "findings", "words", "products", "medicines", "region", "device")
"""What runs needs."""
AUTHORED = (*PARTS, "utterances")
"""What the interaction model is generated from as well."""


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
    words: Mapping[str, Any]
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
    for name in (locale, locale.split("-", maxsplit=1)[0]):
        path = LOCALES / f"{name}.json"
        if name.replace("-", "").isalnum() and path.is_file():
            break
    else:
        allowed = ", ".join(shipped_locales())
        raise LocaleError(f"locale '{locale[:20]}' is not shipped; allowed: {allowed}")
    document = json.loads(path.read_text(encoding="utf-8"))
    content = document["content"]
    if document["sha256"] != _digest(content):
        raise LocaleError(f"{path.name} is damaged: its content does not match its hash")
    return Locale(id=locale, **{part: content[part] for part in PARTS})


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


def generated(name: str) -> str:
    """Return the text of the locale's generated JSON."""
    authored = read_locale(name)
    content = json.loads(json.dumps({part: authored[part] for part in PARTS}))
    document = {"sha256": _digest(content), "content": content}
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _digest(content: Any) -> str:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def main(arguments: Sequence[str] | None = None) -> int:
    """Write (or with --check compare) the generated file of every language and locale."""
    parser = argparse.ArgumentParser(prog="python -m skill.phrases", description=main.__doc__)
    parser.add_argument("--check", action="store_true", help="compare only; 1 where stale")
    check = parser.parse_args(arguments).check
    stale = []
    for name in sorted(path.name for path in LOCALES.iterdir() if path.is_dir()):
        path, text = LOCALES / f"{name}.json", generated(name)
        if path.is_file() and path.read_text(encoding="utf-8") == text:
            continue
        stale.append(path.name)
        if not check:
            path.write_text(text, encoding="utf-8")
    if stale:
        what = "stale, run 'make generate'" if check else "written"
        sys.stderr.write(f"skill/locales: {', '.join(stale)} {what}\n")
    return int(bool(stale) and check)


if __name__ == "__main__":
    sys.exit(main())
