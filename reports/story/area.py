"""A street or the city: the answer, how many communities got which verdict, and the table of all of them.

Never a bare ranking: communities stand in the order of their codes, each figure with its interval and n.
"""

from __future__ import annotations

from collections.abc import Sequence

from analysis.results import PublishableCell, Verdict
from questionnaires.indicators import Indicator, second_id
from reports.blocks import (
    Answer,
    Block,
    Cards,
    Cell,
    Column,
    ColumnKind,
    Columns,
    Masthead,
    Notes,
    Prose,
    Row,
    Side,
    Spare,
    Story,
    Table,
    Tone,
)
from reports.content import AreaSummary, Place, SectorSummary
from reports.story import (
    changes,
    common,
    compared,
    correction,
    driven,
    groups,
    heat,
    indices,
    many,
    mend,
    outcomes,
    over_waves,
    places,
    rectified,
    remarks,
    sectors,
    tiles,
)
from reports.story.common import Measured
from reports.story.community import story_of
from reports.story.many import CARDS_MOST
from reports.story.places import below, cell_at, communities, is_city, listed, named
from reports.story.sector import sector_story
from reports.story.titled import masthead_of
from reports.wording import facts, figures, verdicts
from reports.wording.phrases import say

SIGN_ORDER = (Verdict.REACHED, Verdict.CANNOT_TELL, Verdict.CANNOT_REACH, Verdict.NOT_REACHED, Verdict.NOT_PUBLISHED)


def area_story(summary: AreaSummary, language: str) -> Story:
    """The report of a street, of the city or of a sector in it, in ``language`` ("zh" or "en")."""
    if isinstance(summary, SectorSummary):
        return sector_story(summary, language)
    table = summary.table
    shown = common.headline(summary.indicators)
    own = common.measured(table, summary.place, shown, language)
    judged = any(each.indicator.target for each in own)
    blocks: list[Block] = [masthead(summary, language), answer(summary, own, language, judged=judged)]
    if len(own) <= CARDS_MOST:
        blocks.append(cards(summary, own, language, judged=judged))
        blocks += changes.blocks(summary.changes, own, summary.place, language)
    else:
        own = many.by_urgency(own)
        blocks += many.of_area(summary, own, language)
    if is_city(summary):
        blocks += sectors.counted(summary, language, judged=judged)
    blocks += mend.blocks(summary, language)
    streets = places.street_tables(summary, own, language)
    drawn = tiles.blocks(summary, language)
    late = tiles.map_of(summary) is not None  # a map may not be parted: before the table it leaves page one half empty
    # Where many communities make many tiles, the few rows of the streets stand on page one instead.
    blocks += [*streets, *([] if late else drawn)]
    blocks += places.community_tables(summary, own, language)
    if alike := all_alike_notes(summary, own, language):
        blocks.append(Notes(tuple(alike)))
    blocks += told_apart(summary, own, language)
    blocks += drawn if late else []
    blocks += indices.blocks(summary.indices, language)
    blocks += heat.blocks(summary, below(summary), language, streets=is_city(summary))
    if waves := over_waves.blocks(summary.trend, own, summary.place, table.rule, language):
        blocks.append(Spare(2, say(language, "spare_waves"), tuple(waves)))
    blocks += driven.blocks(summary, language)
    blocks += remarks.of_area(summary, language)
    blocks += fieldwork(summary, own, language, judged=judged)
    blocks += correction.blocks(summary.imprint, table, printed(summary, shown), language)
    blocks += rectified.blocks(summary, language, areas=True)
    blocks += common.definitions(summary, language)
    blocks.append(common.imprint_notes(summary.imprint, language))
    note = common.page_note(table, language, judged=judged)
    return story_of(summary.imprint, summary.place, tuple(blocks), language, note)


