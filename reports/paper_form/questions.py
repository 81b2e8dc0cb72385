"""A question as a block: its words, who answers it, its boxes, and where to go on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import ceil

from questionnaires.kinds import kind_of
from questionnaires.kinds.choice_limits import limits_in_words
from questionnaires.model import Option, Question
from questionnaires.text import Text
from reports import style
from reports.marks import Mark, Stroke, Words
from reports.paper_form.blocks import Block, Hand, Tick, Writing, narrow, outline, stacked, tick_box
from reports.paper_form.density import MM
from reports.paper_form.geometry import CLEAR
from reports.paper_form.skips import Numbered, skip_lines, who_answers
from reports.paper_form.words import say
from reports.typesetting.composer import Span

WIDTH = 180 * MM
INDENT = 8.5 * MM  # room for the number
INNER = WIDTH - INDENT
AFTER_BOX = 1.9 * MM
CELL_WIDTH = 7 * MM  # for one written figure
MOST_ROWS = 14  # of a matrix that stay together
MOST_LINES = 4


Printer = Callable[[Hand, Mapping[str, Numbered], Question], Iterator[Block]]
"""The blocks of one question; the mapping holds every numbered question of the form by its id."""


Rule = Callable[[Question, str], str]
"""What stands beside the hint of a question in a language: how an answer must look; "" for nothing."""


def no_rule(_question: Question, _language: str) -> str:
    return ""


def ruled(question: Question, language: str) -> str:
    """What the codebook says of an answer."""
    rule = kind_of(question).rule(question)
    return rule.in_language(language) if rule else ""


def how_many(question: Question, language: str) -> str:
    """How many options to tick, and what becomes of any other number."""
    limits = limits_in_words(question, language)
    return f"{limits}{'' if language == 'zh' else ' '}{say('other_number', language)}" if limits else ""


def asked(body: Callable[[Hand, Question], Block], *, skips: bool = False, rule: Rule = no_rule) -> Printer:
    """Number and words, the body below them; ``skips``: then where to go on after each choice."""

    def blocks(hand: Hand, numbers: Mapping[str, Numbered], question: Question) -> Iterator[Block]:
        questions = tuple(numbers.values())
        head = _head(hand, questions, numbers[question.id], rule)
        after = _after(hand, questions, question) if skips else []
        yield stacked([head, body(hand, question), *after], hand.density.gap * MM)

    return blocks


Heads = Callable[[Hand, Question, Sequence[float], float], Block]
"""The heads of the columns of a matrix, from their centres and their width."""


def matrix(heads: Heads) -> Printer:
    """A matrix of many rows is several blocks, each with the heads of its columns."""

    def blocks(hand: Hand, numbers: Mapping[str, Numbered], question: Question) -> Iterator[Block]:
        one = numbers[question.id]
        head = _head(hand, tuple(numbers.values()), one)
        gap = hand.density.gap * MM
        chunks = [question.items[start : start + MOST_ROWS] for start in range(0, len(question.items), MOST_ROWS)]
        for place, items in enumerate(chunks):
            table = _rows(hand, one, [item.id for item in items], heads)
            yield stacked([head, table], gap) if place == 0 else stacked([table], gap)

    return blocks


def note(hand: Hand, _numbers: Mapping[str, Numbered], question: Question) -> Iterator[Block]:
    role = hand.density.role(hand.density.answer)
    yield stacked([hand.text(question.text, role, WIDTH)], hand.density.gap * MM)


def _head(hand: Hand, questions: tuple[Numbered, ...], one: Numbered, rule: Rule = no_rule) -> Block:
    density = hand.density
    role = density.role(density.question, bold=True)
    note = density.role(density.note, colour=style.GREY)
    tails: list[list[Span]] = []
    for language in hand.languages:
        plain = (lambda words: words) if language == hand.languages[0] else narrow
        who = plain(who_answers(questions, one, language))
        tail = [Span(f"{'' if language == 'zh' else ' '}{who}", density.note, style.INK)] if who else []
        if one.question.hint:
            tail.append(note.span(f"  {plain(one.question.hint.in_language(language))}"))
        if one.meant is not None:
            tail.append(note.span(f"  {plain(one.meant.in_language(language))}"))
        if said := rule(one.question, language):
            tail.append(note.span(f"  {plain(said)}"))
        tails.append(tail)
    words = hand.text(one.question.text, role, INNER, INDENT, tail=tails)
    # Two digits of large print would touch the words.
    fits = min(1.0, (INDENT - 2 * MM) / hand.setter.width(role, f"{one.number}."))
    number = hand.setter.left(density.role(role.size * fits, bold=True), f"{one.number}.", 0, role.size)
    return Block(height=words.height + 0.8 * MM, marks=(number, *words.marks))


def _after(hand: Hand, questions: tuple[Numbered, ...], question: Question) -> list[Block]:
    density = hand.density
    role = density.role(density.note, bold=True)
    blocks: list[Block] = []
    for lines in zip(*(skip_lines(questions, question, language) for language in hand.languages), strict=True):
        spans = hand.spans(Text(lines[0], lines[-1]), role, bold=True)
        spans[0] = Span(f"→ {lines[0]}", role.size, role.colour, True)
        blocks.append(hand.paragraph(spans, role, INNER, INDENT))
    return blocks


# ------------------------------------------------------------------ boxes to tick


def options(hand: Hand, question: Question) -> Block:
    """Boxes in columns of one width, as many as the longest option allows, rows of nearly equal number."""
    density = hand.density
    role = density.role(density.answer)
    code_role = density.role(density.note, colour=style.GREY)
    spans = [_label(hand, option) for option in question.options]
    side = density.box * MM
    # Codes of lists are longer than the two digits that stand beside every box.
    longest = max(
        (hand.setter.width(code_role, one.code) for one in question.options if len(one.code) > 2), default=0.0
    )
    start = side + AFTER_BOX + max(hand.setter.width(code_role, "99"), longest) + 0.6 * MM
    needed = [start + hand.width(one) + 4 * MM for one in spans]
    columns = max(1, min(len(spans), int(INNER / max(needed))))
    columns = ceil(len(spans) / ceil(len(spans) / columns))
    width = INNER / max(columns, 2) if columns < 4 else INNER / columns
    if columns == 1:
        width = INNER
    marks: list[Mark] = []
    ticks: list[Tick] = []
    y, height = 0.0, density.option * MM
    for first in range(0, len(spans), columns):
        tallest = height
        for place, option in enumerate(question.options[first : first + columns]):
            x = INDENT + place * width
            box_y = y + (height - side) / 2
            marks += tick_box(x, box_y, side)
            ticks.append(Tick(variable=question.id, code=option.code, x=x, y=box_y))
            base = box_y + side / 2 + role.size * 0.36
            marks.append(hand.setter.left(code_role, option.code, x + side + AFTER_BOX, base))
            words, count = hand.setter.paragraph(
                role,
                spans[first + place],
                INDENT + INNER - x - start if columns == 1 else width - start,
                x=x + start,
                y=base,
            )
            marks += words
            tallest = max(tallest, height + (count - 1) * role.leading)
        y += tallest
    block = Block(height=y, marks=tuple(marks), ticks=tuple(ticks))
    others = [option for option in question.options if option.other]
    return stacked([block, _other(hand, question, others[0])], 0.0) if others else block


MOST_PRINTED = 60
"""Options of one choice that are printed; a longer list would fill pages, and is written into a line by its name."""


def by_length(short: Printer, long: Printer) -> Printer:
    def blocks(hand: Hand, numbers: Mapping[str, Numbered], question: Question) -> Iterator[Block]:
        return (long if len(question.options) > MOST_PRINTED else short)(hand, numbers, question)

    return blocks


def by_name(question: Question, language: str) -> str:
    """What to write in place of a tick, and what for whoever finds nothing of it."""
    apart = [one for one in question.options if one.missing is not None or one.other or one.exclusive]
    beside = ((one.label.in_language(language), one.code) for one in apart)
    told = [say("by_name", language), *(say("write_code", language, label=label, code=code) for label, code in beside)]
    return ("" if language == "zh" else " ").join(told)


def name(hand: Hand, question: Question) -> Block:
    """A line for a name or a code; another for the words of what is in no list."""
    others = [option for option in question.options if option.other]
    block = _ruled(hand, question, 1)
    return stacked([block, _other(hand, question, others[0])], 0.0) if others else block


def _label(hand: Hand, option: Option) -> list[Span]:
    return hand.spans(option.label, hand.density.role(hand.density.answer))


def _other(hand: Hand, question: Question, option: Option) -> Block:
    """A line for the words behind 其他."""
    density = hand.density
    role = density.role(density.answer)
    zh, en = (say("other", language, label=option.label.in_language(language)) for language in ("zh", "en"))
    asks = Text(zh, en)
    spans = hand.spans(asks, role)
    height = density.option * MM
    base = height - 1.6 * MM
    x = INDENT + hand.width(spans) + 2 * MM
    end = INDENT + INNER
    words = Words(INDENT, base, hand.setter.composer.line(*spans))
    line = Stroke(x, base + 0.8 * MM, end, base + 0.8 * MM, 0.5, style.MARKS)
    field = Writing(variable=f"{question.id}.other", kind="text", x=x, y=-0.5 * MM, width=end - x, height=height + MM)
    return Block(height=height, marks=(words, line), writings=(field,))


def _rows(hand: Hand, one: Numbered, items: Sequence[str], heads: Heads) -> Block:
    """Rows of one scale: words at the left, a column of boxes for each option, thin rules between."""
    density, question = hand.density, one.question
    role = density.role(density.answer)
    head_role = density.role(density.note)
    column = _column_width(hand, question)
    label_width = INNER - column * len(question.options)
    centres = [INDENT + label_width + column * (place + 0.5) for place in range(len(question.options))]
    head = heads(hand, question, centres, column)
    marks: list[Mark] = list(head.marks)
    ticks: list[Tick] = []
    y = head.height
    for place, item in enumerate(question.items, start=1):
        if item.id not in items:
            continue
        number = head_role.span(f"{one.number}.{place}  ", colour=style.GREY)
        spans = [number, *hand.spans(item.text, role)]
        lines = hand.setter.lines(spans, label_width - 3 * MM)
        height = max(density.row * MM, len(lines) * role.leading + 1.6 * MM)
        base = y + height / 2 - (len(lines) - 1) * role.leading / 2 + role.size * 0.36
        marks += [Words(INDENT, base + at * role.leading, line) for at, line in enumerate(lines)]
        side = density.box * MM
        box_y = y + (height - side) / 2
        for centre, option in zip(centres, question.options, strict=True):
            x = centre - side / 2
            marks += tick_box(x, box_y, side)
            ticks.append(Tick(variable=f"{question.id}.{item.id}", code=option.code, x=x, y=box_y))
        y += height
        marks.append(Stroke(INDENT, y, INDENT + INNER, y, 0.4, style.RULE))
    return Block(height=y, marks=tuple(marks), ticks=tuple(ticks), gap=0.0)


def _column_width(hand: Hand, question: Question) -> float:
    """Wide enough for the longest word of the heads, never so wide that the rows lose their words."""
    least = (hand.density.box + 2 * CLEAR + 2) * MM
    widest = max(
        hand.setter.width(hand.density.role(hand.density.heads or hand.density.note), word) + 2.4 * MM
        for option in question.options
        for language in hand.languages
        for word in _breakable(option.label.in_language(language), language)
    )
    return min(max(least, 17 * MM, widest), INNER * hand.density.columns / len(question.options))


def _breakable(label: str, language: str) -> list[str]:
    return [label] if language == "zh" else label.split()


def labels(hand: Hand, question: Question, centres: Sequence[float], column: float) -> Block:
    """The label of every option over its column."""
    options = question.options
    role = hand.density.role(hand.density.heads or hand.density.note)
    stacks = [
        [
            line
            for language in hand.languages
            for line in hand.setter.lines([role.span(option.label.in_language(language))], column - 1.2 * MM)
        ]
        for option in options
    ]
    most = max(map(len, stacks))
    leading = role.size * 1.2
    marks: list[Mark] = []
    for option, centre, lines in zip(options, centres, stacks, strict=True):
        for at, line in enumerate(lines):
            base = role.size + (most - len(lines) + at) * leading
            marks.append(Words(centre - line.width / 2, base, line))
        code = hand.density.role(hand.density.note, colour=style.GREY)
        marks.append(hand.setter.centred(code, option.code, centre, role.size + most * leading))
    height = role.size + most * leading + 1.2 * MM
    marks.append(Stroke(INDENT, height, INDENT + INNER, height, 0.6, style.INK))
    return Block(height=height, marks=tuple(marks))


# ------------------------------------------------------------------ fields for handwriting


def number(hand: Hand, question: Question) -> Block:
    """A cell for each figure of the largest answer; one long field where there is no largest."""
    density = hand.density
    maximum = question.maximum
    bounded = isinstance(maximum, int | float) and not (
        isinstance(question.minimum, int | float) and question.minimum < 0
    )
    cells = len(str(int(maximum))) if bounded and isinstance(maximum, int | float) else 0
    height = max(density.option + 1.2, 7.2) * MM
    x = INDENT
    marks: list[Mark] = []
    if cells:
        for group in (cells, question.decimals):
            if group and x > INDENT:
                marks.append(hand.setter.left(density.role(14, bold=True), ".", x + 0.8 * MM, height - 1 * MM))
                x += 3 * MM
            drawn, x = figures(x, 0, group, height)
            marks += drawn
    else:
        marks += outline(INDENT, 0, 45 * MM, height, 0.6)
        x += 45 * MM
    field = Writing(variable=question.id, kind="number", x=INDENT, y=0, width=x - INDENT, height=height)
    role = density.role(density.answer)
    if question.unit:
        marks.append(after_field(hand, question.unit, x + 2 * MM, 0, height, role.size))
    return Block(height=height, marks=tuple(marks), writings=(field,))


def after_field(hand: Hand, unit: Text, x: float, y: float, height: float, size: float) -> Words:
    """A word beside a field that begins at ``y``."""
    spans = hand.spans(unit, hand.density.role(size))
    return Words(x, y + height / 2 + size * 0.36, hand.setter.composer.line(*spans))


def figures(x: float, y: float, count: int, height: float) -> tuple[list[Mark], float]:
    """Cells for so many figures, and where they end."""
    marks: list[Mark] = []
    for place in range(count):
        marks += outline(x + place * CELL_WIDTH, y, CELL_WIDTH + (0.6 if place < count - 1 else 0), height, 0.6)
    return marks, x + count * CELL_WIDTH


def cells(kind: str, parts: Sequence[tuple[int, Text]]) -> Callable[[Hand, Question], Block]:
    """Cells for so many figures, each group with its word after it: four for the year, two for the month."""

    def body(hand: Hand, question: Question) -> Block:
        density = hand.density
        role = density.role(density.answer)
        height = max(density.option + 1.2, 7.2) * MM
        x = INDENT
        marks: list[Mark] = []
        for count, unit in parts:
            drawn, end = figures(x, 0, count, height)
            marks += drawn
            x = end + 1.5 * MM
            words = after_field(hand, unit, x, 0, height, role.size)
            marks.append(words)
            x += words.line.width + 2.5 * MM
        field = Writing(variable=question.id, kind=kind, x=INDENT, y=0, width=x - INDENT, height=height)
        return Block(height=height, marks=tuple(marks), writings=(field,))

    return body


def elsewhere(_hand: Hand, _question: Question) -> Block:
    """Nothing to write into: the rule beside the question says where it is answered."""
    return Block(height=0.0, marks=())


def line(hand: Hand, question: Question) -> Block:
    """A line for about 35 characters, as written by hand."""
    return _ruled(hand, question, 1)


def lines(hand: Hand, question: Question) -> Block:
    return _ruled(hand, question, min(MOST_LINES, max(2, ceil((question.max_length or 105) / 70))))


def _ruled(hand: Hand, question: Question, count: int) -> Block:
    pitch = hand.density.line * MM
    marks = tuple(
        Stroke(INDENT, (place + 1) * pitch, INDENT + INNER, (place + 1) * pitch, 0.5, style.MARKS)
        for place in range(count)
    )
    height = count * pitch
    field = Writing(variable=question.id, kind="text", x=INDENT, y=0, width=INNER, height=height + MM)
    return Block(height=height + MM, marks=marks, writings=(field,))
