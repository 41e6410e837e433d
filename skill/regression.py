"""
Logistic regression over sequences of features, for skill/ear_training.py alone.

The ear hears a sign in the loudest run of words (skill/ear.py), so what it must learn to leave
alone is the loudest run of each phrase that does not mention the sign, not only the whole phrase:
words that speak against a sign help nothing where the run begins after them. So those runs are
sought and learnt again and again, each round's beside those before (hard negatives, as for the
latent parts of Felzenszwalb et al. 2010, "Object detection with discriminatively trained
part-based models").
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Known = Sequence[tuple[int, int, str]]
    """First word, last word and feature, by last word."""

_HUNDREDTHS = 100


class Settings(NamedTuple):
    """How a sign is learnt."""

    cost: float
    """Inverse of the regularisation."""
    mentions_count: float
    """What a missed mention costs beside a false alarm."""
    hard: float
    """Log odds of a run from which it is learnt that it mentions nothing."""
    rounds: int
    """Times that the loudest windows and runs are sought anew."""
    window: int
    """Words of a long phrase that are learnt together at most."""
    step: int
    """Words from one window of a long phrase to the next."""


class Fitted(NamedTuple):
    """What speaks for a sign, in hundredths of log odds."""

    bias: int
    weights: Mapping[str, int]


class Regression:
    """One phrasebook, to be fitted for one sign after the other."""

    def __init__(
        self, phrases: Sequence[Known], counts: Sequence[float], settings: Settings
    ) -> None:
        """
        Take the phrases.

        Args:
            phrases: of each phrase its features, at least one of them in all.
            counts: what each counts where it mentions a sign.
            settings: how they are learnt.

        """
        self._settings = settings
        self._counts = np.asarray(counts)
        named = sorted({feature for known in phrases for _, _, feature in known})
        numbers = {feature: number for number, feature in enumerate(named)}
        self._features = named
        windows = [
            [[numbers[feature] for feature in window] for window in self._windows(known)]
            for known in phrases
        ]
        self._rows = self._matrix([window for its in windows for window in its])
        self._starts = np.cumsum([0, *map(len, windows)])
        self._runs = Runs([[numbers[feature] for _, _, feature in known] for known in phrases])

    def fit(self, mentioned: Sequence[bool]) -> Fitted:
        """
        Fit a sign.

        Args:
            mentioned: for each phrase, whether it mentions the sign.

        """
        starts = self._starts
        several = np.flatnonzero(np.diff(starts) > 1)
        chosen = starts[:-1].copy()
        # At first a long phrase that mentions the sign is left out: where, nobody knows.
        short = np.setdiff1d(np.arange(len(chosen)), several)
        truth = np.asarray(mentioned)
        others = np.flatnonzero(~truth)
        counts = np.where(truth, self._counts * self._settings.mentions_count, 1.0)
        model = self._fitted(self._rows[chosen[short]], truth[short], counts[short])
        learnt: list[sparse.csr_matrix] = []
        for _ in range(self._settings.rounds):
            loudness = self._rows @ model.coef_[0]
            for phrase in several:
                window = loudness[starts[phrase] : starts[phrase + 1]]
                chosen[phrase] = starts[phrase] + int(window.argmax())
            weights, bias = model.coef_[0], model.intercept_[0]
            loudest = self._runs.loudest(weights, others)
            runs = [run for loud, run in loudest if loud + bias > self._settings.hard]
            learnt.append(self._matrix(runs))
            rows = sparse.vstack([self._rows[chosen], *learnt], format="csr")
            more = rows.shape[0] - len(chosen)
            model = self._fitted(
                rows,
                np.concatenate([truth, np.zeros(more, bool)]),
                np.concatenate([counts, np.ones(more)]),
            )
        rounded = np.rint(model.coef_[0] * _HUNDREDTHS).astype(int)
        return Fitted(
            bias=int(np.rint(model.intercept_[0] * _HUNDREDTHS)),
            weights={self._features[at]: int(rounded[at]) for at in np.flatnonzero(rounded)},
        )

    def _windows(self, known: Known) -> Iterator[list[str]]:
        """Yield the features of each window of a phrase."""
        width, step = self._settings.window, self._settings.step
        length = max((last for _, last, _ in known), default=0) + 1
        for start in range(0, max(1, length - width + step), step):
            yield [
                feature for first, last, feature in known if start <= first and last < start + width
            ]

    def _matrix(self, rows: Sequence[Iterable[int]]) -> sparse.csr_matrix:
        """Return rows of zeros and ones."""
        each = [sorted(set(row)) for row in rows]
        # LIBLINEAR takes 32-bit indices only.
        columns = np.array([number for row in each for number in row], np.int32)
        starts = np.cumsum([0, *map(len, each)], dtype=np.int32)
        shape = len(each), len(self._features)
        return sparse.csr_matrix((np.ones(len(columns)), columns, starts), shape=shape)

    def _fitted(
        self, rows: sparse.csr_matrix, truth: np.ndarray, counts: np.ndarray
    ) -> LogisticRegression:
        rows.indices, rows.indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)
        model = LogisticRegression(C=self._settings.cost, solver="liblinear")
        # LIBLINEAR's sums are short: threads would only wait for each other.
        with threadpool_limits(1):
            return model.fit(rows, truth, sample_weight=counts)


class Runs:
    """The phrases side by side, the longest first, so that all runs are sought in one go."""

    def __init__(self, phrases: Sequence[Sequence[int]]) -> None:
        self._order = np.array(sorted(range(len(phrases)), key=lambda at: -len(phrases[at])), int)
        lengths = np.array([len(phrases[at]) for at in self._order], int)
        self._phrases = phrases
        longest = int(lengths.max(initial=0))
        self._said = np.zeros((len(phrases), longest), np.int32)
        for row, at in enumerate(self._order):
            self._said[row, : lengths[row]] = phrases[at]
        self._alive = [int(np.searchsorted(-lengths, -place)) for place in range(longest)]
        """By place, how many phrases are longer."""

    def loudest(
        self, weights: np.ndarray, among: np.ndarray
    ) -> Iterator[tuple[float, Sequence[int]]]:
        """Yield the loudest run of some phrases, where there is one, with how loud it is."""
        count = len(self._phrases)
        total, most = np.zeros(count), np.zeros(count)
        start, begun, ended = (np.zeros(count, int) for _ in range(3))
        for place, alive in enumerate(self._alive):
            running = total[:alive]
            silent = running <= 0
            running[silent] = 0
            start[:alive][silent] = place
            running += weights[self._said[:alive, place]]
            louder = np.flatnonzero(running > most[:alive])
            most[louder], begun[louder] = running[louder], start[louder]
            ended[louder] = place + 1
        wanted = np.zeros(count, bool)
        wanted[among] = True
        for row in np.flatnonzero((most > 0) & wanted[self._order]):
            run = self._phrases[self._order[row]][begun[row] : ended[row]]
            yield float(most[row]), run
