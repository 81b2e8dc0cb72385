"""Names that lie in one array of bytes are the names."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis import case_columns
from analysis.case_columns import PackedNames

NAMES = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=6))


@given(NAMES, st.sampled_from([2, 50_000]))
def test_packed_names_are_the_names(names: list[str], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(case_columns, "_AT_ONCE", at_once)
        wide = PackedNames.of(names).wide()
    packed = PackedNames.of(names)
    assert list(packed) == names
    assert packed[1:] == names[1:]
    assert [one.decode() for one in wide.tolist()] == names
    # Bytes sort as the texts do.
    assert [one.decode() for one in np.sort(wide).tolist()] == sorted(names)


def test_beyond_the_last_there_is_none() -> None:
    packed = PackedNames.of(["社区", ""])
    assert packed[-1] == ""
    with pytest.raises(IndexError):
        packed[2]
