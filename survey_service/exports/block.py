"""A block of rows as a frame: numbers as they are, texts as Python has them.

Not as pandas would choose: its own texts are taken apart one by one by every writer, which costs more than the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from survey_service.exports.dataset import Variable


def frame_of(variables: Sequence[Variable], columns: Iterable[np.ndarray]) -> pd.DataFrame:
    """``columns`` in the order of ``variables``."""
    found = {
        one.name: pd.Series(values, dtype=values.dtype, copy=False)
        for one, values in zip(variables, columns, strict=True)
    }
    return pd.DataFrame(found, copy=False)
