"""Which phrases claim something, and of each what makes it true.

A phrase with a claim in it has either a function here, that gives the values with which it is true of a sheet, or a
reason why it needs none. Whoever lands a phrase without either is told so by the test.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Final

from analysis.results import Suppression, Verdict
from questionnaires.text import Text
from reports.wording.phrases import PHRASES, SUPPRESSION_REASONS, VERDICT_WORDS
from tests.spec.reports.recomputed.exempt import EXEMPT
from tests.spec.reports.recomputed.sheet import Sheet, Where, fill

Values = Mapping[str, object]
True_ = Callable[[Sheet, Where], Iterable[Values]]

TRUE: Final[dict[str, True_]] = {}
CATALOGUE: Final[Mapping[str, Text]] = {
    **PHRASES,
    **{f"verdict {one.value}": text for one, text in VERDICT_WORDS.items()},
    **{f"hidden {one.value}": text for one, text in SUPPRESSION_REASONS.items()},
}
"""The phrases of reports, and the words that stand beside them."""

CLAIMS: Final = {
    "zh": re.compile(
        "最低|最高|最大|最小|最差|最好|都|全部|所有|没有|未|均|变化|[升降] |高于|低于|超过|分不|分得|达标|达到|无一"
        "|无论|其余|另有|不足|不单独|差别|相差|不低|不高|只|人人|一致|相同|至少|至多|[高低] |跨过|不能|同一|一样|不同"
        "|更|由[低高]|误差大|先改|名次|可以辨别|优先|说不准|关联"
    ),
    "en": re.compile(
        r"(?i)\b(lowest|highest|best|worst|all|every\w*|none|no|not|never|nobody|changed?|higher|lower|up|down|above"
        r"|below|cannot|reach\w*|miss\w*|others?|rest|any|only|whole|least|most|same|apart|told|alike|differ\w*|first"
        r"|few|less|more|under|over|alone|whatever|large error|rank\w*|crosses|priority|did not)\b"
    ),
}
"""Words that make a claim. The names of a random summary hold none of them."""


def true_where(*keys: str) -> Callable[[True_], True_]:
    """The function gives the values with which these phrases are true."""

    def kept(function: True_) -> True_:
        for key in keys:
            assert key not in TRUE, key
            TRUE[key] = function
        return function

    return kept


def words(key: str, language: str, *, closed: bool = False) -> str:
    """``closed``: as a document of an office has it, without a space."""
    text = CATALOGUE[key].in_language(language)
    return text.replace(" ", "") if closed else text


@cache
def literals(key: str, language: str, *, closed: bool = False) -> tuple[str, ...]:
    """What stands between the places of a phrase: a text without it does not say the phrase."""
    parts = re.split(r"\{[^{}]*\}", words(key, language, closed=closed))
    return tuple(one for one in parts if one.strip())


@cache
def pattern(key: str, language: str, *, closed: bool = False) -> re.Pattern[str]:
    """The phrase, with what stands in its places as groups."""
    parts = re.split(r"\{[^{}]*\}", words(key, language, closed=closed))
    return re.compile("(?s)" + "(.*?)".join(map(re.escape, parts)))


def claims(key: str) -> bool:
    return any(CLAIMS[language].search(CATALOGUE[key].in_language(language)) for language in CLAIMS)


def unproved(text: str, where: Where, sheet: Sheet, seen: Counter[str], *, closed: bool = False) -> str:
    """What is left of a text once everything true is taken from it; ``seen`` counts which phrases were."""
    language = sheet.language
    for given in sheet.given_words:
        text = text.replace(given.replace(" ", "") if closed else given, "\n")
    if not CLAIMS[language].search(text) and not closed:
        return text
    known: list[tuple[int, str, re.Pattern[str]]] = [
        (sum(map(len, literals(key, language, closed=closed))), key, pattern(key, language, closed=closed))
        for key in EXEMPT
        if all(part in text for part in literals(key, language, closed=closed))
    ]
    for key, function in TRUE.items():
        if all(part.lower() in text.lower() for part in literals(key, language, closed=closed)):
            sentences = {fill(words(key, language), values) for values in function(sheet, where)}
            sentences = {one.replace(" ", "") for one in sentences} if closed else sentences
            known += [(len(sentence), key, large_or_small(sentence)) for sentence in sentences]
    for _, key, one in sorted(known, key=lambda each: -each[0]):
        if one.search(text):
            seen[key] += 1
            # What stands in the places of a phrase that is exempt is held still.
            text = one.sub(lambda found: "\n".join(("", *found.groups(), "")), text)
    return text


def large_or_small(sentence: str) -> re.Pattern[str]:
    """A phrase that begins a sentence begins large."""
    return re.compile(f"(?i:{re.escape(sentence[:1])}){re.escape(sentence[1:])}")


def verdict_key(one: Verdict) -> str:
    return f"verdict {one.value}"


def hidden_key(one: Suppression) -> str:
    return f"hidden {one.value}"
