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
    Look,
    Masthead,
    Notes,
    Row,
    Side,
    Story,
    Table,
    Tone,
)
from reports.content import AreaSummary, Place
from reports.story import changes, common, compared, correction, groups, heat, mend, outcomes, rectified
from reports.story.common import Measured
from reports.story.community import story_of
from reports.story.many import CARDS_MOST
from reports.wording import facts, figures, verdicts
from reports.wording.phrases import say

FIGURE_WIDTH = 38.0  # pt: sign, figure, letter
ACROSS = 4  # indicators side by side in one table
AIRY_ROWS, USUAL_ROWS = 17, 24  # up to so many rows the table is set with more air
MOST_LISTED = 300  # communities that the tables of a city name; of more, the sheets of its streets do
SIGN_ORDER = (Verdict.REACHED, Verdict.CANNOT_TELL, Verdict.CANNOT_REACH, Verdict.NOT_REACHED, Verdict.NOT_PUBLISHED)


def area_story(summary: AreaSummary, language: str) -> Story:
    """The report of a street or of the city in ``language`` ("zh" or "en")."""
    table = summary.table
    shown = common.headline(summary.indicators)
    own = common.measured(table, summary.place, shown, language)
    judged = any(each.indicator.target for each in own)
    blocks: list[Block] = [masthead(summary, language), answer(summary, own, language, judged=judged)]
    if len(own) <= CARDS_MOST:
        blocks.append(cards(summary, own, language, judged=judged))
        blocks += changes.blocks(summary.changes, own, summary.place, language)
    blocks += mend.blocks(summary, language)
    blocks += community_tables(summary, own, language)
    alike = all_alike_notes(summary, own, language)
    if alike:
        blocks.append(Notes(tuple(alike)))
    wholes = () if is_city(summary) else (summary.city,)
    blocks += groups.blocks(summary.groups, own[:CARDS_MOST], table.level, language)
    held = [*compared.ranks(summary, own, language)]
    held += compared.against(summary.comparisons, own[:CARDS_MOST], summary.place, wholes, language)
    if held:
        blocks.append(Notes(tuple(held)))
    inside = below(summary)
    blocks += heat.blocks(summary, inside, language, streets=is_city(summary))
    blocks.append(sample_by_area(summary, language))
    blocks += outcomes.blocks(summary.samples.get(summary.place.code), language)
    given = every_verdict(summary, own)
    sides = [Side(6, (common.how_to_read(table, language, judged=judged, given=given),))]
    sides.append(Side(6, (common.how_made(summary, language, given=given),)))
    blocks.append(Columns(tuple(sides)))
    blocks += correction.blocks(summary.imprint, table, printed(summary, shown), language)
    blocks += rectified.blocks(summary.put_right, summary.indicators, language, areas=True)
    blocks += common.definitions(summary.indicators, summary.imprint, language)
    blocks.append(common.imprint_notes(summary.imprint, language))
    note = common.page_note(table, language, judged=judged)
    return story_of(summary.imprint, summary.place, tuple(blocks), language, note)


def printed(summary: AreaSummary, shown: Sequence[Indicator]) -> list[tuple[Place, Sequence[Indicator]]]:
    """Which figures this report holds: headlines everywhere, items of the area itself and of the areas right below."""
    seconds = {second_id(each) for each in shown}
    everywhere = (*shown, *(each for each in summary.indicators if each.id in seconds))
    items = tuple(each for each in summary.indicators if each.group is not None and not each.headline)
    with_items = {place.domain for place in (summary.place, *below(summary))}
    places = [summary.place, *(street for street, _ in summary.streets), *named(summary)]
    return [
        (place, (*everywhere, *(each for each in items if each not in shown and place.domain in with_items)))
        for place in dict.fromkeys(places)
    ]


def below(summary: AreaSummary) -> list[Place]:
    """The areas right below: of the city its streets, of a street its communities."""
    return [street for street, _ in summary.streets] if is_city(summary) else communities(summary)


def communities(summary: AreaSummary) -> list[Place]:
    return [community for _, group in summary.streets for community in group]


def listed(summary: AreaSummary) -> tuple[tuple[Place, tuple[Place, ...]], ...]:
    """The streets with those of their communities that the tables of this report name."""
    if is_city(summary) and len(communities(summary)) > MOST_LISTED:
        return tuple((street, ()) for street, _ in summary.streets)
    return summary.streets


def named(summary: AreaSummary) -> list[Place]:
    """The communities that the tables of this report name."""
    return [community for _, group in listed(summary) for community in group]


def is_city(summary: AreaSummary) -> bool:
    return summary.place.domain == summary.city.domain


def masthead(summary: AreaSummary, language: str) -> Masthead:
    imprint = summary.imprint
    sample = summary.samples.get(summary.place.code)
    counted = [say(language, "communities_counted", count=len(communities(summary)))]
    if is_city(summary):
        counted.insert(0, say(language, "streets_counted", count=len(summary.streets)))
    else:
        counted.insert(0, summary.city.name.in_language(language))
    report = say(language, "city_report" if is_city(summary) else "street_report")
    meta = [
        "　".join(counted),
        say(language, "field_period", period=facts.period(imprint.field_start, imprint.field_end, language)),
        facts.meta(sample, language),
        *correction.in_short(imprint, language),
    ]
    return Masthead(
        overline=f"{imprint.survey.in_language(language)}　{report}",
        title=summary.place.name.in_language(language),
        programme=f"{imprint.questionnaire.in_language(language)}　{imprint.wave.in_language(language)}",
        meta=tuple(text for text in meta if text),
        statutory=facts.statutory(imprint, language),
        colon=say(language, "colon"),
    )


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
            (*cautions, *changed, *common.reading(summary.table, language, judged=False, drawn=each))
            for each in (True, False)
        )
        return Answer(sentence, drawn, in_words)
    if response.very_low:
        return Answer(sentence, (*cautions, *common.reading(summary.table, language, judged=True)))
    return Answer(sentence, (*cautions, *changed, by_community(summary, own, language)))


