"""The programmes that come with the service, each read once a process."""

from __future__ import annotations

import json
import re
from functools import cache

from questionnaires.canonical import canonical_bytes, from_canonical
from questionnaires.loader import available, load
from questionnaires.model import Questionnaire
from questionnaires.sample_entries import with_samples

KEYS = tuple(sorted(available()))


@cache
def shipped(key: str) -> Questionnaire:
    """As its file is: lists that a wave gives have no entries."""
    return load(available()[key])


@cache
def programme(key: str) -> Questionnaire:
    """As it is asked: its lists have entries, made up here."""
    return with_samples(shipped(key))


def filled_in(questionnaire: Questionnaire) -> Questionnaire:
    """As a city would use it: 〔待填：单位 1〕 reads 单位 1."""
    text = canonical_bytes(questionnaire).decode()
    text = re.sub(r"〔待填：([^〕]*)〕", r"\1", text)
    return from_canonical(json.loads(re.sub(r"\[to fill in: ([^\]]*)\]", r"\1", text)))
