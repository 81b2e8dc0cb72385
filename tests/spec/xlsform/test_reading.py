"""Forms become questionnaires: every type, every column, and what cannot be carried is told at its row and column."""

from __future__ import annotations

from datetime import date

import pytest

from questionnaires.model import Accepts, Entry, Layout, Missing, Order, Precision, QuestionType
from survey_service.xlsform.book import language_of
from survey_service.xlsform.reading import convert
from survey_service.xlsform.remarks import Weight, line_of
from tests.spec.xlsform.forms import YES_NO, asked, grid, read, told


def test_types_limits_and_words() -> None:
    done = read(
        [
            ["begin group", "home", "住房", "Home"],
            ["select_one yes_no", "owns", "有没有自己的住房？", "Do you own a home?", "yes"],
            ["integer", "rooms", "几间？", "How many rooms?", "", "${owns} = 'yes'", ". > 0 and . <= 20"],
            ["decimal", "area", "多少平方米？", "What area?", "", "", ". >= 5.5"],
            ["select_multiple ways", "how", "怎么上班？", "How do you commute?", "", "",
             "count-selected(.) <= 2 and not(selected(., 'none') and count-selected(.) > 1)"],
            ["end group"],
            ["date", "moved", "哪天搬来的？", "When did you move in?", "", "",
             ". >= date('2020-01-01') and . <= today()"],
            ["time", "leaves", "几点出门？", "When do you leave?"],
            ["text", "job", "做什么工作？", "What is your work?", "", "", "string-length(.) <= 30"],
            ["note", "thanks", "谢谢，${job}！", "Thank you, ${job}!"],
            ["rank ways", "order", "请排序。", "Put in order."],
            ["range", "mood", "打几分？", "How many points?"],
            ["calculate", "each", "", "", "", "", "", "${area} div ${rooms}"],
        ],
        [*YES_NO, ["ways", "bus", "公交", "Bus"], ["ways", "walk", "走路", "Walk"],
         ["ways", "none", "不上班", "Neither"]],
        *("required", "relevant", "constraint", "calculation"),
    )  # fmt: skip
    assert done.whole, done.remarks
    q = asked(done)
    assert [one.id for one in q.sections] == ["home", "general"]
    owns, rooms, area, how, moved, leaves, job, thanks, order, mood = q.questions()
    assert (owns.type, owns.required) == (QuestionType.SINGLE_CHOICE, True)
    assert [one.code for one in owns.options] == ["yes", "no"]
    assert (rooms.minimum, rooms.maximum, rooms.decimals) == (1, 20, 0)
    assert rooms.ask_if is not None
    assert rooms.ask_if.source == 'owns == "yes"'
    assert (area.minimum, area.decimals) == (5.5, 6)
    assert how.maximum_choices == 2
    assert [one.exclusive for one in how.options] == [False, False, True]
    assert moved.minimum == date(2020, 1, 1)
    assert [(one.condition.source, one.severity.value) for one in q.rules] == [("moved > today", "hard")]
    assert (leaves.type, job.max_length, order.type) == (QuestionType.TIME, 30, QuestionType.RANKING)
    assert thanks.text.pattern.zh == "谢谢，{job}！"
    assert (mood.minimum, mood.maximum) == (1, 10)
    assert [one.expression.source for one in q.calculated] == ["(area / rooms)"]


def test_rows_on_one_list_become_a_matrix() -> None:
    scale = [["sat", "1", "满意", "Satisfied"], ["sat", "2", "不满意", "Dissatisfied"]]
    listed = read(
        [
            ["begin group", "Street", "您满意吗？", "Are you satisfied?", "table-list"],
            ["select_one sat", "lanes", "背街小巷", "Lanes"],
            ["select_one sat", "dogs", "养犬", "Dogs"],
            ["end group"],
            ["text", "why", "为什么？", "Why?", "", "${lanes} = 2"],
        ],
        scale,
        "appearance",
        "relevant",
    )
    labelled = read(
        [
            ["select_one sat", "Street", "您满意吗？", "Are you satisfied?", "label"],
            ["select_one sat", "lanes", "背街小巷", "Lanes", "list-nolabel"],
            ["select_one sat", "dogs", "养犬", "Dogs", "list-nolabel"],
            ["text", "why", "为什么？", "Why?", "", "${lanes} = 2"],
        ],
        scale,
        "appearance",
        "relevant",
    )
    for done in (listed, labelled):
        street, why = asked(done).questions()
        assert street.type is QuestionType.SCALE
        assert street.variables() == ("street.lanes", "street.dogs")
        assert why.ask_if is not None
        assert why.ask_if.source == 'street.lanes == "2"'
        assert done.whole