def community_verdicts(summary: AreaSummary, indicator: Indicator) -> list[Verdict | None]:
    cells = [common.cell_of(common.row_of(summary.table, place), indicator) for place in communities(summary)]
    return [verdicts.shown_verdict(cell) for cell in cells]


def every_verdict(summary: AreaSummary, own: Sequence[Measured]) -> list[Verdict | None]:
    """All verdicts of the report: of the area itself, its streets and its communities."""
    streets = [street for street, _ in summary.streets] if is_city(summary) else []
    places = [summary.place, *streets, *communities(summary)]
    targets = [each.indicator for each in own if each.indicator.target is not None]
    return [verdicts.shown_verdict(cell_at(summary, one, place)) for one in targets for place in places]


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
    few = any(Verdict.CANNOT_REACH in given for given in each_community)
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
    return Cards(tuple(drawn), legend if judged else (), say(language, "each_sign") if judged else "")


def community_tables(summary: AreaSummary, own: Sequence[Measured], language: str) -> list[Table]:
    """All communities with up to four indicators side by side, then the next four."""
    return [community_table(summary, own[i : i + ACROSS], language) for i in range(0, len(own), ACROSS)]


def community_table(summary: AreaSummary, own: Sequence[Measured], language: str) -> Table:
    level = verdicts.level_words(summary.table.level)
    everyone = named(summary)
    streets = [street for street, _ in summary.streets]
    places = [*everyone, *streets, summary.city]
    rows: list[Row] = []
    for street, group in listed(summary):
        rows.append(area_row(summary, own, street, Tone.STREET, language))
        rows += [area_row(summary, own, place, Tone.PLAIN, language) for place in group]
    rows.append(area_row(summary, own, summary.city, Tone.WHOLE, language))
    units = {each.figures.unit for each in own}
    unit = "、".join(verdicts.unit_word(each, language) for each in sorted(units))
    cells = [cell_at(summary, each.indicator, place) for each in own for place in places]
    notes = verdicts.hidden_notes(cells, summary.table.rule, language)
    alike = any(
        common.figures_all_alike(cell_at(summary, each.indicator, place), each.figures)
        for each in own
        for place in places
    )
    if alike and not any(cell.coded for cell in cells):  # else the note of the coded ends says it
        notes.append(say(language, "all_yes_sign"))
    title, count = ("communities_by_street" if is_city(summary) else "communities_of"), len(everyone)
    if not everyone and streets:
        title, count = "streets_of_many", len(streets)
    pitch = 6 if len(rows) <= AIRY_ROWS else 5 if len(rows) <= USUAL_ROWS else 4
    return Table(
        title=say(language, title, count=count),
        unit=say(language, "area_unit", level=level, unit=unit),
        unit_in_words=say(language, "area_in_words", level=level, unit=unit),
        columns=area_columns(summary, own, language),
        rows=tuple(rows),
        notes=tuple(notes),
        pitch=pitch,
    )


def cell_at(summary: AreaSummary, indicator: Indicator, place: Place) -> PublishableCell:
    return common.cell_of(common.row_of(summary.table, place), indicator)


def area_columns(summary: AreaSummary, own: Sequence[Measured], language: str) -> tuple[Column, ...]:
    columns = [Column(say(language, "community")), Column("n", ColumnKind.FIGURE)]
    places = [*named(summary), *(street for street, _ in summary.streets), summary.city]
    for each in own:
        target = each.indicator.target
        note = ""
        if target is not None:
            scaled = each.figures.scaled(target.value)
            note = say(language, "target_is", value=figures.written(scaled, 0 if scaled % 1 == 0 else 1))
        axis = common.axis_of(
            [cell_at(summary, each.indicator, place) for place in places],
            each.figures,
            ticks=3,
            target=target.value if target else None,
        )
        columns.append(Column(each.name, ColumnKind.CHART, note=note, axis=axis, share=1.0))
        columns.append(Column("", ColumnKind.FIGURE, width=FIGURE_WIDTH))
    return tuple(columns)


def respondents(summary: AreaSummary, place: Place) -> int | None:
    """Valid questionnaires of an area. They stand in the table of the fieldwork, hidden figures or not, so they stand
    beside the figures too: docs/publication.md."""
    row = common.row_of(summary.table, place)
    if row is not None and row.sample_size is not None:
        return row.sample_size
    sample = summary.samples.get(place.code)
    return None if sample is None else sample.rates.valid


def area_row(summary: AreaSummary, own: Sequence[Measured], place: Place, tone: Tone, language: str) -> Row:
    size = respondents(summary, place)
    cells = [
        Cell(place.name.in_language(language), indent=tone is Tone.PLAIN),
        Cell("" if size is None else figures.count(size), grey=tone is Tone.PLAIN),
    ]
    look = Look.PALE if tone is Tone.PLAIN else Look.PALE_STRONG
    for each in own:
        cell = cell_at(summary, each.indicator, place)
        verdict = verdicts.shown_verdict(cell) if each.indicator.target else None
        cells.append(Cell(range=common.range_of(cell, each.figures, look)))
        cells.append(
            Cell(
                common.value_words(cell, each.figures),
                verdict=verdict,
                letter=verdicts.letter(cell),
                bold=common.figures_all_alike(cell, each.figures),
            )
        )
    return Row(tuple(cells), tone)


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
