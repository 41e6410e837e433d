"""One assessment from end to end: findings in, both engines, the more urgent answer out."""

from __future__ import annotations

import functools
import weakref
from typing import TYPE_CHECKING, Any

from rules_lib.assessment import (
    UNKNOWN_CAUSE,
    Activation,
    Assessment,
    Cause,
    Verdict,
    Withheld,
    WithheldReason,
)
from rules_lib.chainer import Chainer
from rules_lib.engine import Engine
from rules_lib.errors import EngineUnavailable, KnowledgeError, RulesLibError
from rules_lib.facts import Finding, Presence, findings_from
from rules_lib.frozen import frozen
from rules_lib.rules import Likelihood, Urgency
from rules_lib.screening import completed, is_screened
from rules_lib.trace import trace_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from rules_lib.errors import Problem
    from rules_lib.knowledge_base import KnowledgeBase

BOTH, CHAINER = "both", "chainer"
# Looking a member up in its enumeration is slow before Python 3.12.
_ABSENT, _SELF_CARE, _WITHIN_24_HOURS = (
    Presence.ABSENT,
    Urgency.SELF_CARE,
    Urgency.WITHIN_24_HOURS,
)
_CONTRAINDICATED, _NOT_SCREENED = WithheldReason.CONTRAINDICATED, WithheldReason.NOT_SCREENED
_NO_CAUSE = (Cause(UNKNOWN_CAUSE, Likelihood.POSSIBLE),)
_LIKELIHOODS = (Likelihood.LIKELY, Likelihood.POSSIBLE, Likelihood.LESS_LIKELY)


@frozen
class Difference:
    """The two engines did not agree, or one failed; something for the developers to see."""

    what: tuple[str, ...]
    """One sentence for each field of the verdict that differs."""
    findings: Mapping[str, Finding]
    knowledge_base: str


class Session:
    """
    The engines of one knowledge base, compiled once; holds nothing of any patient.

    Args:
        kb: the knowledge base.
        chainer_only: leave the first engine out, where thousands of packs are tried.
    """

    def __init__(self, kb: KnowledgeBase, *, chainer_only: bool = False) -> None:
        self._kb = self.kb = kb
        self.chainer_only = chainer_only
        self._beyond: tuple[Problem, ...] = ()
        """What durable-rules cannot bear, once that was tried."""

    @functools.cached_property
    def chainer(self) -> Chainer:
        """Our own engine, compiled at the first use."""
        return Chainer(self._kb)

    @functools.cached_property
    def _engine(self) -> Engine | None:
        """The first engine, where it can be had; a pack beyond its limits is refused each time."""
        if self.chainer_only:
            return None
        if self._beyond:
            raise KnowledgeError(self._beyond)
        try:
            return Engine(self._kb)
        except EngineUnavailable:
            return None
        except KnowledgeError as error:
            self._beyond = error.problems
            raise

    def assess(
        self,
        reported: Mapping[str, Any] | Iterable[Finding],
        on_difference: Callable[[Difference], None] | None = None,
    ) -> Assessment:
        """Assess what was reported; see the function of the same name."""
        kb = self._kb
        findings = completed(kb, findings_from(kb.findings, reported))
        verdict = self.chainer.verdict(findings)
        trace: tuple[Activation, ...] = ()
        differences: tuple[str, ...] = ()
        engine = CHAINER
        if self._engine is not None:
            try:
                second, trace = self._engine.run(findings)
            except RulesLibError as error:
                differences = (f"durable-rules failed: {error}",)
            else:
                engine = BOTH
                if second != verdict:
                    differences = _differences(second, verdict)
                    verdict = _more_urgent(second, verdict)
        if engine is CHAINER or differences:
            traced = {activation.rule for activation in trace}
            own = trace_of(kb, findings, verdict)
            trace += tuple(activation for activation in own if activation.rule not in traced)
        if differences and on_difference is not None:
            on_difference(Difference(differences, findings, kb.version))
        return _assessment(
            kb, findings, verdict=verdict, trace=trace, engine=engine, differences=differences
        )

    def verdict_of(self, told: Mapping[str, Finding]) -> Verdict:
        """Return what the chainer alone concludes of what was told, completed."""
        return self.chainer.verdict(completed(self._kb, told))

    def foreseen(self, findings: Mapping[str, Finding]) -> Assessment:
        """
        Return the assessment that an answer would lead to, by the chainer alone and untraced.

        For looking ahead, many times over; what a patient is told comes from `assess`.
        """
        full = completed(self._kb, findings)
        verdict = self.chainer.verdict(full)
        return _assessment(
            self._kb, full, verdict=verdict, trace=(), engine=CHAINER, differences=()
        )


_sessions: weakref.WeakKeyDictionary[KnowledgeBase, Session] = weakref.WeakKeyDictionary()


def session_of(kb: KnowledgeBase) -> Session:
    """Return the knowledge base's session, compiling it at the first use in this process."""
    session = _sessions.get(kb)
    if session is None:
        session = _sessions.setdefault(kb, Session(kb))
    return session


