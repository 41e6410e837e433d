"""Logistic regression over sets of features, for skill/ear_training.py alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_HUNDREDTHS = 100


class Fitted(NamedTuple):
    """What speaks for a sign, in hundredths of log odds."""

    bias: int
    weights: Mapping[str, int]


class Regression:
    """One phrasebook, to be fitted for one sign after the other."""

    def __init__(
        self, phrases: Sequence[Sequence[Collection[str]]], cost: float, mentions_count: float
    ) -> None:
        """
        Take the phrases.

        Args:
            phrases: of each phrase the features of its windows, at least one.
            cost: inverse of the regularisation.
            mentions_count: what a missed mention costs beside a false alarm.

        """
        vectors = CountVectorizer(analyzer=sorted, binary=True, dtype=np.float64)
        rows = vectors.fit_transform([window for windows in phrases for window in windows])
        # LIBLINEAR takes 32-bit indices only.
        rows.indices, rows.indptr = rows.indices.astype(np.int32), rows.indptr.astype(np.int32)
        self._rows = rows
        self._starts = np.cumsum([0, *(len(windows) for windows in phrases)])
        self._features: list[str] = vectors.get_feature_names_out().tolist()
        self._cost, self._mentions_count = cost, mentions_count

    def fit(self, mentioned: Sequence[bool], rounds: int) -> Fitted:
        """
        Fit a sign.

        Args:
            mentioned: for each phrase, whether it mentions the sign.
            rounds: times that the loudest window of each long phrase is sought anew.

        """
        starts = self._starts
        several = np.flatnonzero(np.diff(starts) > 1)
        chosen = starts[:-1].copy()
        # At first a long phrase that mentions the sign is left out: where, nobody knows.
        known = np.setdiff1d(np.arange(len(chosen)), several)
        truth = np.asarray(mentioned)
        model = self._fitted(chosen[known], truth[known])
        for _ in range(rounds if len(several) else 0):
            loudness = self._rows @ model.coef_[0]
            for phrase in several:
                window = loudness[starts[phrase] : starts[phrase + 1]]
                chosen[phrase] = starts[phrase] + int(window.argmax())
            model = self._fitted(chosen, truth)
        rounded = np.rint(model.coef_[0] * _HUNDREDTHS).astype(int)
        named = np.flatnonzero(rounded)
        return Fitted(
            bias=int(np.rint(model.intercept_[0] * _HUNDREDTHS)),
            weights={self._features[at]: int(rounded[at]) for at in named},
        )

    def _fitted(self, rows: np.ndarray, truth: np.ndarray) -> LogisticRegression:
        model = LogisticRegression(
            C=self._cost, class_weight={False: 1.0, True: self._mentions_count}, solver="liblinear"
        )
        return model.fit(self._rows[rows], truth)
