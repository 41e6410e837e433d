"""
The words of a locale: YAML for translators, one generated JSON a locale for what runs.

A locale is its language's folder (`locales/en`) with the region's folder (`locales/en-GB`)
laid over it, key by key; `python -m skill.locale_files` writes the JSON. Where a region is
not shipped its language speaks, with "your local emergency number"; another language is
never answered in English unless nothing else exists.
"""

from __future__ import annotations

import functools
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

LOCALES = Path(__file__).parent / "locales"
PARTS = ("phrases", "findings", "products", "medicines", "region", "device")
"""What every turn needs: read at the first request."""


FOOTER = "\n}\n"
"""What stands behind the content of a generated file; its first line holds the hash."""


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

    def by_its_clocks(self, moment: datetime) -> datetime:
        """Return a moment by the clocks of the region; unchanged where those are not known."""
        zone = self.region.get("time_zone")
        try:
            return moment.astimezone(ZoneInfo(zone)) if zone else moment
        except ZoneInfoNotFoundError:  # a machine without the time zones of the world
            return moment


def shipped_locales() -> tuple[str, ...]:
    """Return the locales that have a region folder, sorted."""
    return tuple(sorted(path.name for path in LOCALES.glob("*-*") if path.is_dir())) or tuple(
        # Not what a locale hears by, "en-GB.heard.json".
        sorted(path.stem for path in LOCALES.glob("*-*.json") if "." not in path.stem)
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


def load_ear(locale: str) -> dict[str, Any] | None:
    """Return the trained ear of a locale's language, None where none is shipped."""
    language = locale.split("-", maxsplit=1)[0]
    if not (language.isalnum() and (LOCALES / f"{language}.ear.json").is_file()):
        return None
    return _generated(language, ".ear")


def _generated(locale: str, kind: str) -> dict[str, Any]:
    for name in (locale, locale.split("-", maxsplit=1)[0]):
        path = LOCALES / f"{name}{kind}.json"
        if name.replace("-", "").isalnum() and path.is_file():
            break
    else:
        allowed = ", ".join(shipped_locales())
        raise LocaleError(f"locale '{locale[:20]}' is not shipped; allowed: {allowed}")
    # Bytes that are no text become text that does not match its hash.
    first, _, text = path.read_text(encoding="utf-8", errors="replace").partition("\n")
    text = text.removesuffix(FOOTER)
    if first != header(text):
        raise LocaleError(f"{path.name} is damaged: its content does not match its hash")
    content: dict[str, Any] = json.loads(text)
    return content


def header(text: str) -> str:
    """Return the first line of a generated file: the hash of its content."""
    return f'{{"sha256":"{hashlib.sha256(text.encode()).hexdigest()}","content":'