def test_a_row_of_its_own_is_no_row_of_a_matrix() -> None:
    """Who is asked, and what may be answered, is said of a whole matrix only."""
    done = read(
        [
            ["begin group", "street", "您满意吗？", "Are you satisfied?", "table-list"],
            ["select_one yes_no", "lanes", "背街小巷", "Lanes"],
            ["select_one yes_no", "dogs", "养犬", "Dogs", "", "${lanes} = 'yes'"],
            ["end group"],
        ],
        YES_NO,
        "appearance",
        "relevant",
    )
    assert [one.type for one in asked(done).questions()] == [QuestionType.SINGLE_CHOICE] * 2


LOST = [
    (["geotrace", "place", "走哪条路？", "Which way?"], ("type", "TYPE")),
    (["geoshape", "place", "哪一片？", "Which ground?"], ("type", "TYPE")),
    (["select_one ${towns}", "town", "哪个镇？", "Which town?"], ("type", "OUTSIDE_LIST")),
    (["select_one nowhere", "x", "哪个？", "Which?"], ("type", "NO_LIST")),
    (["integer", "", "几个？", "How many?"], ("name", "NO_NAME")),
    (["calculate", "c", "", "", "", "", "pulldata('a','b','c','d')"], ("calculation", "CALCULATION")),
    (["calculate", "c", "", "", "", "", "today() - ${day}"], ("calculation", "REFUSED")),
    (["integer", "x", "几个？", "How many?", "selected-at(${first}, 0) = 1"], ("relevant", "EXPRESSION")),
    (["integer", "x", "几个？", "How many?", "${later} = 1"], ("relevant", "REFUSED")),
    (["integer", "x", "几个？", "How many?", "${day} = today()"], ("relevant", "REFUSED")),
    (["text", "x", "什么？", "What?", "", "regex(., '(?=A)[A-Z]+')"], ("constraint", "EXPRESSION")),
    (["integer", "x", "几个？", "How many?", "", ". >= 5 and . <= 3"], ("constraint", "REFUSED")),
    (["select_one yes_no", "x", "有？", "Any?", "", "", "", "position(..) = 1"], ("choice_filter", "CHOICE_FILTER")),
    (["integer", "x", "几个？", "How many?", "", "", "", "", "random() > 3"], ("required", "EXPRESSION")),
    (["text", "x", "像 ${later}？", "Like ${later}?"], ("label::中文 (zh)", "REFUSED")),
    (["text", "x", "像 ${nobody}？", "Like ${nobody}?"], ("label::中文 (zh)", "EXPRESSION")),
]  # fmt: skip


@pytest.mark.parametrize(("row", "place"), LOST, ids=lambda one: " ".join(one)[:40])
def test_what_is_lost_is_told_at_its_row_and_column(row: list[str], place: tuple[str, str]) -> None:
    done = read(
        [
            ["integer", "first", "第一题", "First"],
            ["date", "day", "哪天？", "Which day?"],
            row,
            ["integer", "later", "后来？", "Later?"],
        ],
        [*YES_NO, ["alone", "ok", "同意", "Agreed"]],
        *("relevant", "constraint", "calculation", "choice_filter", "required"),
    )
    assert (4, *place) in told(done)
    assert not done.whole
    said = next(one for one in done.remarks if one.row == 4 and one.why.weight is Weight.LOST)
    assert {"first", "day", "later"} <= {one.id for one in asked(done).questions()}
    assert line_of(said.to_json(), "en").startswith(f"survey 4 {place[0]}: not carried over; ")
    assert line_of(said.to_json(), "zh").startswith(f"survey 4 {place[0]}：没有带过来；")


def test_a_repeated_group_is_told_with_how_far_it_goes_and_what_leans_on_it_too() -> None:
    done = read(
        [
            ["integer", "people", "几口人？", "How many people?"],
            ["begin repeat", "person", "每个人", "Each"],
            ["integer", "age", "几岁？", "What age?"],
            ["end repeat"],
            ["text", "school", "哪所学校？", "Which school?", "${age} < 16"],
        ],
        YES_NO,
        "relevant",
    )
    assert {(3, "type", "REPEAT"), (3, "type", "CEILING"), (6, "relevant", "FIRST_ROUND")} <= told(done)
    assert done.whole
    assert done.ceiling


