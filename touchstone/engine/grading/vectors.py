"""What words are used for: vectors learned from the product's own question bank and taxonomy.

Words that say the same key point, or name the same concept, lie near one another, in both
languages. Made by `benchmarks/grading_training.py vectors`: positive pointwise mutual information
of words and key points, reduced by a singular value decomposition (Deerwester et al. 1990,
Indexing by latent semantic analysis), kept as whole numbers from −127 to 127.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from touchstone.engine.grading.lexicon import CONTENT
from touchstone.engine.grading.reading import Reading, Span, Token

Matrix = NDArray[np.float64]
FILE = CONTENT / "word_vectors.npz"


@dataclass(frozen=True)
class WordVectors:
    """A unit vector for each known key of a token."""

    rows: dict[str, int]
    matrix: Matrix

    @property
    def size(self) -> int:
        return int(self.matrix.shape[1])

    def of(self, tokens: Sequence[Token], weights: Sequence[float]) -> Matrix:
        """Tokens × dimensions, weighted; unknown words are nothing."""
        found = np.zeros((len(tokens), self.size))
        for at, (token, weight) in enumerate(zip(tokens, weights, strict=True)):
            row = self.rows.get(token.key)
            if row is not None and weight > 0:
                found[at] = weight * self.matrix[row]
        return found


@functools.cache
def word_vectors() -> WordVectors:
    """The vectors that come with the product."""
    with np.load(FILE) as stored:
        words = str(stored["words"].item()).split("\n")
        matrix = stored["matrix"].astype(np.float64) / 127
    return WordVectors({word: row for row, word in enumerate(words)}, matrix)


def passage_vector(tokens: Sequence[Token], weights: Sequence[float]) -> Matrix:
    """The direction of a passage, length 1; all zeros when no word is known."""
    found: Matrix = _unit(word_vectors().of(tokens, weights).sum(axis=0, keepdims=True))[0]
    return found


def window_vectors(reading: Reading, spans: Sequence[Span], heard: NDArray[np.bool_]) -> Matrix:
    """The direction of each window, windows × dimensions; tokens not ``heard`` are left out."""
    weights = [token.weight * bool(h) for token, h in zip(reading.tokens, heard, strict=True)]
    sums = np.vstack(
        [
            np.zeros((1, word_vectors().size)),
            np.cumsum(word_vectors().of(reading.tokens, weights), axis=0),
        ]
    )
    first = np.array([s.first for s in spans])
    last = np.array([s.last for s in spans])
    return _unit(sums[last] - sums[first])


def _unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Matrix = np.divide(rows, lengths, out=np.zeros_like(rows), where=lengths > 1e-9)
    return unit