def told_apart(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[Block]:
    """Which areas can be told apart and which groups differ, each in a section of sentences."""
    made: list[Block] = []
    held = compared.ranks(summary, own, language)
    wholes = () if is_city(summary) else (summary.city,)
    held += compared.against(summary.comparisons, own, summary.place, wholes, language)
    if held:
        made.append(Prose(say(language, "apart_title"), tuple(held)))
    differ = groups.sentences(summary.groups, own, summary.table.level, language)
    if differ:
        made.append(Prose(say(language, "groups_title"), tuple(differ)))
    return made


def fieldwork(summary: AreaSummary, own: Sequence[Measured], language: str, *, judged: bool) -> list[Block]:
    """Who was asked, what became of every case, how to read and how it was made. Outcomes of a street stand in a line:
    its sheet is short."""
    given = every_verdict(summary, own)
    read = common.how_to_read(summary.table, language, judged=judged, given=given)
    made = common.how_made(summary, language, given=given)
    sample = summary.samples.get(summary.place.code)
    blocks: list[Block] = [sample_by_area(summary, language)]
    if sample is not None and sample.outcomes and is_city(summary):
        left, right = outcomes.codes_table(sample.outcomes, language), outcomes.all_rates(sample, language)
        return [*blocks, Columns((Side(7, (left,)), Side(5, (right, read)))), made]
    if sample is not None and sample.outcomes:
        rates = say(language, "asked_rates", rates=outcomes.rates_in_a_line(sample, language))
        told = Notes((rates, *outcomes.in_a_line(sample.outcomes, language)))
        blocks.append(Spare(8, say(language, "spare_outcomes"), (told,)))
    return [*blocks, read, made]


def printed(summary: AreaSummary, shown: Sequence[Indicator]) -> list[tuple[Place, Sequence[Indicator]]]:
    """Which figures this report holds: headlines everywhere, items of the area itself and of the areas right below."""
    seconds = {second_id(each) for each in shown}
    everywhere = (*shown, *(each for each in summary.indicators if each.id in seconds))
    items = tuple(each for each in summary.indicators if each.group is not None and not each.headline)
    with_items = {place.domain for place in (summary.place, *below(summary))}
    everyone = [summary.place, *(street for street, _ in summary.streets), *named(summary)]
    return [
        (place, (*everywhere, *(each for each in items if each not in shown and place.domain in with_items)))
        for place in dict.fromkeys(everyone)
    ]


def masthead(summary: AreaSummary, language: str) -> Masthead:
    counted = [say(language, "communities_counted", count=len(communities(summary)))]
    if is_city(summary):
        counted.insert(0, say(language, "streets_counted", count=len(summary.streets)))
    else:
        counted.insert(0, summary.city.name.in_language(language))
    report = "city_report" if is_city(summary) else "street_report"
    return masthead_of(summary, summary.samples.get(summary.place.code), "　".join(counted), report, language)


def answer(summary: AreaSummary, own: Sequence[Measured], language: str, *, judged: bool) -> Answer:
    """The area's own verdicts, and under them what the communities show."""
    pairs = [(each.name, verdicts.shown_verdict(each.cell) if each.indicator.target else None) for each in own]
    subject = say(language, "whole_city") if is_city(summary) else ""
    response = common.response_of(summary.samples.get(summary.place.code), summary.caution)
    sentence = verdicts.verdict_sentence(pairs, language, subject=subject)
    sentence = response.headline(sentence, language, judged=judged)
    cautions = response.reading(language, judged=judged)
    changed = () if response.very_low else changes.sentence(summary.changes, own, summary.place, language)
    if not judged:
        drawn, in_words = (
            (*changed, *cautions, *common.reading(summary.table, language, judged=False, drawn=each))
            for each in (True, False)
        )
        return Answer(sentence, drawn, in_words)
    if response.very_low:
        return Answer(sentence, (*cautions, *common.reading(summary.table, language, judged=True)))
    several = len(communities(summary)) > 1
    return Answer(sentence, (*changed, *cautions, *((by_community(summary, own, language),) if several else ())))


def community_verdicts(summary: AreaSummary, indicator: Indicator) -> list[Verdict | None]:
    return common.verdicts_at(summary.table, communities(summary), indicator)


def every_verdict(summary: AreaSummary, own: Sequence[Measured]) -> list[Verdict | None]:
    """All verdicts of the report: of the area itself, its streets and its communities."""
    streets = [street for street, _ in summary.streets] if is_city(summary) else []
    everyone = [summary.place, *streets, *communities(summary)]
    targets = [each.indicator for each in own if each.indicator.target is not None]
    return [given for one in targets for given in common.verdicts_at(summary.table, everyone, one)]


def by_community(summary: AreaSummary, own: Sequence[Measured], language: str) -> str:
    """没有一个社区各项全部达标；满意率有 4 个社区未达标。"""
    targets = [each for each in own if each.indicator.target is not None]
    each_community = list(zip(*(community_verdicts(summary, each.indicator) for each in targets), strict=True))
    facts_said = [
        say(language, "comma" if language == "zh" else "semicolon").join(all_targets(each_community, language))
    ]
    for each in targets if len(targets) <= verdicts.NAMED_AT_MOST else ():
        missed = community_verdicts(summary, each.indicator).count(Verdict.NOT_REACHED)
        if missed:
            facts_said.append(
                say(language, "area_missed", name=verdicts.in_sentence(each.name, language), count=missed)
            )
    return say(language, "area_all", facts=say(language, "semicolon").join(facts_said))


def all_targets(each_community: Sequence[Sequence[Verdict | None]], language: str) -> list[str]:
    """How many communities reached everything, how many missed something, and of how many neither is known."""
    total = len(each_community)
    reached = sum(all(verdict is Verdict.REACHED for verdict in given) for given in each_community)
    missed = sum(Verdict.NOT_REACHED in given for given in each_community)
    rest = total - reached - missed
    few = any(Verdict.CANNOT_REACH in given and Verdict.NOT_REACHED not in given for given in each_community)
    if total and total in (reached, missed, rest):
        each_open = "area_each_few" if few else "area_each_open"
        phrase = {reached: "area_each_reached", missed: "area_none_reached", rest: each_open}[total]
        return [say(language, phrase, count=total)]
    rest_open = "area_rest_few" if few else "area_rest_open"
    counted = (("area_some_reached", reached), ("area_some_missed", missed), (rest_open, rest))
    return [say(language, phrase, count=count) for phrase, count in counted if count]


def cards(summary: AreaSummary, own: Sequence[Measured], language: str, *, judged: bool) -> Cards:
    drawn = []
    for each in own:
        counts: tuple[tuple[Verdict, int], ...] = ()
        if each.indicator.target is not None:
            given = community_verdicts(summary, each.indicator)
            counts = tuple((verdict, given.count(verdict)) for verdict in SIGN_ORDER if given.count(verdict))
        since = changes.rows_of(summary.changes, summary.trend, each, summary.place)
        above = () if is_city(summary) else (summary.city,)
        drawn.append(common.card_of(each, summary.table, counts, above=above, further=since))
    legend = tuple(
        (
            verdict,
            verdicts.verdict_word(verdict, language)
            + say(language, "colon")
            + say(language, f"legend_{verdict.value}"),
        )
        for verdict in SIGN_ORDER[:-1]
        if verdict is not Verdict.CANNOT_REACH or any(verdict in dict(card.counts) for card in drawn)
    )
    legend += ((Verdict.NOT_PUBLISHED, verdicts.verdict_word(Verdict.NOT_PUBLISHED, language)),)
    signs = say(language, "each_sign", level=verdicts.level_words(summary.table.level))
    return Cards(tuple(drawn), legend if judged else (), signs if judged else "")


def all_alike_notes(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[str]:
    """桂花岭社区知晓率：受访 30 人全部知晓；至少 88%。"""
    notes = []
    for each in own:
        for place in named(summary):
            cell = cell_at(summary, each.indicator, place)
            words = verdicts.all_alike(each.name, cell, each.figures, language) if cell.suppression is None else None
            if words:
                start = f"{place.name.in_language(language)}{'' if language == 'zh' else ', '}{each.name}"
                notes.append(f"{start}{say(language, 'colon')}{words}{not_everyone(each, cell)}")
    return notes


def not_everyone(each: Measured, cell: PublishableCell) -> str:
    """样本中人人知晓，不等于居民人人知晓。 Nothing where nobody said yes."""
    if cell.value != 1:
        return ""
    language = each.language
    words = verdicts.did(each.name) if language == "zh" else f"“{each.name}”"
    return f"{'' if language == 'zh' else ' '}{say(language, 'sample_is_not_all', did=words)}"


def sample_by_area(summary: AreaSummary, language: str) -> Table:
    """Sampled, completed, valid and the response rate of every community."""
    lines: list[tuple[Place, Tone]] = []
    for street, group in listed(summary):
        lines += [(street, Tone.STREET), *((place, Tone.PLAIN) for place in group)]
    if is_city(summary) or summary.city.code in summary.samples:
        lines.append((summary.city, Tone.WHOLE))
    samples = [sample for place, _ in lines if (sample := summary.samples.get(place.code)) is not None]
    unknown = [sample for sample in samples if not sample.outcomes_recorded]
    as_share = bool(unknown) and len(unknown) == len(samples)
    rows = [sample_row(summary, place, tone, language, as_share=as_share) for place, tone in lines]
    heads = ("sampled", "completed", "valid", "completed_share" if as_share else "response_rate", "open_count")
    columns = [Column(say(language, "community"))]
    columns += [Column(say(language, head), ColumnKind.FIGURE) for head in heads]
    notes = [say(language, "open_count_note")]
    own = summary.samples.get(summary.place.code)
    if own is not None:
        notes[0] += facts.bursts(own, language)
        notes = [note for note in facts.sample_notes(own, language)[:1] if own.rates.e is not None] + notes
        notes += facts.asked_by(own, language)
    if unknown and not as_share:
        notes.append(say(language, "outcomes_unrecorded_here"))
    return Table(
        title=say(language, "sample_by_area"),
        unit="",
        columns=tuple(columns),
        rows=tuple(rows),
        notes=tuple(notes),
    )


def sample_row(summary: AreaSummary, place: Place, tone: Tone, language: str, *, as_share: bool) -> Row:
    """``as_share``: nobody's outcome was recorded, so the column holds what completed of those sampled."""
    sample = summary.samples.get(place.code)
    name = Cell(place.name.in_language(language), indent=tone is Tone.PLAIN)
    if sample is None:
        return Row((name, *(Cell("—"),) * 5), tone)
    rates = sample.rates
    counts = (rates.sampled, rates.completed, rates.valid)
    known = sample.outcomes_recorded or as_share
    share = facts.rate(facts.response(sample), language) if known else figures.NOTHING
    return Row(
        (
            name,
            *(Cell(figures.count(each)) for each in counts),
            Cell(share),
            Cell(figures.count(sample.open_responses)),
        ),
        tone,
    )