def test_groups_in_groups_are_made_flat_with_all_their_conditions() -> None:
    done = read(
        [
            ["integer", "n", "几个？", "How many?"],
            ["begin group", "outer", "外", "Outer", "${n} > 1"],
            ["begin group", "inner", "内", "Inner", "${n} > 2 or ${n} = 9"],
            ["integer", "x", "几个？", "How many?", "${n} < 8"],
            ["end group"],
            ["end group"],
        ],
        YES_NO,
        "relevant",
    )
    _, inner, x = asked(done).questions()
    assert asked(done).sections[1].ask_if is not None
    assert (inner.type, inner.text.zh) == (QuestionType.NOTE, "内")
    assert x.ask_if is not None
    assert x.ask_if.source == "(n > 2 or n == 9) and (n < 8)"


def test_texts_without_chinese_keep_a_wave_from_opening_and_others_are_told() -> None:
    sheets = {
        "survey": grid(
            [
                ["type", "name", "label", "label::Français (fr)", "label::Lingua nova"],
                ["text", "who", "Who **are** you, <b>sir</b>?", "Qui ?", "Qui"],
                ["note", "hello", "Hello ${who}", "Bonjour", "Salve"],
            ]
        )
    }
    done = convert(sheets, "my form.v2")
    who, hello = asked(done).questions()
    assert (who.text.zh, who.text.en) == ("〔待填：Who are you, sir?〕", "Who are you, sir?")
    assert hello.text.pattern.zh == "〔待填：Hello {who}〕"
    assert {"NO_CHINESE", "LANGUAGE", "UNNAMED_LANGUAGE", "MARKUP"} <= {kind for _, _, kind in told(done)}
    assert asked(done).languages == ("zh", "en", "fr")
    assert (who.text.said_in("fr"), hello.text.said_in("fr")) == ("Qui ?", "")  # nobody is named in the French greeting
    assert any("filled with other answers" in one.message("en") for one in done.remarks)
    assert asked(done).key == "my_form_v2"
    german = {
        "survey": grid([["type", "name", "label"], ["text", "wer", "Wer sind Sie?"]]),
        "settings": grid([["default_language"], ["Deutsch (de)"]]),
    }
    done = convert(german, "form")
    assert asked(done).languages == ("zh", "de")
    text = next(asked(done).questions()).text
    assert (text.zh, text.said_in("de")) == ("〔待填：Wer sind Sie?〕", "Wer sind Sie?")


def test_codes_and_names_that_do_not_fit_are_told_with_what_they_became() -> None:
    done = read(
        [
            ["select_one long", "Very Long-Name", "哪个？", "Which?"],
            ["text", "why", "为什么？", "Why?", "${Very Long-Name} = 'x'"],
            ["select_one long or_other", "and", "还有？", "And?", ""],
            ["text", "more", "多说几句", "More", "selected(${and}, 'strongly_agree')"],
        ],
        [["long", "strongly_agree", "很同意", "Strongly"], ["long", "agree", "同意", "Agree"]],
        "relevant",
    )
    first, _, third, more = asked(done).questions()
    assert (first.id, third.id) == ("very_long_name", "q_and")
    assert [one.code for one in first.options] == ["1", "2"]
    assert third.options[-1].other
    assert more.ask_if is not None
    assert more.ask_if.source == 'q_and == "1"'
    kinds = {kind for _, _, kind in told(done)}
    assert {"RENAMED", "RECODED", "OTHER"} <= kinds


def test_looks_metadata_and_columns_are_left_aside_and_said() -> None:
    done = read(
        [
            ["start", "start", "", ""],
            ["deviceid", "device", "", ""],
            ["select_one points", "nps", "几分？", "Points?", "likert", "x"],
            ["text", "story", "说说", "Tell", "multiline w4", "", "randomize=true"],
            ["select_one points", "again", "再来", "Again", "minimal", "", "randomize=true", "3"],
        ],
        [["points", str(one), str(one), str(one)] for one in range(11)],
        *("appearance", "my notes", "parameters", "default"),
    )
    assert done.whole
    nps, story, again = asked(done).questions()
    assert nps.layout is Layout.POINTS
    assert (story.type, again.order) == (QuestionType.LONG_TEXT, Order.SHUFFLED)
    assert {
        (2, "type", "META"),
        (3, "type", "META"),
        (5, "appearance", "LOOKS"),
        (6, "default", "DEFAULT"),
        (None, "my notes", "COLUMN"),
    } <= told(done)
    assert all(option.missing is not Missing.DONT_KNOW for option in nps.options)


