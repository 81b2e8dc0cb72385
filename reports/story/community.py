"""One community on two pages: the answer, why, how sure; then the items, the fieldwork and the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.results import PublishableCell, PublishableTable
from questionnaires.indicators import Indicator, second_id
from reports.blocks import (
    Answer,
    Block,
    Card,
    Cards,
    Cell,
    Column,
    ColumnKind,
    Columns,
    Comparison,
    ComparisonGroup,
    ComparisonRow,
    Look,
    Masthead,
    Notes,
    PageBreak,
    Row,
    Side,
    Story,
    Table,
    Tone,
)
from reports.content import CommunitySummary, Imprint, Place
from reports.story import age_groups, changes, common, compared, correction, mend, outcomes, rectified
from reports.story.common import Measured
from reports.story.items import any_coarse, ascending_is_bad, item_groups
from reports.wording import comparisons as comparisons_words
from reports.wording import facts, figures, tiers, verdicts
from reports.wording.phrases import say

LOWEST = 3
ITEMS_BESIDE = 18  # more items take the whole width and may break over pages
CARDS_MOST = 8  # more headline indicators stand in the chart alone, which breaks over pages


def community_story(summary: CommunitySummary, language: str) -> Story:
    """The report of one community in ``language`` ("zh" or "en")."""
    table = summary.table
    own = common.measured(table, summary.place, common.headline(summary.indicators), language)
    judged = any(verdicts.shown_verdict(each.cell) and each.indicator.target for each in own)
    items = item_groups(summary, language)
    blocks: list[Block] = [masthead(summary, language), answer(summary, own, language, judged=judged)]
    if len(own) <= CARDS_MOST:
        blocks.append(Cards(tuple(card_of(summary, each) for each in own)))
        blocks += changes.blocks(summary.changes, own, summary.place, language)
    blocks += comparisons(summary, own, language)
    blocks += foot_of_page_one(summary, own, language, judged=judged)
    blocks.append(PageBreak())
    blocks += page_two(summary, items, language, judged=judged)
    wholes = (summary.street, summary.city)
    if apart := compared.against(summary.comparisons, own[:CARDS_MOST], summary.place, wholes, language):
        blocks.append(Notes(tuple(apart)))
    if summary.age_groups:
        blocks.append(age_groups.table(summary, own, language))
    shown = common.headline(summary.indicators)
    places = [(summary.place, summary.indicators), (summary.street, shown), (summary.city, shown)]
    blocks += correction.blocks(summary.imprint, table, places, language)
    blocks += rectified.blocks(summary.put_right, summary.indicators, language)
    blocks += common.definitions(summary.indicators, summary.imprint, language)
    blocks.append(common.imprint_notes(summary.imprint, language))
    note = common.page_note(table, language, judged=judged)
    return story_of(summary.imprint, summary.place, tuple(blocks), language, note)


def card_of(summary: CommunitySummary, each: Measured) -> Card:
    since = changes.rows_of(summary.changes, summary.trend, each, summary.place)
    return common.card_of(each, summary.table, above=above(summary), further=since)


def above(summary: CommunitySummary) -> tuple[Place, Place]:
    """The areas that hold the community's answers too: what stands for a figure that is not published alone."""
    return (summary.street, summary.city)


def story_of(imprint: Imprint, place: Place, blocks: tuple[Block, ...], language: str, page_note: str) -> Story:
    """The document around the blocks."""
    name, wave = place.name.in_language(language), imprint.wave.in_language(language)
    on = imprint.released_on
    return Story(
        language=language,
        title=f"{name} {wave} {imprint.questionnaire.in_language(language)}",
        subject=imprint.survey.in_language(language),
        author=imprint.header.issuing_body or imprint.survey.in_language(language),
        blocks=blocks,
        running_head=f"{name}　{wave}",
        running_title=imprint.questionnaire.in_language(language),
        foot_left=f"{name}　{wave}",
        foot_middle=say(
            language, "release_check", number=imprint.release_number, check=facts.short_check(imprint.data_sha256)
        ),
        page_of=say(language, "page", page="{page}", pages="{pages}"),
        page_note=page_note,
        year_month_day=(on.year, on.month, on.day),
        keywords=(imprint.release_number, place.code),
    )