def chainer_session(kb: KnowledgeBase) -> Session:
    """Make whatever assesses this knowledge base do so by the chainer alone; its session."""
    session = _sessions.get(kb)
    if session is None or not session.chainer_only:
        session = _sessions[kb] = Session(kb, chainer_only=True)
    return session


def assess(
    kb: KnowledgeBase,
    findings: Mapping[str, Any] | Iterable[Finding],
    *,
    on_difference: Callable[[Difference], None] | None = None,
) -> Assessment:
    """
    Return what the rules conclude from the findings.

    A pure function: the same findings in any order give the same assessment, and nothing
    is kept between calls. Safe from several threads.

    Args:
        kb: the knowledge base, as loaded.
        findings: finding id to `present`, `absent`, `unsure`, a number, a choice, or a
            mapping with presence, value and severity; or an iterable of Findings.
        on_difference: called where durable-rules and the chainer do not agree; the more
            urgent of the two answers is given whatever it does.

    Raises:
        FactError: where a finding is not in the knowledge base's vocabulary.
        KnowledgeError: where the rules go beyond what durable-rules can bear; `check` says so.
    """
    return session_of(kb).assess(findings, on_difference)


def _assessment(  # noqa: PLR0913 - the parts of an answer
    kb: KnowledgeBase,
    findings: dict[str, Finding],
    *,
    verdict: Verdict,
    trace: tuple[Activation, ...],
    engine: str,
    differences: tuple[str, ...],
) -> Assessment:
    screened = is_screened(kb, findings)
    floor, causes, _, _, asks, leads, says, _, _ = verdict
    offered, withheld = offers(kb, findings, verdict)
    # In the order of the fields: keywords cost time at each of the calls.
    return Assessment(
        findings,
        floor,
        announced(floor, screened=screened),
        screened,
        causes or _NO_CAUSE,
        offered,
        withheld,
        _in_order(kb.questions, asks),
        _in_order(kb.leads, leads),
        tuple(sorted(says)) if says else (),
        trace,
        kb.version,
        engine,
        differences,
    )


def _in_order(order: Iterable[str], names: frozenset[str]) -> tuple[str, ...]:
    return tuple([name for name in order if name in names]) if names else ()


def announced(floor: Urgency | None, *, screened: bool) -> Urgency:
    """Return what a patient may be told if the interview ended now; comfort needs screening."""
    least = _SELF_CARE if screened and floor is not None else _WITHIN_24_HOURS
    return max(floor or least, least)


def offers(
    kb: KnowledgeBase, findings: Mapping[str, Finding], verdict: Verdict
) -> tuple[tuple[str, ...], tuple[Withheld, ...]]:
    """Return the advice that is offered, and what is withheld and why, in the pack's order."""
    offered: list[str] = []
    withheld: list[Withheld] = []
    forbidden, indicated = verdict.withheld, verdict.indicated
    for name, advice in kb.advice.items():
        if name in forbidden:
            withheld.append(_withheld(name, _CONTRAINDICATED))
        elif name in indicated or (advice.always and verdict.floor is not None):
            for sign in advice.needs_denied:
                found = findings.get(sign)
                if found is None or found.presence is not _ABSENT:
                    withheld.append(_withheld(name, _NOT_SCREENED))
                    break
            else:
                offered.append(name)
    return tuple(offered), tuple(withheld)


@functools.cache
def _withheld(name: str, reason: WithheldReason) -> Withheld:
    """Return advice of some pack with why it is withheld, made once."""
    return Withheld(name, reason)


def _differences(one: Verdict, other: Verdict) -> tuple[str, ...]:
    return tuple(
        f"{name}: durable-rules {_shown(first)}, chainer {_shown(second)}"
        for name, first, second in zip(Verdict._fields, one, other, strict=True)
        if first != second
    )


def _shown(part: object) -> object:
    return sorted(part) if isinstance(part, frozenset) else part


def _more_urgent(one: Verdict, other: Verdict) -> Verdict:
    """Return the safer mixture: highest urgency, common advice, all that is withheld or caused."""
    causes: dict[str, Likelihood] = {}
    for cause in (*one.causes, *other.causes):
        known = causes.get(cause.id, cause.likelihood)
        causes[cause.id] = min(known, cause.likelihood, key=_LIKELIHOODS.index)
    floors = [verdict.floor for verdict in (one, other) if verdict.floor is not None]
    return Verdict(
        floor=max(floors, default=None),
        causes=tuple(
            sorted(
                (Cause(name, likelihood) for name, likelihood in causes.items()),
                key=lambda cause: (_LIKELIHOODS.index(cause.likelihood), cause.id),
            )
        ),
        indicated=one.indicated & other.indicated,
        withheld=one.withheld | other.withheld,
        asks=one.asks | other.asks,
        leads=one.leads | other.leads,
        says=one.says | other.says,
        facts=one.facts | other.facts,
        rules=one.rules | other.rules,
    )
