"""Who was asked in a community, as sentences: two pages have no room for the tables of the field."""

from __future__ import annotations

from reports.blocks import Block, Notes, Prose
from reports.content import CommunitySummary, Sample
from reports.story import outcomes
from reports.wording import facts, figures
from reports.wording.phrases import say


def blocks(summary: CommunitySummary, language: str) -> list[Block]:
    """Counts by mode, rates, what the weights cost; how a rate was made and what is left out as small print."""
    sample = summary.sample
    paragraphs = (counts(sample, language), rates(sample, summary.method.frame_coverage, language))
    made: list[Block] = [Prose(say(language, "sample_title"), paragraphs)]
    if notes := facts.sample_notes(sample, language, with_e=False):
        made.append(Notes(notes))
    return made


def counts(sample: Sample, language: str) -> str:
    """抽中 350，完成 221，有效 212（纸质问卷 97、网上邀请 33）。"""
    got = sample.rates
    modes = [
        say(language, "asked_mode", mode=facts.mode_name(mode, language), valid=figures.count(valid))
        for mode, (_, _, valid) in got.by_mode.items()
    ]
    listed = say(language, "enumeration").join(modes)
    by_mode = say(language, "asked_by_mode", modes=listed) if len(modes) > 1 else ""
    numbers = {"sampled": got.sampled, "completed": got.completed, "valid": got.valid}
    said = {name: figures.count(number) for name, number in numbers.items()}
    return say(language, "asked_counts", by_mode=by_mode, **said)


def rates(sample: Sample, coverage: float | None, language: str) -> str:
    """Response, refusal and contact where outcomes were noted; the share that completed where not."""
    got = sample.rates
    if sample.outcomes_recorded:
        told = [("response_rate", facts.rate(got.rr3, language))]
        told += [one for one in outcomes.reach(sample, language) if one[0] != "cooperation"]
    else:
        told = [("completed_share", facts.rate(facts.response(sample), language))]
    told.append(("coverage", facts.rate(coverage, language)))
    parts = [say(language, "asked_rate", name=say(language, name), rate=rate) for name, rate in told]
    line = say(language, "asked_rates", rates=say(language, "comma").join(parts))
    if sample.kish_effective_sample_size is None:
        return line
    effective = figures.count(int(sample.kish_effective_sample_size))
    return f"{line}{'' if language == 'zh' else ' '}{say(language, 'asked_effective', n=effective)}"
