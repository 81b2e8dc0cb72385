"""Names for the arrays that travel between the modules, and the coding of labels into integers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

FloatArray: TypeAlias = npt.NDArray[np.float64]
IntArray: TypeAlias = npt.NDArray[np.int64]
BoolArray: TypeAlias = npt.NDArray[np.bool_]


def dense_codes(values: npt.NDArray[Any]) -> tuple[IntArray, npt.NDArray[Any]] | None:
    """Codes and sorted kinds of whole numbers that lie near each other, in one pass without a hash; else None."""
    if values.dtype.kind not in "iu" or not len(values):
        return None
    least, most = int(values.min()), int(values.max())
    if most - least > max(4 * len(values), 1024):
        return None
    shifted = values.astype(np.int64) - least
    occurs = np.zeros(most - least + 1, dtype=bool)
    occurs[shifted] = True
    position = np.cumsum(occurs, dtype=np.int64) - 1
    return position[shifted], np.flatnonzero(occurs) + least


def code_labels(labels: Sequence[Any] | pd.Series | npt.NDArray[Any]) -> tuple[IntArray, int]:
    """Integers 0..k-1, one for each kind of label, -1 where missing, and k."""
    codes, count, _ = code_labels_and_blanks(labels)
    return codes, count


def code_labels_and_blanks(labels: Sequence[Any] | pd.Series | npt.NDArray[Any]) -> tuple[IntArray, int, str | None]:
    """The same, and a label that had blanks at its ends, if any."""
    if isinstance(labels, pd.Series) and isinstance(labels.dtype, np.dtype):
        dense = dense_codes(labels.to_numpy())
        if dense is not None:
            return dense[0], len(dense[1]), None
    codes, unique = pd.factorize(np.asarray(labels) if not isinstance(labels, pd.Series) else labels)
    blank = blank_at_end(unique)
    if blank is not None:
        # A number beside words stays itself: 1 is not “1 ”.
        names = [kind if isinstance(kind, str) else f"{type(kind).__name__} {kind}" for kind in unique]
        joined, kinds = without_blanks(np.asarray(codes, dtype=np.int64), names)
        return joined, len(kinds), blank
    return np.asarray(codes, dtype=np.int64), len(unique), None


def blank_at_end(kinds: Iterable[object]) -> str | None:
    """The first of the texts that have blanks at their ends, in their order as texts; None where none has."""
    return min((kind for kind in kinds if isinstance(kind, str) and kind != kind.strip()), default=None)


def blank_note(column: str, blank: str | None) -> tuple[str, ...]:
    """What is said where labels differed by blanks at their ends alone, or might have."""
    if blank is None:
        return ()
    return (f"{column}: blanks at the ends of categories were left out (“{blank}” is read as “{blank.strip()}”)",)


def without_blanks(codes: IntArray, names: Sequence[str], *, sort: bool = False) -> tuple[IntArray, tuple[str, ...]]:
    """Codes and names once blanks at the ends of names are gone: “Yes” and “Yes ” are one kind.

    ``sort``: names in their order as texts; else each in the place of its first.
    """
    kinds = dict.fromkeys(name.strip() for name in names)
    place = {name: position for position, name in enumerate(sorted(kinds) if sort else kinds)}
    moved = np.array([place[name.strip()] for name in names] + [-1], dtype=np.int64)
    return moved[codes], tuple(place)


def combine_codes(outer: IntArray, outer_count: int, inner: IntArray, inner_count: int) -> tuple[IntArray, int]:
    """Codes of the pairs that occur, 0..k-1; -1 where either is missing.

    Where the grid of all pairs is not much larger than the data it is marked off in one pass; else the pairs are
    hashed.
    """
    missing = (outer < 0) | (inner < 0)
    pair = outer * inner_count + inner
    if missing.any():
        pair[missing] = -1
    grid = outer_count * inner_count
    if grid <= max(4 * len(pair), 1024):
        occurs = np.zeros(grid + 1, dtype=bool)
        occurs[pair] = True  # -1 marks the extra last place
        occurs[-1] = False
        position = np.cumsum(occurs, dtype=np.int64) - 1
        position[-1] = -1
        return position[pair], int(occurs.sum())
    codes, unique = pd.factorize(np.where(missing, np.nan, pair) if missing.any() else pair)
    return np.asarray(codes, dtype=np.int64), len(unique)


def first_rows(codes: IntArray, count: int) -> IntArray:
    """The first row of every code, shape (count,)."""
    first = np.full(count, -1, dtype=np.int64)
    backwards = codes[::-1]
    if len(codes) and codes.min() >= 0:  # the usual case, without a mask
        first[backwards] = np.arange(len(codes) - 1, -1, -1, dtype=np.int64)
        return first
    known = backwards >= 0
    first[backwards[known]] = np.arange(len(codes) - 1, -1, -1, dtype=np.int64)[known]
    return first


def sum_by(codes: IntArray, values: FloatArray | BoolArray | None, size: int) -> FloatArray:
    """Sums of ``values`` (None: counts) by code, (size,)."""
    return np.asarray(np.bincount(codes, weights=values, minlength=size), dtype=np.float64)
