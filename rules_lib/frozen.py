"""
Frozen values that cost little to define and to make.

`dataclass(frozen=True, slots=True)` compiles five functions a class; with forty classes that was
a third of what a cold start takes beyond the SDK's own, and half the time to make a value. Here
one function a class is compiled, `__init__`; the rest is the same and shared. `dataclasses.fields`,
`replace` and `match` work as ever. Fields that are inherited, or have a default that is made anew
for each value, are refused.
"""

from __future__ import annotations

from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, dataclass_transform

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a frozen value with slots, equal to its like."""
    made: Any = dataclass(init=False, repr=False, eq=False, slots=True)(cls)
    declared = fields(made)
    _refuse_unlike(made, declared)
    names = tuple(each.name for each in declared)
    made.__init__ = _initialiser(made, declared)
    made.__eq__, made.__hash__ = _comparison(
        attrgetter(*names), attrgetter(*(each.name for each in declared if each.hash is not False))
    )
    made.__repr__, made.__reduce__ = _repr, _reduce
    made.__setattr__, made.__delattr__ = _refuse, _refuse
    return made  # type: ignore[no-any-return]


def _refuse_unlike(made: Any, declared: tuple[Any, ...]) -> None:
    """Refuse what would not behave as in a frozen dataclass."""
    for each in declared:
        if each.default_factory is not MISSING:
            msg = f"{made.__qualname__}.{each.name} has a default_factory; give it a default"
            raise TypeError(msg)
        if each.name not in made.__dict__:
            msg = f"{made.__qualname__} inherits its field {each.name}; declare all of them in it"
            raise TypeError(msg)


def _initialiser(made: Any, declared: tuple[Any, ...]) -> Callable[..., None]:
    """Compile `__init__`; it sets the slots themselves, since the values refuse to be set."""
    scope: dict[str, Any] = {}
    parameters = ["self"]
    body = []
    for each in declared:
        name = each.name
        scope[f"set_{name}"] = made.__dict__[name].__set__
        parameter = name
        if each.default is not MISSING:
            scope[f"default_{name}"] = each.default
            parameter = f"{name}=default_{name}"
        parameters.append(parameter)
        body.append(f"    set_{name}(self, {name})")
    text = f"def __init__({', '.join(parameters)}):\n" + "\n".join(body)
    exec(text, scope)  # noqa: S102 - as dataclasses does it; the names are our own
    made_init: Callable[..., None] = scope["__init__"]
    made_init.__qualname__ = f"{made.__qualname__}.__init__"
    return made_init


def _comparison(
    compared: Callable[[Any], Any], hashed: Callable[[Any], Any]
) -> tuple[Callable[[Any, object], Any], Callable[[Any], int]]:
    def equal(self: Any, other: object) -> Any:
        if type(other) is not type(self):
            return NotImplemented
        return compared(self) == compared(other)

    def hash_of(self: Any) -> int:
        return hash(hashed(self))

    return equal, hash_of


def _repr(self: Any) -> str:
    shown = ", ".join(f"{each.name}={getattr(self, each.name)!r}" for each in fields(self))
    return f"{type(self).__qualname__}({shown})"


def _reduce(self: Any) -> tuple[type, tuple[Any, ...]]:
    return type(self), tuple(getattr(self, each.name) for each in fields(self))


def _refuse(self: Any, name: str, *_: object) -> NoReturn:
    msg = f"a {type(self).__qualname__} is frozen: cannot change field {name!r}"
    raise FrozenInstanceError(msg)
