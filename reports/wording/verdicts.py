"""What was shown and how firmly: the verdict sentence, the reasons beside it, what is hidden and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR
from typing import Final

from analysis.results import Mark, PublicationRule, PublishableCell, Suppression, Verdict
from questionnaires.indicators import SHARES, Indicator, IndicatorKind, Target, in_own_unit
from reports.wording import tiers
from reports.wording.figures import NOTHING, Figures, Unit, count, in_full, joined, next_ten, written
from reports.wording.phrases import SUPPRESSION_LETTERS, SUPPRESSION_REASONS, VERDICT_WORDS, say

ORDER: Final = (Verdict.REACHED, Verdict.NOT_REACHED, Verdict.CANNOT_TELL, Verdict.CANNOT_REACH, Verdict.NOT_PUBLISHED)
NAMED_AT_MOST: Final = 6  # with more indicators the sentence counts instead of naming
UNRELIABLE_LETTER: Final = "*"
PROTECTING: Final = frozenset(
    {
        Suppression.FEW_RESPONDENTS,
        Suppression.DOMINATED,
        Suppression.COMPLEMENTARY,
        Suppression.GROUP_DISCLOSURE,
        Suppression.NOT_PUBLISHED,
    }
)


def unit_of(indicator: Indicator, cell: PublishableCell | None = None) -> Unit:
    """In which unit an indicator is printed; an index of shares is a share: its cells say so, and where they have no
    scale its target does, for an index of scores is judged in points up to a hundred."""
    if indicator.kind is IndicatorKind.NET:
        return Unit.PERCENTAGE_POINTS
    if indicator.kind in SHARES:
        return Unit.PERCENT
    if in_own_unit(indicator):
        return Unit.PLAIN
    if cell is not None and cell.scale is not None:
        return Unit.PERCENT if cell.scale == (0.0, 1.0) else Unit.POINTS
    if indicator.kind is IndicatorKind.INDEX and indicator.target is not None and indicator.target.value <= 1:
        return Unit.PERCENT
    return Unit.POINTS


def figures_say_the_unit(indicator: Indicator) -> bool:
    """Whether the unit hangs on a cell: of an index alone."""
    return indicator.kind is not IndicatorKind.NET and indicator.kind not in SHARES and not in_own_unit(indicator)


def unit_word(unit: Unit, language: str) -> str:
    """The unit as it stands at the right of a title."""
    words = {
        Unit.PERCENT: ("%", "%"),
        Unit.PERCENTAGE_POINTS: ("个百分点", "percentage points"),
        Unit.POINTS: ("分", "points"),
        Unit.PLAIN: ("变量原有单位", "the variable’s unit"),
    }[unit]
    return words[0 if language == "zh" else 1]


def unit_sign(unit: Unit, language: str) -> str:
    """The unit behind a large figure."""
    return (
        ""
        if unit is Unit.PLAIN
        else ("pp" if language != "zh" else "百分点")
        if unit is Unit.PERCENTAGE_POINTS
        else (unit_word(unit, language))
    )


def with_unit(text: str, unit: Unit, language: str) -> str:
    """A figure with its unit in running text."""
    sign = unit_sign(unit, language)
    if unit is Unit.PERCENT or not sign:
        return f"{text}{sign}"
    return f"{text}{sign}" if language == "zh" else f"{text} {sign}"


def level_words(level: float) -> str:
    """A confidence level in per cent, without the sign: 0.95 is 95."""
    return written(level * 100, 0 if abs(level * 100 - round(level * 100)) < 1e-9 else 1)


def target_words(target: Target, figures: Figures, language: str) -> str:
    """A target as it is printed: ≥ 90.0%."""
    sign = "≥" if target.sense == "at_least" else "≤"
    return f"{sign} {with_unit(in_full(figures.scaled(target.value), figures.decimals), figures.unit, language)}"


def verdict_word(verdict: Verdict, language: str) -> str:
    return VERDICT_WORDS[verdict].in_language(language)


def shown_verdict(cell: PublishableCell | Mark) -> Verdict | None:
    """The verdict to print: a hidden figure with a target is 不单独公布, whatever the cell says."""
    if cell.suppression is not None:
        return Verdict.NOT_PUBLISHED
    return cell.verdict


def names_joined(names: Sequence[str], language: str) -> str:
    """知晓率、支持率; Awareness, support and participation."""
    names = list(names)
    if language == "zh" or len(names) < 2:
        return say(language, "enumeration").join(names)
    return say(language, "enumeration").join(names[:-1]) + say(language, "last_of_two") + names[-1]


def verdict_sentence(judged: Sequence[tuple[str, Verdict | None]], language: str, *, subject: str = "") -> str:
    """知晓率、支持率达标，参与率未达标，满意率尚不能判定。 Indicators without a target are not mentioned."""
    by_verdict = {verdict: [name for name, given in judged if given is verdict] for verdict in ORDER}
    total = sum(map(len, by_verdict.values()))
    if not total:
        return say(language, "no_targets")
    counted = total > NAMED_AT_MOST
    parts = []
    for verdict in ORDER:
        names = [in_sentence(name, language) for name in by_verdict[verdict]]
        if names and counted:
            parts.append(say(language, f"{verdict.value}_count", count=len(names)))
        elif names:
            parts.append(say(language, f"{verdict.value}_list", names=names_joined(names, language)))
    start = say(language, "of_indicators", count=total) if counted else ""
    between = say(language, "comma" if language == "zh" else "semicolon")
    sentence = f"{subject}{start}{between.join(parts)}{say(language, 'stop')}"
    return sentence[0].upper() + sentence[1:]


def in_sentence(name: str, language: str) -> str:
    """A name inside an English sentence begins small, unless it is an abbreviation."""
    return name[:1].lower() + name[1:] if language != "zh" and name[1:2].islower() else name


def did(name: str) -> str:
    """What a respondent did who counts: 知晓 for 知晓率. Other names are quoted."""
    return name[:-1] if name.endswith("率") and len(name) > 1 else f"“{name}”"


def all_alike(name: str, cell: PublishableCell, figures: Figures, language: str) -> str | None:
    """受访 30 人全部知晓；至少 88%。 None unless everyone answered alike. The limit is cut, never rounded up."""
    if cell.coded is not None or not cell.all_alike or cell.sample_size is None:
        return None
    if cell.value is None or cell.low == cell.high:
        return None
    words = did(name) if language == "zh" else f"“{name}”"
    n = count(cell.sample_size)
    if figures.unit is Unit.PERCENT and cell.value == 1 and cell.low is not None:
        limit = with_unit(written(cell.low * 100, 0, ROUND_FLOOR), Unit.PERCENT, language)
        return say(language, "all_yes", n=n, did=words, limit=limit)
    if figures.unit is Unit.PERCENT and cell.value == 0 and cell.high is not None:
        limit = with_unit(written(cell.high * 100, 0, ROUND_CEILING), Unit.PERCENT, language)
        return say(language, "none_yes", n=n, did=words, limit=limit)
    return say(language, "all_same", n=n)


def all_alike_short(cell: PublishableCell, figures: Figures) -> str | None:
    """≥88 or ≤12 in a table, where there is no room for the sentence."""
    if cell.coded is not None or not cell.all_alike or cell.low == cell.high or figures.unit is not Unit.PERCENT:
        return None
    if cell.value == 1 and cell.low is not None:
        return f"≥{written(cell.low * 100, 0, ROUND_FLOOR)}"
    if cell.value == 0 and cell.high is not None:
        return f"≤{written(cell.high * 100, 0, ROUND_CEILING)}"
    return None


def interval_words(cell: PublishableCell, figures: Figures, language: str) -> str:
    """An interval as it is printed: 92.1–98.6%."""
    if cell.low is None or cell.high is None:
        return NOTHING
    return with_unit(joined(*figures.interval(cell)), figures.unit, language)


def reason(indicator: Indicator, cell: PublishableCell, language: str) -> str:
    """Why the verdict is what it is, in a sentence or two."""
    if cell.verdict is None or indicator.target is None:
        return say(language, "no_target")
    if cell.verdict is Verdict.CANNOT_REACH and cell.sample_size is not None and cell.needed_sample_size is not None:
        return say(language, "cannot_reach", n=count(cell.sample_size), needed=count(cell.needed_sample_size))
    side = "above" if indicator.target.sense == "at_least" else "below"
    if cell.verdict is Verdict.REACHED:
        return say(language, f"{side}_reached")
    if cell.verdict is Verdict.NOT_REACHED:
        return say(language, f"{side}_missed")
    parts = [say(language, "crosses")]
    if census_only(indicator, cell):
        parts.append(say(language, "census_only"))
    return ("" if language == "zh" else " ").join(parts)


def census_only(indicator: Indicator, cell: PublishableCell) -> bool:
    """Whether the target is an end of the scale, which no sample can show."""
    target = indicator.target
    return target is not None and unit_of(indicator, cell) is Unit.PERCENT and target.value in (0.0, 1.0)


def settling(name: str, indicator: Indicator, cell: PublishableCell, language: str) -> str:
    """How many questionnaires would settle what could not be told; "" where nothing can be said of it."""
    if shown_verdict(cell) is not Verdict.CANNOT_TELL or census_only(indicator, cell):
        return ""
    if cell.settling_sample_size is None:
        return ""
    return say(language, "settling", name=name, n=next_ten(cell.settling_sample_size))


def tipping(indicator: Indicator, cell: PublishableCell, figures: Figures, language: str) -> str:
    """At which rate among nonrespondents the estimate itself would change sides; rounded against the verdict."""
    point, target = cell.tipping_point, indicator.target
    if point is None or target is None or cell.value is None:
        return say(language, "tip_unknown")
    bottom, top = cell.scale if cell.scale is not None else (float("-inf"), float("inf"))
    if not bottom <= point <= top:
        return say(language, "tip_never")
    at_least = target.sense == "at_least"
    above = cell.value >= target.value
    rounding = ROUND_CEILING if above else ROUND_FLOOR
    q = with_unit(figures.of(cell).number(point, rounding), figures.unit, language)
    phrase = {
        (True, True): "tip_below",
        (True, False): "tip_above",
        (False, True): "tip_falls",
        (False, False): "tip_rises",
    }
    return say(language, phrase[at_least, above], q=q)


def letter(cell: PublishableCell) -> str:
    """The small letter behind — or behind a figure that is shown with a warning."""
    if cell.suppression is not None:
        return SUPPRESSION_LETTERS[cell.suppression]
    return UNRELIABLE_LETTER if cell.unreliable or tiers.coarse(cell) else ""


def hidden_notes(cells: Iterable[PublishableCell], rule: PublicationRule, language: str) -> list[str]:
    """The notes that the signs and letters of these cells need, and no others."""
    listed = list(cells)
    used = {cell.suppression for cell in listed if cell.suppression is not None}
    width, effective = written(rule.widest_interval * 100, 0), written(rule.minimum_effective_sample, 0)
    values = {"minimum": rule.minimum_respondents, "effective": effective, "width": width}
    notes = []
    if Suppression.NOT_PUBLISHED in used:
        notes.append(say(language, "hidden_note", sign=NOTHING, why=say(language, "not_alone")))
    reasons = [
        f"{SUPPRESSION_LETTERS[cause]} "
        + SUPPRESSION_REASONS[cause].in_language(language).format(**values, group=rule.group_disclosure_below)
        for cause in Suppression
        if cause in used and cause is not Suppression.NOT_PUBLISHED
    ]
    if reasons:
        notes.append(say(language, "suppressed_note", sign=NOTHING, reasons=say(language, "semicolon").join(reasons)))
    if any(cell.unreliable and not tiers.coarse(cell) for cell in listed):
        notes.append(f"{UNRELIABLE_LETTER} {say(language, 'unreliable_long', n=effective, width=width)}")
    if any(tiers.coarse(cell) for cell in listed):
        notes.append(say(language, "coarse_note", sign=UNRELIABLE_LETTER))
    if any(cell.coded is not None for cell in listed):
        # The sign alone does not say which of the two it is, and need not: n stands beside it.
        alike = any(cell.all_alike and cell.coded is None for cell in listed)
        notes.append(say(language, "ends_note" if alike else "coded_note"))
    return notes


def cause_words(cell: PublishableCell, rule: PublicationRule, language: str, *, top: bool = False) -> str:
    """Why this one figure is not published.

    What protects people is told in one sentence, whether it hides a few respondents or their neighbours: which of
    the two it is, is nobody's business. ``top``: no level above holds the answers.
    """
    if cell.suppression is None:
        return ""
    if cell.suppression in PROTECTING:
        return say(language, "not_at_top" if top else "not_alone")
    values = {
        "minimum": rule.minimum_respondents,
        "effective": written(rule.minimum_effective_sample, 0),
        "width": written(rule.widest_interval * 100, 0),
        "group": rule.group_disclosure_below,
    }
    words = SUPPRESSION_REASONS[cell.suppression].in_language(language).format(**values)
    return f"{words[0].upper()}{words[1:]}{say(language, 'stop')}"
