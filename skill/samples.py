"""Write out sample sentences: `(my|the) back [really] hurts` stands for four of them."""

from __future__ import annotations

import re
from itertools import product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r"[()\[\]|]|[^()\[\]|]+")
_CLOSING = {"(": ")", "[": "]"}


class TemplateError(ValueError):
    """A template whose brackets do not match."""


def expand(template: str) -> Iterator[str]:
    """
    Yield every sentence that the template stands for, in the order written.

    Args:
        template: words and {slots}; `(a|b)` is one of them, `[a|b]` one of them or nothing.

    Raises:
        TemplateError: naming the template and the bracket.
    """
    tokens = _TOKEN.findall(template)
    sentences, _ = _alternatives(tokens, 0, "", template)
    for sentence in dict.fromkeys(" ".join(words.split()) for words in sentences):
        if sentence:
            yield sentence


def _alternatives(
    tokens: list[str], place: int, closing: str, template: str
) -> tuple[list[str], int]:
    found: list[str] = []
    parts: list[list[str]] = []
    while place < len(tokens):
        token = tokens[place]
        if token in _CLOSING:
            inner, place = _alternatives(tokens, place + 1, _CLOSING[token], template)
            parts.append([*inner, ""] if token == "[" else inner)  # noqa: S105 - a bracket
        elif token == "|":  # noqa: S105 - a bar
            found += ["".join(words) for words in product(*parts)]
            parts = []
        elif token in _CLOSING.values():
            if token != closing:
                msg = f"{template!r} has a {token!r} where {closing or 'no bracket'!r} should be"
                raise TemplateError(msg)
            break
        else:
            parts.append([token])
        place += 1
    else:
        if closing:
            msg = f"{template!r} has no {closing!r}"
            raise TemplateError(msg)
    return found + ["".join(words) for words in product(*parts)], place