def masthead(summary: CommunitySummary, language: str) -> Masthead:
    imprint = summary.imprint
    places = "　".join(place.name.in_language(language) for place in (summary.city, summary.street))
    meta = (
        places,
        say(language, "field_period", period=facts.period(imprint.field_start, imprint.field_end, language)),
        facts.meta(summary.sample, language),
        *correction.in_short(imprint, language),
    )
    return Masthead(
        overline=f"{imprint.survey.in_language(language)}　{say(language, 'community_report')}",
        title=summary.place.name.in_language(language),
        programme=f"{imprint.questionnaire.in_language(language)}　{imprint.wave.in_language(language)}",
        meta=meta,
        statutory=facts.statutory(imprint, language),
        colon=say(language, "colon"),
    )


def answer(summary: CommunitySummary, own: Sequence[Measured], language: str, *, judged: bool) -> Answer:
    """The verdicts in one sentence; where few responded, behind the response rate or not at all."""
    pairs = [(each.name, verdicts.shown_verdict(each.cell) if each.indicator.target else None) for each in own]
    response = common.response_of(summary.sample, summary.caution)
    sentence = response.headline(verdicts.verdict_sentence(pairs, language), language, judged=judged)
    before = (*response.reading(language, judged=judged), *coarse_everywhere(own, language))
    drawn, in_words = (
        (*before, *common.reading(summary.table, language, judged=judged, drawn=each)) for each in (True, False)
    )
    return Answer(sentence, drawn, in_words)


def coarse_everywhere(own: Sequence[Measured], language: str) -> tuple[str, ...]:
    """Said once where every figure of the page has a large error, which few questionnaires make usual."""
    shown = [each.cell for each in own if each.cell.suppression is None]
    if not shown or not all(tiers.coarse(cell) for cell in shown):
        return ()
    most = max(cell.sample_size or 0 for cell in shown)
    return (say(language, "coarse_everywhere", n=figures.count(most)),)


def comparisons(summary: CommunitySummary, own: Sequence[Measured], language: str) -> list[Block]:
    """The chart against street and city: one per unit, since an axis has one."""
    level = verdicts.level_words(summary.table.level)
    others = verdicts.names_joined(
        [place.name.in_language(language) for place in (summary.street, summary.city)], language
    )
    blocks: list[Block] = []
    for (unit, _), group in common.split_by_unit(own).items():
        heads = (say(language, "estimate"), say(language, "interval_short", level=level), "n")
        groups = tuple(comparison_group(summary, each) for each in group)
        cells = [cell for each in group for cell in around(summary, each.indicator)]
        targets = [each.indicator.target.value for each in group if each.indicator.target]
        phrase = "comparison_unit" if targets else "comparison_unit_plain"
        axis = common.axis_of(cells, group[0].figures, ticks=6, targets=targets)
        if not axis.ticks:  # nothing is drawn that a target could be held against
            groups = tuple(replace(one, target=None) for one in groups)
        blocks.append(
            Comparison(
                title=say(language, "compared", others=others),
                unit=say(language, phrase, level=level, unit=verdicts.unit_word(unit, language)),
                unit_in_words=say(
                    language, "comparison_in_words", level=level, unit=verdicts.unit_word(unit, language)
                ),
                heads=heads,
                axis=axis,
                groups=groups,
                notes=tuple(verdicts.hidden_notes(cells, summary.table.rule, language)),
            )
        )
    return blocks


def around(summary: CommunitySummary, indicator: Indicator) -> list[PublishableCell]:
    """The cells of an indicator for community, street and city."""
    places = (summary.place, summary.street, summary.city)
    return [common.cell_of(common.row_of(summary.table, place), indicator) for place in places]


def comparison_group(summary: CommunitySummary, each: Measured) -> ComparisonGroup:
    language, target = each.language, each.indicator.target
    verdict = verdicts.shown_verdict(each.cell) if target else None
    looks = (Look.OWN, Look.CONTEXT, Look.WHOLE)
    rows = []
    places = (summary.place, summary.street, summary.city)
    for place, look, cell in zip(places, looks, around(summary, each.indicator), strict=True):
        hidden = cell.suppression is not None
        rows.append(
            ComparisonRow(
                name=place.name.in_language(language),
                range=common.range_of(cell, each.figures, look),
                value=common.value_words(cell, each.figures),
                interval=None if hidden else each.figures.interval(cell),
                n="" if cell.sample_size is None else figures.count(cell.sample_size),
                letter=verdicts.letter(cell),
            )
        )
    label = ""
    if target is not None:
        value = figures.written(
            each.figures.scaled(target.value), 0 if each.figures.scaled(target.value) % 1 == 0 else 1
        )
        label = say(language, "target_is", value=value)
    return ComparisonGroup(
        name=each.name,
        verdict=verdict,
        word=verdicts.verdict_word(verdict, language) if verdict else "",
        target=each.figures.scaled(target.value) if target else None,
        target_label=label,
        rows=tuple(rows),
    )


