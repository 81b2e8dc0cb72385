"""What a finding says to the person who can mend it: what is expected, in plain words, never what they did wrong."""

from __future__ import annotations

from datetime import date

from questionnaires.answer_forms import FindingCode
from questionnaires.answers import Finding
from questionnaires.figures import in_digits
from questionnaires.model import Question, Questionnaire, QuestionType


def describe(finding: Finding, questionnaire: Questionnaire, language: str = "zh") -> str:
    """One or two sentences in Chinese ("zh") or English ("en")."""
    zh = language != "en"
    if finding.code is FindingCode.CONTRADICTION:
        for contradiction in questionnaire.contradictions:
            if contradiction.id == finding.parameters.get("id"):
                return contradiction.message.in_language(language)
    question = next((one for one in questionnaire.questions() if one.id == finding.question), None)
    if question is None:
        return _about_the_form(finding, zh)
    return _about_a_question(finding, question, language)


def _about_the_form(finding: Finding, zh: bool) -> str:
    if finding.code is FindingCode.UNKNOWN_VARIABLE:
        seen = finding.parameters.get("seen", finding.variable)
        return f"这份问卷里没有“{seen}”这一题。" if zh else f"This questionnaire has no question “{seen}”."
    return "这份答卷太大，收不下。请重新打开页面再答。" if zh else "These answers are too large. Open the page again."


def _about_a_question(finding: Finding, question: Question, language: str) -> str:
    zh = language != "en"
    given = finding.parameters
    match finding.code:
        case FindingCode.UNKNOWN_CODE:
            listed = _options(question, language)
            seen = given.get("seen", "")
            return f"“{seen}”不是选项。可选：{listed}。" if zh else f"“{seen}” is not an option. Choose from: {listed}."
        case FindingCode.CHOOSE_ONE:
            return "这道题只选一项。" if zh else "Choose one answer only."
        case FindingCode.EXCLUSIVE:
            option = question.option(str(given.get("option")))
            label = option.label.in_language(language) if option else ""
            if zh:
                return f"选了“{label}”，就不用再选别的；要选别的，请去掉“{label}”。"
            return f"“{label}” stands alone. Remove it to choose others."
        case FindingCode.NOT_A_NUMBER | FindingCode.OUT_OF_RANGE | FindingCode.DECIMALS:
            return _number_wanted(question, language)
        case FindingCode.NOT_A_DATE | FindingCode.DATE_OUT_OF_RANGE:
            return _date_wanted(question, language)
        case FindingCode.TOO_LONG:
            limit, length = given.get("limit"), given.get("length")
            if zh:
                return f"最多写 {limit} 个字，现在是 {length} 个字，请删去一些。"
            return f"At most {limit} characters; there are {length} now. Please shorten it."
        case FindingCode.NOT_A_TEXT:
            return "请用文字写。" if zh else "Please answer in words."
        case FindingCode.UNKNOWN_MISSING:
            return "没有答的，请留空。" if zh else "Leave it blank if there is no answer."
        case FindingCode.REQUIRED:
            return _required(question, language)
        case FindingCode.OFF_PATH:
            if zh:
                return "照前面的答案，这道题不用答，这里却有答案。请再看一眼前面的题和这道题。"
            return "By the earlier answers this question is not asked, yet it is answered. Please look at both again."
        case _:
            return (
                "这几道题的答案对不上，请再看一眼。" if zh else "These answers hardly go together. Please look again."
            )


def _options(question: Question, language: str) -> str:
    joined = "，" if language != "en" else ", "
    return joined.join(f"{option.code} {option.label.in_language(language)}" for option in question.options)


def _leave_blank(question: Question, language: str) -> str:
    if question.required:
        return ""
    return "不愿回答，请留空。" if language != "en" else " Leave it blank if you prefer not to answer."


def _number_wanted(question: Question, language: str) -> str:
    """用数字写周岁年龄，18 到 120 之间，例如 45。不愿回答，请留空。"""
    zh = language != "en"
    named = question.short != question.text
    what = question.short.in_language(language) if named else ""
    least = question.minimum if isinstance(question.minimum, int | float) else None
    most = question.maximum if isinstance(question.maximum, int | float) else None
    low, high = ("" if bound is None else in_digits(bound, grouped=True) for bound in (least, most))
    parts = [f"用数字写{what}" if zh else f"Write {_lower(what) or 'a number'} in figures"]
    if least is not None and most is not None:
        parts.append(f"{low} 到 {high} 之间" if zh else f"from {low} to {high}")
    elif least is not None:
        parts.append(f"不小于 {low}" if zh else f"{low} or more")
    elif most is not None:
        parts.append(f"不大于 {high}" if zh else f"{high} or less")
    if question.decimals:
        digits = question.decimals
        plural = "s" if digits > 1 else ""
        parts.append(f"小数点后最多 {digits} 位" if zh else f"at most {digits} digit{plural} after the point")
    elif least is None and most is None:
        parts.append("写整数" if zh else "a whole number")
    example = in_digits(_example(least, most))
    parts.append(f"例如 {example}" if zh else f"for example {example}")
    sentence = "，".join(parts) + "。" if zh else ", ".join(parts) + "."
    return sentence + _leave_blank(question, language)


def _lower(words: str) -> str:
    return words[:1].lower() + words[1:]


def _example(least: float | None, most: float | None) -> float:
    """A believable number of the range: 45 for 18 to 120."""
    if least is None or most is None:
        return (least or 0) + 3 if most is None else most
    near = round((least + (most - least) / 4) / 5) * 5
    return near if least <= near <= most else least


def _date_wanted(question: Question, language: str) -> str:
    zh = language != "en"
    least = question.minimum if isinstance(question.minimum, date) else None
    most = question.maximum if isinstance(question.maximum, date) else None
    example = (most or least or date(2026, 9, 30)).isoformat()
    if zh:
        span = {
            (True, True): f"，{_day(least)}到{_day(most)}之间",
            (True, False): f"，{_day(least)}或以后",
            (False, True): f"，{_day(most)}或以前",
        }.get((least is not None, most is not None), "")
        return f"写年月日{span}，例如 {example}。" + _leave_blank(question, language)
    span = {
        (True, True): f", from {least} to {most}",
        (True, False): f", {least} or later",
        (False, True): f", {most} or earlier",
    }.get((least is not None, most is not None), "")
    return f"Write year, month and day{span}, for example {example}." + _leave_blank(question, language)


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _required(question: Question, language: str) -> str:
    zh = language != "en"
    match question.type:
        case QuestionType.SINGLE_CHOICE:
            return "请选一项。" if zh else "Choose one answer."
        case QuestionType.MULTIPLE_CHOICE:
            return "请至少选一项。" if zh else "Choose at least one answer."
        case QuestionType.SCALE:
            return "请每一行选一项。" if zh else "Choose one answer in each row."
        case QuestionType.NUMBER:
            return _number_wanted(question, language)
        case QuestionType.DATE:
            return _date_wanted(question, language)
        case _:
            return "请写几个字。" if zh else "Please write a few words."
