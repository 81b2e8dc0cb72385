"""How far a draft is prepared: cases by community, in which tier the figures of so many will be told, and which targets
no result of so many could reach."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from questionnaires.figures import in_digits
from questionnaires.indicators import SHARES
from questionnaires.model import Questionnaire
from questionnaires.text import Text
from survey_service.models import Survey, Wave
from survey_service.sampling.outlook import outlook_of
from survey_service.sampling.sizes import LIKENESS, grid_effect
from survey_service.surveys import definitions, queries
from survey_service.surveys.opening import CASE_MODES
from survey_service.surveys.wave_targets import by_indicator

NOT_ALONE, COARSE = "not_alone", "coarse"  # of analysis.results.Tier, which the server does not load


class Prepared(StrEnum):
    """What a manager should see of a community before the wave opens."""

    OPEN_CODES_ONLY = "open_codes_only"  # nobody is sampled in this wave
    NO_CASES = "no_cases"
    NOT_ALONE = "not_alone"
    COARSE = "coarse"
    READY = "ready"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfReach:
    """A target, and in how many communities no result of those expected there could show it reached."""

    names: tuple[Text, ...]  # of the indicators that have it
    target: str  # ≥ 90%
    needed: int  # valid questionnaires from which a result could
    communities: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CommunityReadiness:
    """One community of a draft."""

    code: str
    name: Text
    households: int | None
    cases: int
    expected: int | None  # completed questionnaires; None where no response rate is expected
    margin: float | None  # half the interval of a share of one half, in 0..1
    tier: str  # in which a share of one half will be told; empty: nothing is expected

    @property
    def rank(self) -> tuple[int, str]:
        """What is missing comes first."""
        missing = {NOT_ALONE: 1, COARSE: 2}.get(self.tier, 3)
        return (missing if self.cases else 0, self.code)

    def prepared(self, needs_cases: bool) -> Prepared:
        if not needs_cases:
            return Prepared.OPEN_CODES_ONLY
        if not self.cases:
            return Prepared.NO_CASES
        return {NOT_ALONE: Prepared.NOT_ALONE, COARSE: Prepared.COARSE}.get(self.tier, Prepared.READY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    communities: list[CommunityReadiness]
    cases: int
    expected: int | None
    needs_cases: bool  # some mode of the wave asks sampled households
    without: int  # communities without a case
    not_alone: int
    coarse: int
    out_of_reach: tuple[OutOfReach, ...]
    assumed: bool  # the expected rates are the manager's

    @property
    def says_more(self) -> bool:
        """Whether some community stands out in a wave whose sample is drawn at least in part."""
        some = self.without or self.not_alone or self.coarse or self.out_of_reach
        return self.needs_cases and bool(self.cases and some)


def readiness(session: Session, survey: Survey, wave: Wave, visible: Select[Any]) -> Readiness:
    """Three statements, however many communities there are."""
    areas = queries.communities(session, survey, wave, visible)
    samples = queries.samples_by_community(session, wave)
    lines = []
    for area in areas:
        sample = samples.get(area.id)
        drawn = sample.cases if sample else 0
        expected = _expected(drawn, wave.plan)
        effect = float(wave.plan.get("design_effect") or 1.0)
        margin, tier = _outlook(expected, effect, sample) if sample else (None, "")
        lines.append(
            CommunityReadiness(
                code=area.code,
                name=Text(area.name_zh, area.name_en),
                households=area.households,
                cases=drawn,
                expected=expected,
                margin=margin,
                tier=tier,
            )
        )
    known = [line.expected for line in lines if line.expected is not None]
    return Readiness(
        communities=sorted(lines, key=lambda line: line.rank),
        cases=sum(line.cases for line in lines),
        expected=sum(known) if known else None,
        needs_cases=not wave.modes or bool(CASE_MODES & set(wave.modes)),
        without=sum(1 for line in lines if not line.cases),
        not_alone=sum(1 for line in lines if line.tier == NOT_ALONE),
        coarse=sum(1 for line in lines if line.tier == COARSE),
        out_of_reach=_out_of_reach(
            definitions.frozen(session, wave.survey_id, wave.questionnaire_version_id), wave.targets, known
        ),
        assumed=bool(wave.plan.get("response_rate")),
    )


def _expected(cases: int, plan: Mapping[str, Any]) -> int | None:
    rate = plan.get("response_rate")
    return None if rate is None else round(cases * float(rate) * float(plan.get("eligibility_rate") or 1.0))


def _outlook(
    expected: int | None, design_effect: float, sample: queries.Sampled | None = None
) -> tuple[float | None, str]:
    """Margin, and the tier in which the publication rule would tell so many completed questionnaires."""
    if expected is None:
        return None, ""
    if expected < 1:
        return None, NOT_ALONE
    if sample is None or sample.psus == sample.cases:
        return _foretold(expected, design_effect)
    # Grids were drawn first: the interval is that of so few of them, as the look at the draw said.
    effect = design_effect * grid_effect(expected / sample.psus, LIKENESS)
    outlook = outlook_of(expected, effect, float(sample.psus - sample.strata))
    return (outlook.high - outlook.low) / 2, outlook.tier.value


@lru_cache(maxsize=4096)
def _foretold(expected: int, design_effect: float) -> tuple[float, str]:
    # Imported here: the server starts without the statistics.
    from analysis.sampling.plan import prospect
    from analysis.sampling.sample_size import FieldAssumptions

    found = prospect(expected, field=FieldAssumptions(design_effect=design_effect))
    return found.margin, found.tier.value


def _out_of_reach(
    questionnaire: Questionnaire, own: Mapping[str, Mapping[str, Any]], expected: Sequence[int]
) -> tuple[OutOfReach, ...]:
    """Targets of shares, the wave's own before those of the questionnaire, that some community cannot show reached."""
    names: dict[tuple[float, str], list[Text]] = {}
    own = by_indicator(questionnaire, own)
    for one in questionnaire.indicators:
        if one.kind not in SHARES or (one.target is None and one.id not in own):
            continue
        given = own.get(one.id)
        if given is None:
            assert one.target is not None
            target = (one.target.value, one.target.sense.value)
        else:
            target = (float(given["value"]), str(given["sense"]))
        names.setdefault(target, []).append(one.name)
    found = []
    for (value, sense), of in names.items():
        needed = _needed(value if sense == "at_least" else 1 - value)
        short = 0 if needed is None else sum(count < needed for count in expected)
        if needed is not None and short:
            sign = "≥" if sense == "at_least" else "≤"
            target_words = f"{sign} {in_digits(round(value * 100, 6))}%"
            found.append(OutOfReach(names=tuple(of), target=target_words, needed=needed, communities=short))
    return tuple(found)


@lru_cache(maxsize=256)
def _needed(share: float) -> int | None:
    """The fewest respondents of whom some result could show that share; None: no number could, as of 100 %."""
    # Imported here: the server starts without the statistics.
    from analysis.attainable import needed
    from analysis.results import PublicationRule

    rule = PublicationRule()
    enough, found = needed(share, rule.minimum_respondents, 1.0, 0.95, rule)
    return rule.minimum_respondents if enough else found