def foot_of_page_one(summary: CommunitySummary, own: Sequence[Measured], language: str, *, judged: bool) -> list[Block]:
    """How firm the verdicts are, beside what to mend first."""
    left = firmness(summary, own, language) if judged else None
    right = mend.blocks(summary, language)
    if left and right:
        return [Columns((Side(5, (left,)), Side(7, tuple(right))))]
    return [*([left] if left else []), *right]


def firmness(summary: CommunitySummary, own: Sequence[Measured], language: str) -> Table | None:
    """The tipping points: what nonrespondents would have to think for a verdict to change sides."""
    rows = [
        Row(
            (
                Cell(each.name, verdict=verdicts.shown_verdict(each.cell), bold=True),
                Cell(verdicts.tipping(each.indicator, each.cell, each.figures, language)),
            )
        )
        for each in own[:CARDS_MOST]
        if each.cell.suppression is None and each.indicator.target is not None and each.cell.tipping_point is not None
    ]
    if not rows:
        return None
    return Table(
        title=say(language, "firmness"),
        unit="",
        columns=(Column(""), Column("", share=1.0)),
        rows=tuple(rows),
        lead=say(
            language,
            "firmness_lead" if summary.sample.outcomes_recorded else "firmness_lead_share",
            rate=facts.rate(facts.response(summary.sample), language),
        ),
        head=False,
    )


def item_columns(group: list[Measured], table: PublishableTable, language: str, *, count: bool) -> tuple[Column, ...]:
    level = verdicts.level_words(table.level)
    axis = common.axis_of([each.cell for each in group], group[0].figures, ticks=5)
    columns = (
        Column(say(language, "item")),
        Column("", ColumnKind.CHART, axis=axis, share=1.0),
        Column(say(language, "estimate"), ColumnKind.FIGURE),
        Column(say(language, "interval_short", level=level), ColumnKind.INTERVAL),
        Column("n", ColumnKind.FIGURE),
    )
    return columns if count else columns[:-1]


def item_rows(group: list[Measured], *, strong: int) -> list[Row]:
    rows = []
    for number, each in enumerate(group):
        cell = each.cell
        hidden = cell.suppression is not None
        look = Look.OWN if number < strong and not hidden else Look.CONTEXT
        n = "" if cell.sample_size is None else figures.count(cell.sample_size)
        cells = (
            Cell(each.name),
            Cell(range=common.range_of(cell, each.figures, look)),
            Cell(common.value_words(cell, each.figures), letter=verdicts.letter(cell)),
            Cell(interval=None if hidden else each.figures.interval(cell), grey=look is Look.CONTEXT),
            Cell(n, grey=True),
        )
        rows.append(Row(cells, Tone.STRONG if look is Look.OWN else Tone.PLAIN))
    return rows


