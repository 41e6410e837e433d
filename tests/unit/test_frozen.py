"""Values that cannot be changed behave as frozen dataclasses do."""

from __future__ import annotations

import copy
import pickle
from dataclasses import FrozenInstanceError, field, replace

import pytest

from rules_lib.frozen import frozen


@frozen
class Point:
    """A place."""

    x: int
    y: int = 0
    note: list[str] | None = field(default=None, hash=False)


@frozen
class Pair:
    """The same fields, another meaning."""

    x: int
    y: int = 0
    note: list[str] | None = field(default=None, hash=False)


def test_a_value_is_made_of_its_fields_with_their_defaults() -> None:
    """Fields are taken by place or by name, and what is left out has its default."""
    assert (Point(1).x, Point(1).y, Point(1, y=2).y) == (1, 0, 2)
    assert repr(Point(1, 2)) == "Point(x=1, y=2, note=None)"
    with pytest.raises(TypeError):
        Point()  # type: ignore[call-arg]


def test_values_are_equal_to_their_like_alone() -> None:
    """Equal fields of another class are another value; only some fields are hashed."""
    assert Point(1, 2) == Point(1, 2)
    assert Point(1, 2) != Point(1, 3)
    another: object = Pair(1, 2)
    assert Point(1, 2) != another
    assert len({Point(1), Pair(1), Point(1)}) == 2
    assert hash(Point(1, 2, ["a"])) == hash(Point(1, 2))


def test_a_value_cannot_be_changed() -> None:
    """Neither a field nor anything else can be set or deleted."""
    point = Point(1)
    with pytest.raises(FrozenInstanceError, match="frozen"):
        point.x = 2  # type: ignore[misc]
    with pytest.raises(FrozenInstanceError):
        point.z = 2  # type: ignore[attr-defined]
    with pytest.raises(FrozenInstanceError):
        del point.x
    assert point == Point(1)


def test_copies_and_changed_copies_are_values_too() -> None:
    """`replace`, `copy`, `pickle` and `match` work as with any dataclass."""
    assert replace(Point(1, 2), y=3) == Point(1, 3)
    assert copy.deepcopy(Point(1, 2)) == Point(1, 2)
    assert pickle.loads(pickle.dumps(Point(1, 2))) == Point(1, 2)  # noqa: S301 - our own
    match Point(1, 2):
        case Point(x, y):
            assert (x, y) == (1, 2)


def test_a_default_made_anew_is_refused() -> None:
    """It would have been taken for no default at all."""
    with pytest.raises(TypeError, match="notes has a default_factory; give it a default"):

        @frozen
        class Noted:
            notes: list[str] = field(default_factory=list)


def test_inherited_fields_are_refused() -> None:
    """A value is a class of its own, and says all its fields."""
    with pytest.raises(TypeError, match="Higher inherits its field x; declare all of them in it"):

        @frozen
        class Higher(Point):
            z: int = 0
