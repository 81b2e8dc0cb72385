"""One community on two pages: the answer, why, how sure; then the items, the fieldwork and the method."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analysis.results import PublishableTable
from questionnaires.indicators import second_id
from reports.blocks import (
    Answer,
    Block,
    Card,
    Cards,
    Cell,
    Column,
    ColumnKind,
    Columns,
    Look,
    Masthead,
    Notes,
    PageBreak,
    Prose,
    Row,
    Side,
    Spare,
    Story,
    Table,
    Tone,
)
from reports.content import CommunitySummary, Imprint, Place
from reports.story import (
    against,
    age_groups,
    asked,
    changes,
    common,
    compared,
    correction,
    firmness,
    many,
    mend,
    outcomes,
    over_waves,
    rectified,
    remarks,
)
from reports.story.common import Measured
from reports.story.items import any_coarse, ascending_is_bad, item_groups, same_figure, unit_of
from reports.story.titled import masthead_of
from reports.wording import comparisons as comparisons_words
from reports.wording import facts, figures, tiers, verdicts
from reports.wording.phrases import say

LOWEST = 3
ITEMS_LEAST, ITEMS_BESIDE = 6, 16  # so many items stand beside other blocks; more may break over pages
HEADS_BESIDE = 32  # half squares of all heads together, in a table beside another


def community_story(summary: CommunitySummary, language: str) -> Story:
    """The report of one community in ``language`` ("zh" or "en")."""
    own = common.measured(summary.table, summary.place, common.headline(summary.indicators), language)
    judged = any(verdicts.shown_verdict(each.cell) and each.indicator.target for each in own)
    items = item_groups(summary, language)
    hidden = nothing_is_told(summary, language)
    blocks: list[Block] = [masthead(summary, language)]
    if hidden:
        blocks += nothing_shown(summary, own, language)
    else:
        blocks.append(answer(summary, own, language, judged=judged))
        if len(own) <= many.CARDS_MOST:
            blocks.append(Cards(tuple(card_of(summary, each) for each in own)))
            blocks += against.comparisons(summary, own, language)
        else:
            blocks += many.tables(summary, own, language)
        blocks += mend.blocks(summary, language)
        blocks.append(PageBreak())
    blocks += page_two(summary, own, [] if hidden else items, language, judged=judged)
    note = common.page_note(summary.table, language, judged=judged)
    return story_of(summary.imprint, summary.place, tuple(blocks), language, note)


def nothing_is_told(summary: CommunitySummary, language: str) -> bool:
    """Whether not one figure of the community is published alone."""
    every = common.measured(summary.table, summary.place, summary.indicators, language)
    return all(each.cell.suppression is not None for each in every)


def nothing_shown(summary: CommunitySummary, own: Sequence[Measured], language: str) -> list[Block]:
    """A community of which no figure is published alone: one sentence, and the figures of the areas above."""
    place = summary.street.name.in_language(language)
    reading = (say(language, "nothing_why"), *against.of_street(summary, own, language))
    sentence = Answer(say(language, "nothing_own", place=place), reading)
    charts = against.comparisons(summary, own, language, without_own=True)
    return [sentence, *charts, *against.items_of_street(summary, language), PageBreak()]


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
    places = "　".join(place.name.in_language(language) for place in (summary.city, summary.street))
    return masthead_of(summary, summary.sample, places, "community_report", language)


def answer(summary: CommunitySummary, own: Sequence[Measured], language: str, *, judged: bool) -> Answer:
    """The verdicts in one sentence; where few responded, behind the response rate or not at all."""
    pairs = [(each.name, verdicts.shown_verdict(each.cell) if each.indicator.target else None) for each in own]
    response = common.response_of(summary.sample, summary.caution)
    sentence = response.headline(verdicts.verdict_sentence(pairs, language), language, judged=judged)
    changed = () if response.very_low else changes.sentence(summary.changes, own, summary.place, language)
    before = (*changed, *response.reading(language, judged=judged), *coarse_everywhere(own, language))
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


def up_to_a_step(group: Sequence[Measured], most: int) -> int:
    """How many of the first ``most`` stand before another figure: of equal ones none is lower."""
    while 0 < most < len(group) and same_figure(group[most - 1], group[most]):
        most -= 1
    return most


def some_untold_is_worse(group: Sequence[Measured], strong: int) -> bool:
    """Whether a figure that stands in no order is as bad, as printed, as one of the first ``strong`` of the others."""
    if not strong:
        return False
    sign = -1.0 if ascending_is_bad(group[0]) else 1.0
    best = max(sign * (each.cell.value or 0.0) for each in group[:strong])
    for each in group:
        cell = each.cell
        if cell.suppression is not None or tiers.comparable(cell):
            continue
        told = cell.value if cell.coded is None and cell.value is not None else cell.low if sign > 0 else cell.high
        if told is not None and sign * told <= best:
            return True
    return False


def item_table(summary: CommunitySummary, group: list[Measured], language: str) -> Table:
    """All items of one group, worst first; what stands in no order after them."""
    table = summary.table
    told = sum(tiers.comparable(each.cell) for each in group)
    untold, uncertain = len(group) - told, any_coarse(group)
    strong = 0 if untold and told <= LOWEST else up_to_a_step(group, min(LOWEST, told // 3))
    if some_untold_is_worse(group, strong):
        strong = 0
    words = ("one_item", "two_items", "three_items")
    notes = list(verdicts.hidden_notes([each.cell for each in group], table.rule, language))
    down = ascending_is_bad(group[0])
    if strong and not down:
        phrase = "items_note" if not untold else "items_note_firm" if uncertain else "items_note_shown"
        notes.insert(0, say(language, phrase, count=say(language, words[strong - 1])))
    notes += in_place_of_hidden(summary, group, language)
    title = "items_title_plain"
    if told or not uncertain:
        title = (("items_title", "items_title_down"), ("items_title_firm", "items_title_firm_down"))[uncertain][down]
    return Table(
        title=say(language, title),
        unit=unit_of(group, language, told=mend.explained(summary, language)),
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
    in_cards = {second_id(each) for each in first} if len(first) <= many.CARDS_MOST else set()
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


def page_two(
    summary: CommunitySummary, own: Sequence[Measured], items: Sequence[list[Measured]], language: str, *, judged: bool
) -> list[Block]:
    """Items and who was asked, how firm the verdicts are and how to read them, then what was put right, definitions,
    method, imprint. What is spare goes first where two pages are not enough."""
    table = summary.table
    firm = firmness.blocks(summary, own, language, judged=judged)
    blocks = items_beside_asked(summary, items, firm, waves_of(summary, own, language), language)
    if summary.age_groups:
        ages = age_groups.table(summary, own, language)
        blocks.append(Spare(5, say(language, "spare_ages"), (ages,)))
    shown = common.headline(summary.indicators)
    places = [(summary.place, summary.indicators), (summary.street, shown), (summary.city, shown)]
    blocks += correction.blocks(summary.imprint, table, places, language)
    blocks += rectified.blocks(summary, language)
    blocks += remarks.of_community(summary, language)
    meaning = common.definitions(summary, language, targets=False)
    rank = 0 if len(own) <= many.CARDS_MOST else 6
    blocks += [Spare(rank, say(language, "definitions"), tuple(meaning[:1])), *meaning[1:]]
    blocks += small_print(summary, own, language)
    blocks.append(common.imprint_notes(summary.imprint, language))
    return blocks


def items_beside_asked(
    summary: CommunitySummary,
    items: Sequence[list[Measured]],
    firm: Sequence[Block],
    waves: Sequence[Spare],
    language: str,
) -> list[Block]:
    """Items at the left, who was asked, how to read and the waves at the right; how firm the verdicts are below the
    items, or below all of it where the right side is short. Few or many items take the whole width."""
    tables: list[Block] = [item_table(summary, group, language) for group in items]
    also = other_indicators(summary, language)
    if also and items:
        first = item_table(summary, items[0], language)
        tables[0] = replace(first, notes=common.one_note((*first.notes, *also), language))
    elif also:
        tables = [Prose(say(language, "further_indicators"), also)]
    read = Spare(2, say(language, "how_to_read"), (how_to_read(summary, language),))
    right = (*asked.blocks(summary, language), read)
    narrow = sum(against.half_squares(column.head) for one in waves for column in columns_of(one)) <= HEADS_BESIDE
    beside, below = (tuple(waves), ()) if narrow else ((), tuple(waves))
    if ITEMS_LEAST <= sum(len(group) for group in items) <= ITEMS_BESIDE:
        inside, after = (tuple(firm), ()) if beside else ((), tuple(firm))
        return [Columns((Side(7, (*tables, *inside)), Side(5, (*right, *beside)))), *after, *below]
    return [*tables, *([Columns((Side(7, tuple(firm)), Side(5, right)))] if firm else right), *waves]


def columns_of(spare: Spare) -> tuple[Column, ...]:
    return next((block.columns for block in spare.blocks if isinstance(block, Table)), ())


def waves_of(summary: CommunitySummary, own: Sequence[Measured], language: str) -> list[Spare]:
    made = over_waves.blocks(summary.trend, own, summary.place, summary.table.rule, language)
    return [Spare(2, say(language, "spare_waves"), tuple(made))] if made else []


def how_to_read(summary: CommunitySummary, language: str) -> Prose:
    """What an interval is, and how many verdicts chance would get wrong."""
    every = common.measured(summary.table, summary.place, summary.indicators, language)
    given = [verdicts.shown_verdict(each.cell) for each in every if each.indicator.target is not None]
    read = common.how_to_read(summary.table, language, judged=False)
    chance = tiers.chance(summary.table, given, language)
    return replace(read, paragraphs=(*read.paragraphs, *([chance] if chance else [])))


def small_print(summary: CommunitySummary, own: Sequence[Measured], language: str) -> list[Block]:
    """The method as it was written down, what the mode did, the outcomes of all cases, intervals of differences."""
    method = facts.how_made(summary.method, summary.table.interval_method, language)
    if summary.comparisons is not None and summary.comparisons.items:
        method = (*method, comparisons_words.items_how(summary.table.level, language))
    by_mode = common.modes_in_short(summary, language)
    apart = compared.against(summary.comparisons, own, summary.place, above(summary), language)
    cases = summary.sample.outcomes
    told = (
        (4, "spare_method", common.one_note(method, language)),
        (4, "spare_modes", (by_mode,) if by_mode else ()),
        (6, "differs_intervals", tuple(apart)),
        (8, "spare_outcomes", (*facts.e_note(summary.sample, language), *outcomes.in_a_line(cases, language))),
    )
    return [Spare(rank, say(language, name), (Notes(lines),)) for rank, name, lines in told if lines]
