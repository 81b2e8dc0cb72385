"""The waves that are put together with one that is looked at: those released before it, as far as they are alike.

Nothing of it leaves the statistician's page (decision 0232): with a figure of two waves and that of one of them the
other is known, though it was hidden.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from questionnaires.indicators import Indicator
from questionnaires.text import Text
from reports.wording import changes as change_words
from survey_service.analyses.beside_shown import PooledShown
from survey_service.analyses.earlier_wave import wave_figures
from survey_service.analyses.review_pooled import NOT_ASKED, ONLY_THIS, Pool, pooled_shown
from survey_service.analyses.trends import WaveInTrend, waves_alike
from survey_service.models import Wave
from survey_service.releases import queries
from survey_service.releases.earlier import weighed_again
from survey_service.releases.service import Prepared


def pooled(
    session: Session, wave: Wave, prepared: Prepared, indicator: Indicator, folder: Path | None
) -> PooledShown | None:
    """None where the plan wants none."""
    if prepared.estimates.plan.pooled == 1:
        return None
    return pooled_shown(prepared.estimates, indicator, _pool(session, wave, prepared, indicator, folder))


def _pool(session: Session, wave: Wave, prepared: Prepared, indicator: Indicator, folder: Path | None) -> Pool:
    estimates, trend = prepared.estimates, prepared.since.trend
    plan, rows = estimates.plan, estimates.cases
    if trend is None:
        return Pool(why_none=ONLY_THIS)
    places, other = waves_alike(trend.waves, indicator.id, plan.pooled)
    left_out = None if other is None else _otherwise(trend.waves[other[0]], other[1])
    released = queries.released_waves_before(session, wave.survey_id, wave.opens_on, len(trend.waves) - 1)
    names, waves = [trend.waves[-1].name], [wave_figures(rows.columns, estimates.weights, plan)]
    for place in reversed(places[:-1]):
        before = weighed_again(session, *released[place], trend.waves[place], folder)
        if before is None or before.plan.unit is not plan.unit:
            left_out = _lost(trend.waves[place]) if before is None else _other_unit(trend.waves[place])
            break
        names.insert(0, before.name)
        waves.insert(0, before.figures)
    if len(waves) == 1:
        return Pool(why_none=left_out or NOT_ASKED)
    return Pool(names=tuple(names), waves=tuple(waves), left_out=left_out)


def _otherwise(wave: WaveInTrend, reasons: tuple[str, ...]) -> Text:
    zh, en = (change_words.why_not(reasons, language) for language in ("zh", "en"))
    return Text(
        f"{wave.name.zh}和更早的不合进来：{zh}。",
        f"{wave.name.in_language('en')} and those before it are not taken: {en}.",
    )


def _lost(wave: WaveInTrend) -> Text:
    return Text(
        f"{wave.name.zh}和更早的不合进来：它的权数不能照发布时重算了。",
        f"{wave.name.in_language('en')} and those before it are not taken: its weights cannot be made again as they "
        "were released.",
    )


def _other_unit(wave: WaveInTrend) -> Text:
    return Text(
        f"{wave.name.zh}和更早的不合进来：一期说的是人，一期说的是户。",
        f"{wave.name.in_language('en')} and those before it are not taken: one wave is about persons, one about "
        "households.",
    )
