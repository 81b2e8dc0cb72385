"""The programmes of the service: which there are, what they share, and that each can be answered and counted."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest

from questionnaires.answers import Policy, check_answers
from questionnaires.evaluation import comparable, evaluate, evaluator
from questionnaires.indicators import DontKnow, Indicator, IndicatorKind
from questionnaires.loader import definitions_path, load
from questionnaires.model import Missing, Option, Question, Questionnaire, QuestionType
from questionnaires.programmes import PROGRAMMES as OFFERED
from questionnaires.programmes import Audience
from questionnaires.readiness import Reason, ready_to_open
from tests.programmes import KEYS, programme, shipped
from tests.spec.questionnaires.test_definitions import WAVE

SHORT_FORMS = ("civilized_city", "window_services")  # written before the blocks; their bytes are frozen
PROGRAMMES = {
    *("civilized_city", "civilized_city_full", "civilized_city_knowledge", "civility_index"),
    *("window_services", "window_services_full", "window_services_exit", "government_conduct", "environment"),
    *("health_knowledge", "public_safety", "minors_parent", "minors_pupil", "minors_teacher", "citizen_review"),
    *("peer_review", "uncivil_behaviour", "volunteering", "staff"),
    *("merchants", "resident_units", "community_services", "disabled_residents", "issue_follow_up"),
}
every = pytest.mark.parametrize("key", sorted(PROGRAMMES))
every_new = pytest.mark.parametrize("key", sorted(PROGRAMMES - set(SHORT_FORMS)))


def file_of(key: str, name: str) -> str:
    return (definitions_path() / key / name).read_text(encoding="utf-8")


def test_none_is_left_out() -> None:
    assert set(KEYS) == PROGRAMMES
    assert len(OFFERED) == len(PROGRAMMES)
    assert {one.key for one in OFFERED} == PROGRAMMES
    assert len({one.name for one in OFFERED}) == len(OFFERED)
    # Those of one audience stand together.
    assert list(dict.fromkeys(one.audience for one in OFFERED)) == list(Audience)
    assert sum(1 for one, after in pairwise(OFFERED) if one.audience is not after.audience) == len(Audience) - 1
    overview = (definitions_path() / "README.md").read_text(encoding="utf-8")
    assert set(re.findall(r"\[`(\w+)`\]\((\w+)/README\.md\)", overview)) == {(key, key) for key in PROGRAMMES}


@every
def test_each_says_what_it_is_for_in_both_languages(key: str) -> None:
    text = file_of(key, "README.md")
    one = programme(key)
    assert text.startswith(f"# {one.title.zh}\n")
    assert f"\n## {one.title.en}\n" in text
    questions = sum(1 for question in one.questions() if question.variables())
    minutes, indicators = one.notice.minutes, len(one.indicators)
    assert f"\n`{one.key}` {one.version} · {questions} 题 · 约 {minutes} 分钟 · {indicators} 个指标\n" in text
    assert f"\n{questions} questions, about {minutes} minutes, {indicators} indicators" in text
    overview = (definitions_path() / "README.md").read_text(encoding="utf-8")
    [row] = [line for line in overview.splitlines() if line.startswith(f"| [`{key}`]")]
    assert row.endswith(f"| {one.title.zh} | {one.version} | {minutes} | {questions} | {indicators} |")
    for heading in ("测什么", "谁能答、谁来问", "怎么收", "依据", "怎么改", "还缺什么", "自愿"):
        assert f"**{heading}**" in text, heading
    for heading in ("What it measures", "Who is asked", "Modes", "Sources", "How to adapt it", "What is still missing"):
        assert f"**{heading}" in text, heading


# ---------------------------------------------------------------- what all share

BLOCKS = {
    "live": ("live_city", "live_here"),
    "seen": ("seen",),
    "opinion": ("opinion_kind",),
    "you": ("schooling", "registered_at", "occupation", "child_at_home"),
    "tie": ("tie",),
    "shown": ("shown_gift", "shown_beside"),
    "filled_by": ("filled_by",),
}
SHARED_INDICATORS = ("coached", "gifted", "watched", "tied", "saw_material", "not_by_self")


@pytest.mark.parametrize("name", [name for names in BLOCKS.values() for name in names])
def test_a_block_has_the_same_words_and_codes_wherever_it_stands(name: str) -> None:
    """So that the files of several programmes can be put under each other."""
    found = {key: question for key in PROGRAMMES for question in programme(key).questions() if question.id == name}
    assert len(found) > 1, name
    assert len({(one.text, one.hint, one.options, one.type) for one in found.values()}) == 1, sorted(found)


@pytest.mark.parametrize("name", SHARED_INDICATORS)
def test_a_shared_indicator_counts_alike_everywhere(name: str) -> None:
    counted = [one for key in PROGRAMMES for one in programme(key).indicators if one.id == name]
    assert len(counted) > 5
    assert len({(one.kind, one.variables, one.numerator, one.dont_know) for one in counted}) == 1


# As in the short forms of 2.0, with which they are compared, everybody answers; live_city is a domain of theirs.
UNSCREENED = {"civilized_city_full", "window_services_full"}


def test_whoever_has_not_lived_here_for_half_a_year_is_asked_nothing_further() -> None:
    """The population is of half a year and more; who left the question blank stays in."""
    screened = {key for key in PROGRAMMES if "live_city" in {one.id for one in programme(key).questions()}} - UNSCREENED
    assert len(screened) == 9
    for key in screened:
        one = programme(key)
        given = {name: plainest(question) for question in one.questions() for name in variables_of(question)}
        new, blank = (check_answers(one, {**given, "live_city": code}, Policy.PAPER) for code in ("2", ""))
        asked = {name for name, value in new.values.items() if value is not Missing.NOT_ASKED}
        assert asked == {"live_city"}, key
        assert not any(pair for pair in evaluate(one, new.values).values()), key
        assert sum(value is Missing.NOT_ASKED for value in blank.values.values()) < len(blank.values) / 2, key


@every_new
def test_each_asks_whether_answers_were_shown(key: str) -> None:
    asked = {question.id for question in programme(key).questions()}
    assert asked & {"shown_answers", "pressed", "told_mark"}, "somebody may have told people what to say"


@pytest.mark.parametrize("key", ["civilized_city_full", "staff", "merchants", "resident_units"])
def test_whoever_says_yes_is_asked_which(key: str) -> None:
    one = programme(key)
    ids = [question.id for question in one.questions()]
    first, verified = one.question("knows_title"), one.question("title_named")
    seen = "shop_seen" if key == "merchants" else "seen"  # a shop is given things by others than a household
    assert ids.index("knows_title") + 1 == ids.index("title_named") < ids.index(seen)
    assert not re.search("文明|卫生|园林", first.text.zh), "the question must not name the title it asks for"
    assert verified.ask_if is not None
    assert verified.ask_if.evaluate({"knows_title": "1"})
    assert not verified.ask_if.evaluate({"knows_title": "3"})


# ---------------------------------------------------------------- wording

GIVES_AWAY = {
    "zh": "创建|文明|创城|知晓|支持|满意|安全|廉|腐|志愿|优秀|达标",
    "en": "(?i)civilised|campaign|aware|support|safe",
}


@every_new
def test_no_title_gives_an_answer_away(key: str) -> None:
    """Title and purpose stand above the first question on every screen and sheet."""
    one = programme(key)
    for text in (one.title, one.notice.purpose):
        allowed = re.sub("服务满意度|窗口行业的服务满不满意", "", text.zh)
        assert not re.search(GIVES_AWAY["zh"], allowed), text.zh
        assert not re.search(GIVES_AWAY["en"], text.en), text.en


def quizzes(one: Questionnaire) -> dict[str, tuple[str, ...]]:
    """Variables with right codes, as the indicators have them."""
    return {variable: codes for indicator in one.indicators for variable, codes in indicator.correct.items()}


@every
def test_no_right_answer_stands_above_its_question(key: str) -> None:
    one = programme(key)
    for variable, codes in quizzes(one).items():
        question = one.question(variable.partition(".")[0])
        if question.items:
            continue  # right and wrong give nothing away
        seen = [one.title, one.notice.purpose, one.notice.contact, *(section.title for section in one.sections)]
        seen += [question.text, question.short, *([question.hint] if question.hint else [])]
        for code in codes:
            option = question.option(code)
            assert option is not None
            assert not [text.zh for text in seen if option.label.zh in text.zh], variable


@every
def test_a_right_answer_has_a_source_and_a_day(key: str) -> None:
    one, text = programme(key), file_of(key, "questionnaire.yaml")
    asked = {variable.partition(".")[0] for variable in quizzes(one)}
    for name in asked:
        before = text[: text.index(f"      - id: {name}\n")].rstrip("\n")
        comment = "\n".join(line for line in before.splitlines()[-6:] if line.lstrip().startswith("#"))
        assert "正确答案：" in comment, name
        assert "出处：" in comment, name
        assert re.search(r"核对：20\d\d-\d\d-\d\d", comment), name


@every_new
def test_the_first_answer_of_those_that_a_city_fills_in_is_not_the_right_one(key: str) -> None:
    """Paper is printed in the order of the file, and the same in every city."""
    one = programme(key)
    for variable, codes in quizzes(one).items():
        options = one.question(variable.partition(".")[0]).options
        filled = [option for option in options if "〔待填" in option.label.zh]
        assert not filled or filled[0].code not in codes, variable


@every
def test_texts_are_short_enough_to_be_read_aloud(key: str) -> None:
    for question in programme(key).questions():
        if question.type is QuestionType.NOTE:
            assert len(question.text.zh) <= 80, question.text.zh
            continue
        assert len(question.text.zh) <= 40, question.text.zh
        assert len(question.short.zh) <= 20, question.short.zh
        assert question.hint is None or len(question.hint.zh) <= 60, question.hint.zh
        for item in question.items:
            assert len(item.text.zh) <= 22, item.text.zh
        for option in question.options:
            assert len(option.label.zh) <= 24, option.label.zh
        assert not re.search("进行|予以|针对|请您对|评价一下", question.text.zh), question.text.zh


@every_new
def test_not_knowing_is_offered_where_somebody_is_asked_to_judge_or_remember(key: str) -> None:
    """Nobody is made to have an opinion. Marks among peers may be left blank; how often one saw something is seen."""
    for question in programme(key).questions():
        if question.scale is None or question.scale in ("know", "know_place", "frequency", "grade_three"):
            continue
        assert Missing.DONT_KNOW in {option.missing for option in question.options}, question.id


# ---------------------------------------------------------------- targets and don't knows

TARGETS = {
    "government_conduct": {"efficiency": 0.9, "integrity_rate": 0.9},
    "health_knowledge": {
        "hygiene_score": 0.8,
        "aids_rate": 0.7,
        "chronic_score": 0.85,
        "insurance_rate": 0.8,
        "checkup_rate": 0.8,
    },
    "staff": {"staff_awareness_verified": 1.0, "staff_support": 1.0, "staff_knowledge": 1.0, "policy_staff": 0.85},
    "resident_units": {"all_three": 0.9},
    "merchants": {"trained_staff": 0.9},
}


@every
def test_targets_are_only_those_that_a_document_names_for_these_people(key: str) -> None:
    targets = {one.id: one.target.value for one in programme(key).indicators if one.target is not None}
    assert targets == TARGETS.get(key, {})


@every_new
def test_a_headline_share_with_dont_knows_has_one_without_beside_it(key: str) -> None:
    """The figures of offices leave 不了解 out; a reader must be able to see what that does."""
    one = programme(key)
    for indicator in one.indicators:
        if indicator.id.endswith("_of_raters"):
            whole = one.indicator(indicator.id.removesuffix("_of_raters"))
            assert whole.dont_know is DontKnow.IN_BASE
            assert indicator.dont_know is DontKnow.EXCLUDED
            assert (whole.variables, whole.numerator) == (indicator.variables, indicator.numerator)
    for indicator in one.indicators:
        rated = {question.id for question in one.questions() if question.scale == "satisfaction"}
        if indicator.headline and {variable.partition(".")[0] for variable in indicator.variables} & rated:
            beside = f"{indicator.id}_of_raters" in {other.id for other in one.indicators}
            second = indicator.second_base is not None and indicator.second_base.dont_know is DontKnow.EXCLUDED
            assert beside or second or indicator.dont_know is DontKnow.EXCLUDED, indicator.id


@every
def test_page_one_has_one_to_four_cards(key: str) -> None:
    assert 1 <= sum(one.headline for one in programme(key).indicators) <= 4


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("civilized_city_full", "awareness_verified"),
        ("staff", "staff_awareness_verified"),
        ("merchants", "shop_awareness_verified"),
        ("resident_units", "unit_awareness_verified"),
    ],
)
def test_awareness_is_verified_of_all_who_answered(key: str, name: str) -> None:
    """Who says yes and names another title, or leaves it blank, stays in the base and does not count."""

    def counted(given: dict[str, object]) -> tuple[float, float] | None:
        return evaluate(programme(key), check_answers(programme(key), given, Policy.WEB).values)[name]

    assert counted({"knows_title": "1", "title_named": "3"}) == (1, 1)
    assert (
        counted({"knows_title": "1", "title_named": "2"})
        == counted({"knows_title": "1", "title_named": "9"})
        == counted({"knows_title": "1"})
        == (0, 1)
    )
    assert counted({"knows_title": "2", "title_named": "3"}) == counted({"knows_title": "3"}) == (0, 1)
    assert counted({}) is None


#  indicator                        what is said                                                        (y, x)
COUNTED = [
    ("government_conduct", "asked_for_favours", {"asked_for": "1"}, (1, 1)),
    ("government_conduct", "asked_for_favours", {"asked_for": "2"}, (0, 1)),
    ("government_conduct", "asked_for_favours", {"asked_for": "3"}, None),
    ("government_conduct", "asked_for_favours", {"asked_for": "8"}, None),
    ("government_conduct", "asked_for_favours", {"asked_for": "9"}, None),
    ("government_conduct", "asked_for_untold", {"asked_for": "8"}, (1, 1)),
    ("government_conduct", "asked_for_untold", {"asked_for": "1"}, (0, 1)),
    ("government_conduct", "asked_for_untold", {"asked_for": "9"}, (0, 1)),
    ("government_conduct", "asked_for_untold", {"asked_for": "3"}, None),
    ("government_conduct", "asked_for_untold", {}, None),
    ("citizen_review", "committee_by_residents", {"rater": "1", "committee.open": "1"}, (1, 1)),
    ("citizen_review", "committee_by_residents", {"rater": "6", "committee.open": "1"}, None),
    ("citizen_review", "committee_open", {"rater": "1", "committee.open": "9"}, None),
    ("citizen_review", "raters_officials", {"rater": "6"}, (1, 1)),
    ("citizen_review", "raters_officials", {"rater": "9"}, (0, 1)),
    ("merchants", "trained_shops", {"staff": "10", "trained": "9"}, (1, 1)),
    ("merchants", "trained_shops", {"staff": "10", "trained": "8"}, (0, 1)),
    ("merchants", "trained_shops", {"staff": "10"}, None),
    ("merchants", "fee_unclear_rate", {"fee_unclear": "9"}, None),
    ("merchants", "management_satisfaction", {"street_overall": "9"}, (0, 1)),
]


@pytest.mark.parametrize(("key", "name", "given", "pair"), COUNTED)
def test_who_is_in_the_base(key: str, name: str, given: dict[str, object], pair: tuple[float, float] | None) -> None:
    one = programme(key)
    assert evaluate(one, check_answers(one, {"live_city": "1", **given}, Policy.WEB).values)[name] == pair


def test_what_the_full_forms_may_be_compared_with() -> None:
    short, full = programme("civilized_city"), programme("civilized_city_full")
    assert (short.key, full.key) == ("civilized_city", "civilized_city")
    assert short.version < full.version
    assert all(comparable(short, full, name) for name in ("support", "satisfaction", "satisfaction_score"))
    assert not comparable(short, full, "participation")
    # Awareness that is claimed of a title unnamed is another figure than that of a title named, and has another name.
    assert "awareness" in {one.id for one in short.indicators} - {one.id for one in full.indicators}
    services = programme("window_services")
    for indicator in services.indicators:
        assert comparable(services, programme("window_services_full"), indicator.id), indicator.id


# ---------------------------------------------------------------- what the city fills in


@pytest.mark.parametrize("key", ["civilized_city_knowledge", "health_knowledge", "staff", "peer_review"])
def test_what_only_the_city_knows_keeps_a_wave_from_opening(key: str) -> None:
    blanks = ready_to_open(programme(key), WAVE, WAVE.valid_until or pytest.fail("no day"))
    assert blanks
    assert {one.reason for one in blanks} == {Reason.UNFILLED}
    assert all("〔待填〕" in one.describe("zh") for one in blanks)
    assert all("fill in" in one.describe("en") for one in blanks)
    fields = {one.field for one in blanks}
    assert fields <= {f"question.{question.id}" for question in programme(key).questions()} | {"indicators"}
    assert ("indicators" in fields) == (key == "peer_review")


def test_a_list_that_the_wave_gives_keeps_it_from_opening() -> None:
    blanks = ready_to_open(shipped("citizen_review"), WAVE, WAVE.valid_until or pytest.fail("no day"))
    assert [(one.field, one.reason) for one in blanks] == [("list.bodies", Reason.NO_ENTRIES)]
    assert ready_to_open(programme("citizen_review"), WAVE, WAVE.valid_until or pytest.fail("no day")) == []


def test_the_others_wait_for_the_wave_only() -> None:
    for key in PROGRAMMES - {"civilized_city_knowledge", "health_knowledge", "staff", "peer_review"}:
        assert ready_to_open(programme(key), WAVE, WAVE.valid_until or pytest.fail("no day")) == [], key


# ---------------------------------------------------------------- answered, keyed, counted


def plainest(question: Question) -> object:
    """The first real answer: an option that says something, a number within the limits, words."""
    options = [option for option in question.options if option.missing is None and not option.exclusive]
    if question.type is QuestionType.MULTIPLE_CHOICE:
        return [option.code for option in options if not option.other][: question.maximum_choices or 2]
    if options:
        return options[0].code
    if question.type is QuestionType.NUMBER:
        lowest = question.minimum if isinstance(question.minimum, int | float) else 0
        return int(max(lowest, 60 if question.id == "age" else 1))
    return None if question.type is QuestionType.NOTE else "路灯坏了"


def variables_of(question: Question) -> list[str]:
    return [name for name in question.variables() if not name.endswith(".other")]


@every
def test_everybody_can_answer_all_that_is_asked(key: str) -> None:
    one = programme(key)
    given = {name: plainest(question) for question in one.questions() for name in variables_of(question)}
    checked = check_answers(one, given, Policy.WEB)
    assert [finding for finding in checked.findings if finding.severity == "hard"] == []
    assert not checked.off_path
    unanswered = {name for name, value in checked.values.items() if value is Missing.NO_ANSWER}
    assert all(name.endswith(".other") for name in unanswered), unanswered
    assert check_answers(one, checked.canonical, Policy.WEB).canonical == checked.canonical


@every
def test_what_is_keyed_from_paper_is_the_same_answer(key: str) -> None:
    one = programme(key)
    given = {name: plainest(question) for question in one.questions() for name in variables_of(question)}
    keyed = {
        name: ",".join(value) if isinstance(value, list) else str(value)
        for name, value in given.items()
        if value is not None
    }
    from_phone, from_paper = check_answers(one, given, Policy.WEB), check_answers(one, keyed, Policy.PAPER)
    assert from_paper.accepted
    asked = {name: value for name, value in from_paper.canonical.items() if name not in from_paper.off_path}
    assert asked == from_phone.canonical


def invented(chance: random.Random, question: Question) -> object:
    """Any answer, all alike likely; of several options often the one that stands alone."""
    if question.type is QuestionType.NUMBER:
        least, most = (limit if isinstance(limit, int | float) else 0 for limit in (question.minimum, question.maximum))
        return chance.randint(int(least), int(most))
    if not question.options:
        return None if question.type is QuestionType.NOTE else "路灯坏了"
    if question.type is not QuestionType.MULTIPLE_CHOICE:
        return chance.choice(question.options).code
    alone = [option.code for option in question.options if option.exclusive or option.missing]
    if alone and chance.random() < 0.4:
        return [chance.choice(alone)]
    several = [option.code for option in question.options if option.code not in alone]
    return chance.sample(several, min(len(several), question.maximum_choices or 2))


@cache
def of_many(key: str) -> tuple[dict[str, tuple[float, float] | None], ...]:
    """(y, x) of a hundred invented people."""
    one, chance = programme(key), random.Random(7)
    pairs = evaluator(one)
    people = []
    for _ in range(100):
        given = {name: invented(chance, question) for question in one.questions() for name in variables_of(question)}
        if "live_city" in given:
            given["live_city"] = "1"  # the others are asked nothing further, as another test holds
        people.append(pairs(check_answers(one, given, Policy.PAPER).values))
    return tuple(people)


@every
def test_every_indicator_has_a_base_and_can_be_more_than_nought(key: str) -> None:
    """An indicator that counts what never counts, such as a code that means don't know, is always 0."""
    one = programme(key)
    for indicator in one.indicators:
        if indicator.kind is IndicatorKind.INDEX:
            continue
        found = [pair for person in of_many(key) if (pair := person[indicator.id]) is not None]
        assert found, f"{indicator.id}: nobody of a hundred is in its base"
        assert countable(one, indicator), indicator.id


def countable(one: Questionnaire, indicator: Indicator) -> bool:
    """Whether some code that is counted is an answer, and none of them is one that is never counted."""

    def option(variable: str, code: str) -> Option | None:
        return one.question(variable.partition(".")[0]).option(code)

    codes = [*indicator.numerator, *indicator.against]
    options = [option(variable, code) for variable in indicator.variables for code in codes]
    return all(each is not None and each.missing is None for each in options)


def test_the_definitions_are_in_the_package() -> None:
    """A file that is not beside the module is in no wheel."""
    assert definitions_path() == Path(load.__code__.co_filename).parent / "definitions"