def item_table(summary: CommunitySummary, group: list[Measured], language: str) -> Table:
    """All items of one group, worst first; what stands in no order after them."""
    table = summary.table
    told = sum(tiers.comparable(each.cell) for each in group)
    untold, uncertain = len(group) - told, any_coarse(group)
    strong = 0 if untold and told <= LOWEST else min(LOWEST, told // 3)
    words = ("one_item", "two_items", "three_items")
    notes = list(verdicts.hidden_notes([each.cell for each in group], table.rule, language))
    down = ascending_is_bad(group[0])
    if strong and not down:
        phrase = "items_note" if not untold else "items_note_firm" if uncertain else "items_note_shown"
        notes.insert(0, say(language, phrase, count=say(language, words[strong - 1])))
    found = compared.items_of(summary.comparisons, group, summary.place)
    if together := compared.items_note(found, group, language, down=down):
        notes += [*together, comparisons_words.items_how(table.level, language)]
    notes += in_place_of_hidden(summary, group, language)
    title = "items_title_plain"
    if told or not uncertain:
        title = (("items_title", "items_title_down"), ("items_title_firm", "items_title_firm_down"))[uncertain][down]
    return Table(
        title=say(language, title),
        unit=say(language, "unit", unit=verdicts.unit_word(group[0].figures.unit, language)),
        columns=item_columns(group, table, language, count=True),
        rows=tuple(item_rows(group, strong=strong)),
        notes=common.one_note(notes, language),
    )


def in_place_of_hidden(summary: CommunitySummary, group: Sequence[Measured], language: str) -> list[str]:
    """The figures of the street for the items that are not published alone: the same for all, whatever hid them."""
    by_place: dict[str, list[str]] = {}
    for each in group:
        found = common.substitute(summary.table, each.cell, each.indicator, above(summary))
        if found is None:
            continue
        value = verdicts.with_unit(common.value_words(found.cell, each.figures), each.figures.unit, language)
        interval = figures.joined(*each.figures.interval(found.cell))
        said = say(language, "item_stands", name=each.name, value=value, interval=interval)
        by_place.setdefault(found.place.name.in_language(language), []).append(said)
    between = say(language, "semicolon")
    return [
        say(language, "items_stand_for", place=place, items=between.join(items)) for place, items in by_place.items()
    ]


def other_indicators(summary: CommunitySummary, language: str) -> tuple[str, ...]:
    """Indicators that are neither headlines nor items, a line each."""
    first = common.headline(summary.indicators)
    in_cards = {second_id(each) for each in first} if len(first) <= CARDS_MOST else set()
    rest = [each for each in summary.indicators if each.group is None and each not in first and each.id not in in_cards]
    level = verdicts.level_words(summary.table.level)
    lines = []
    for each in common.measured(summary.table, summary.place, rest, language):
        cell = each.cell
        if cell.suppression is not None:
            why = verdicts.cause_words(cell, summary.table.rule, language)
            lines.append(say(language, "also_hidden", name=each.name, why=why) + street_for(summary, each, language))
            continue
        value = verdicts.with_unit(common.value_words(cell, each.figures), each.figures.unit, language)
        interval = verdicts.interval_words(cell, each.figures, language)
        n = "" if cell.sample_size is None else figures.count(cell.sample_size)
        lines.append(say(language, "also", name=each.name, value=value, level=level, interval=interval, n=n))
    return tuple(lines)


def street_for(summary: CommunitySummary, each: Measured, language: str) -> str:
    """The sentence with the figure that stands for a hidden one; nothing where none does."""
    found = common.substitute(summary.table, each.cell, each.indicator, above(summary))
    if found is None:
        return ""
    words = say(
        language,
        "stands_for_it",
        place=found.place.name.in_language(language),
        value=verdicts.with_unit(common.value_words(found.cell, each.figures), each.figures.unit, language),
        level=verdicts.level_words(summary.table.level),
        interval=verdicts.interval_words(found.cell, each.figures, language),
    )
    return f"{'' if language == 'zh' else ' '}{words}"


def page_two(summary: CommunitySummary, items: Sequence[list[Measured]], language: str, *, judged: bool) -> list[Block]:
    """The items beside sample and response, then how to read and how the figures were made."""
    sample = (
        common.sample_table(summary.sample, language),
        common.rates_table(summary.sample, summary.method, language),
    )
    own = common.measured(summary.table, summary.place, summary.indicators, language)
    given = [verdicts.shown_verdict(each.cell) for each in own if each.indicator.target is not None]
    read = common.how_to_read(summary.table, language, judged=judged, given=given)
    made = common.how_made(summary, language, given=given)
    tables: list[Block] = [item_table(summary, group, language) for group in items]
    also = other_indicators(summary, language)
    if also and items:
        first = item_table(summary, items[0], language)
        tables[0] = replace(first, notes=common.one_note((*first.notes, *also), language))
    elif also:
        tables = [Notes(also)]
    by_mode = common.modes_in_short(summary, language)
    listed = (*outcomes.in_a_line(summary.sample.outcomes, language), *([by_mode] if by_mode else []))
    told: list[Block] = [Notes(listed)] if listed else []
    if not 6 <= sum(len(group) for group in items) <= ITEMS_BESIDE:
        return [*tables, Columns((Side(4, sample), Side(4, (read, *told)), Side(4, (made,))))]
    return [Columns((Side(7, tuple(tables)), Side(5, sample))), Columns((Side(5, (read, *told)), Side(7, (made,))))]