@pytest.mark.parametrize("head", ["relevance", "bind::relevant", "bind:relevant", "Relevant"])
def test_columns_are_known_by_every_name_they_have(head: str) -> None:
    done = read([["integer", "n", "几个？", "How many?"], ["text", "x", "什么？", "What?", "${n} > 1"]], YES_NO, head)
    assert [one.ask_if is not None for one in asked(done).questions()] == [False, True]


def test_a_day_with_its_time_becomes_two_questions() -> None:
    done = read(
        [["dateTime", "seen", "什么时候？", "When?", ". <= today()"], ["text", "x", "什么？", "What?"]],
        YES_NO,
        "constraint",
    )
    day, clock, _ = asked(done).questions()
    assert (day.id, day.type, clock.id, clock.type) == ("seen", QuestionType.DATE, "seen_time", QuestionType.TIME)
    assert clock.text.zh == "什么时候？（几点）"
    assert [one.condition.source for one in asked(done).rules] == ["seen > today"]
    assert done.whole


def test_a_second_column_of_one_meaning_is_told() -> None:
    done = read([["integer", "n", "几个？", "How many?", "", "false()"]], YES_NO, "relevance", "relevant")
    assert (None, "relevant", "TWICE") not in told(done), "the second is empty where the first says something"
    two = read([["integer", "n", "几个？", "How many?", "1 = 1", "false()"]], YES_NO, "relevance", "relevant")
    assert (None, "relevant", "TWICE") in told(two)
    assert not two.whole


@pytest.mark.parametrize(
    ("kind", "accepts", "remarks"),
    [
        ("image", (), set()),
        ("photo", (), set()),
        ("audio", (Accepts.SOUND,), set()),
        ("video", (Accepts.VIDEO,), set()),
        ("file", (Accepts.DOCUMENT, Accepts.PICTURE, Accepts.SOUND, Accepts.VIDEO), {(2, "type", "ANY_FILE")}),
    ],
)
def test_what_devices_record_is_sent_as_files(
    kind: str, accepts: tuple[Accepts, ...], remarks: set[tuple[int | None, str, str]]
) -> None:
    done = read([[kind, "shot", "拍一张。", "Take one.", "yes"]], YES_NO, "required")
    (shot,) = asked(done).questions()
    assert (shot.type, shot.accepts, shot.required) == (QuestionType.ATTACHMENT, accepts, True)
    assert remarks <= told(done)
    assert done.whole


def test_a_code_is_scanned_or_typed() -> None:
    row = ["barcode", "meter", "电表号？", "Number of the meter?", "yes", "string-length(.) <= 20"]
    done = read([row], YES_NO, "required", "constraint")
    (meter,) = asked(done).questions()
    assert (meter.type, meter.entry, meter.max_length) == (QuestionType.SHORT_TEXT, Entry.BARCODE, 20)
    assert done.whole


def test_a_place_is_kept_to_a_kilometre_and_that_is_told() -> None:
    rows = [["geopoint", "here", "在哪里？", "Where?", "yes"], ["text", "x", "怎样？", "How?", "", "${here} != ''"]]
    done = read(rows, YES_NO, "required", "relevant")
    here, x = asked(done).questions()
    assert (here.type, here.precision, here.required) == (QuestionType.PLACE, Precision.KILOMETRE, True)
    assert x.ask_if is not None
    assert x.ask_if.source == "answered(here)"
    assert (2, "type", "PLACE") in told(done)
    assert done.whole


def test_nothing_to_ask_is_no_definition() -> None:
    for done in (read([["geotrace", "here", "走哪条路？", "Which way?"]]), convert({"data": grid([["a", "b"]])}, "x")):
        assert done.definition == ""
        assert not done.whole
        assert done.remarks


@pytest.mark.parametrize(
    ("head", "language"),
    [
        ("Uyghur (ug)", "ug"),
        ("ug", "ug"),
        ("Uyghur", "ug"),
        ("维吾尔语", "ug"),
        ("Kazakh (kk-Arab)", "kk-Arab"),
        ("Kazakh (kk_arab)", "kk-Arab"),
        ("Français (fr)", "fr"),
        ("中文 (zh)", "zh"),
        ("English (en)", "en"),
        ("Lingua nova", "Lingua nova"),
        ("Mongolian (mn-Mong)", "Mongolian (mn-Mong)"),
    ],
)
def test_a_head_names_a_language_in_many_ways(head: str, language: str) -> None:
    assert language_of(head) == language
