"""
The first engine: durable-rules, driven through its C functions in a loop of our own.

Why so, and not as its documentation says: docs/engine_dangers.md. Nothing a patient says
reaches it but as the number of an atom (see program.py); nothing is kept after an assessment.
"""

from __future__ import annotations

import functools
import os
import sys
import threading
import weakref
from itertools import islice
from typing import TYPE_CHECKING, Any

from rules_lib.assessment import Activation, Strength, Verdict
from rules_lib.compiler import compile_program
from rules_lib.errors import EngineUnavailable, KnowledgeError, Problem, RuleFiringError
from rules_lib.outcomes import Fired, Outcomes
from rules_lib.program import BOOT, CERTAIN, SESSION, Program, atoms_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rules_lib.facts import Finding
    from rules_lib.knowledge_base import KnowledgeBase


def _import_native() -> Any:
    """Import durable-rules' extension, None where that fails."""
    # It names a C function that is gone from Python 3.13 and that is never called here: bound
    # lazily it loads all the same.
    flags = sys.getdlopenflags()
    sys.setdlopenflags(os.RTLD_LAZY)
    try:
        import durable_rules_engine  # noqa: PLC0415 - the flags must be set before
    except ImportError:
        return None
    finally:
        sys.setdlopenflags(flags)
    return durable_rules_engine


_native = _import_native()
_NOT_FIRED = (len(Strength), BOOT)
"""Of a rule that has not fired: weaker than any strength."""


class Engine:
    """
    The rules of one knowledge base on durable-rules; safe from several threads.

    Raises:
        EngineUnavailable: where the extension cannot be imported.
        KnowledgeError: where the rules go beyond what durable-rules can bear.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        if _native is None:
            msg = "durable-rules cannot be imported here; the chainer works without it"
            raise EngineUnavailable(msg)
        self._program = compile_program(kb)
        self._outcomes = Outcomes(kb.rules, self._program)
        self._rules = kb.rules
        self._ruleset: _Ruleset | None = _Ruleset(self._program.definition)
        self._torn = False
        """Whether a session may be left from a run that was interrupted."""
        self._lock = threading.Lock()
        _engines.add(self)

    def close(self) -> None:
        """Free the ruleset now, not when the engine is collected; a later run makes a new one."""
        with self._lock:
            self._ruleset, self._torn = None, False

    def run(self, findings: Mapping[str, Finding]) -> tuple[Verdict, tuple[Activation, ...]]:
        """
        Chain once and fold what fired.

        Args:
            findings: finding id to Finding, completed; ids that no rule tests are ignored.

        Returns:
            The verdict, and an activation of each rule that fired, in the pack's order.

        Raises:
            RuleFiringError: where durable-rules failed, or fired more than it can; the next
                run starts on a new ruleset.
        """
        stages = atoms_of(self._program, findings)
        with self._lock:
            if self._ruleset is None:
                self._ruleset = _Ruleset(self._program.definition)
            session = _Session(self._ruleset.handle, self._program)
            try:
                floor = self._run(session, stages)
            except (_native.error, MemoryError, RuleFiringError) as error:
                self._ruleset, self._torn = None, False
                msg = f"durable-rules failed: {error or 'out of memory'}"
                raise RuleFiringError(msg, self._rule_of(session)) from error
        return self._outcomes.fold(session.fired, floor, session.support)

    def _run(self, session: _Session, stages: tuple[list[int], ...]) -> int:
        """Chain in a session that is deleted after, come what may."""
        if self._torn:
            session.mend()
        self._torn = True
        try:
            return self._chain(session, stages)
        finally:
            if session.booted:
                session.delete()
                self._torn = False

    def _chain(self, session: _Session, stages: tuple[list[int], ...]) -> int:
        """
        Fire everything, strongest facts first, and return the floor (0 for none).

        Facts are only ever added, so one session serves all strengths: what fires once the
        weaker facts are in needed them. Rules that test the urgency come last.
        """
        for stage, atoms in enumerate(stages):
            if atoms or stage == CERTAIN:
                session.chain(atoms, stage)
        floor = self._outcomes.floor(session.fired)
        reached = [atom for urgency, atom in self._program.urgencies if urgency <= floor]
        if reached:
            session.chain_late(reached)
        return floor

    def _rule_of(self, session: _Session) -> str | None:
        """Return the id of the rule that fired last."""
        rules = self._program.ways[session.last].rules
        return self._rules[rules[0]].id if rules else None


class _Ruleset:
    """A ruleset of durable-rules, freed when nobody holds it."""

    def __init__(self, definition: str) -> None:
        try:
            self.handle: int = _native.create_ruleset("rules", definition)
        except _native.error as error:
            what = f"durable-rules refuses the compiled rules: {error}"
            raise KnowledgeError([Problem("rules", 0, "", what)]) from error
        weakref.finalize(self, _native.delete_ruleset, self.handle)


class _Session:
    """The facts of one assessment inside a ruleset; never outlives `Engine.run`."""

    __slots__ = (
        "_budget", "_handle", "_held", "_program", "booted", "fired", "last", "support",
    )  # fmt: skip

    def __init__(self, handle: int, program: Program) -> None:
        self._handle = handle
        self._program = program
        self._held: dict[int, int] = {}
        """Atom to how firmly it holds."""
        # Every atom is asserted once, so every compiled rule fires once at most.
        self._budget = len(program.ways)
        self.booted = False
        """Whether the session is there and safe to delete."""
        self.last = BOOT
        """The compiled rule that fired last."""
        self.fired: Fired = {}
        self.support: dict[int, int] = {}
        """Atom that a compiled rule made hold, to that rule."""

    def delete(self) -> None:
        """Delete the session; it must have booted."""
        _native.delete_state(self._handle, SESSION)

    def mend(self) -> None:
        """Delete a session of which it is not known how far it came."""
        # Whether it was there or not, now it is, and its first rule has fired or fires now.
        _, state = _native.assert_facts(self._handle, f"[{self._program.facts[BOOT]}]")
        _native.start_action_for_state(self._handle, state)
        self.delete()

    def chain(self, atoms: list[int], stage: int) -> None:
        """Add facts and what follows from them, until nothing new does."""
        fired, support, ways, held = self.fired, self.support, self._program.ways, self._held
        wave = atoms if self.booted else [BOOT, *atoms]
        held.update(dict.fromkeys(wave, stage))
        while wave:
            following: list[int] = []
            for place in self._fire(wave):
                way, how = ways[place], (stage, place)
                for rule in way.rules:
                    fired.setdefault(rule, how)
                for atom in way.gives:
                    if atom not in held:
                        held[atom] = stage
                        support[atom] = place
                        following.append(atom)
            wave = following

    def chain_late(self, atoms: list[int]) -> None:
        """Add the urgency reached; rules that test it conclude no fact and no urgency."""
        held, fired = self._held, self.fired
        held.update(dict.fromkeys(atoms, CERTAIN))
        for place in self._fire(atoms):
            way = self._program.ways[place]
            stage = max(held[atom] for atom in way.atoms)
            for rule in way.rules:
                if stage < fired.get(rule, _NOT_FIRED)[0]:
                    fired[rule] = (stage, place)

    def _fire(self, wave: list[int]) -> list[int]:
        """Assert the atoms of a wave, at least one; return the compiled rules that fire."""
        handle = self._handle
        facts = self._program.facts
        batch = ",".join([facts[atom] for atom in wave])
        code, state = _native.assert_facts(handle, f"[{batch}]")
        if code:
            msg = f"a fact was not taken, code {code}"
            raise RuleFiringError(msg)
        started = _native.start_action_for_state(handle, state)
        if not started:
            if not self.booted:
                msg = "its first rule did not fire"
                raise RuleFiringError(msg)
            return []
        self.booted = True
        # In one go, for between its calls there is nothing to do, and one firing too many.
        firing = functools.partial(_native.complete_and_start_action, handle, state)
        messages = [started[1], *islice(iter(firing, None), self._budget)]
        # A message is {"<name of the rule>":{...facts...}}; the name says it all.
        places = [int(message[2 : message.index('"', 2)]) for message in messages]
        self._budget -= len(places)
        self.last = places[-1]
        if self._budget < 0:
            msg = f"more than {len(self._program.ways)} firings"
            raise RuleFiringError(msg)
        return places


_engines: weakref.WeakSet[Engine] = weakref.WeakSet()


def _renew_locks() -> None:
    """Give a forked process locks of its own: the thread that held one is not in it."""
    for engine in _engines:
        engine._lock = threading.Lock()  # noqa: SLF001 - its own module


os.register_at_fork(after_in_child=_renew_locks)
