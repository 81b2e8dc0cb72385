"""What a finding says to the person who can mend it: what is expected, in plain words, never what they did wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from questionnaires.answer_forms import FindingCode
from questionnaires.answers import Checked, Finding
from questionnaires.kinds import kind_of
from questionnaires.model import Question, Questionnaire
from questionnaires.piping import words_of
from questionnaires.text import filled


def describe(
    finding: Finding, questionnaire: Questionnaire, language: str = "zh", checked: Checked | None = None
) -> str:
    """One or two sentences in Chinese ("zh") or English ("en"); ``checked`` fills a message that names answers."""
    if finding.code in (FindingCode.CONTRADICTION, FindingCode.RULE):
        told = questionnaire.contradictions if finding.code is FindingCode.CONTRADICTION else questionnaire.rules
        for one in told:
            if one.id == finding.parameters.get("id"):
                return filled(one.message, language, words_of(questionnaire, checked, language) if checked else {})
    question = next((one for one in questionnaire.questions() if one.id == finding.question), None)
    if question is None:
        return OF_THE_FORM[finding.code](finding, language)
    kind = kind_of(question)
    if finding.code in kind.faults:
        return kind.fault(finding.code, finding.parameters, question, language)
    if finding.code in OF_TWO_QUESTIONS:
        return OF_TWO_QUESTIONS[finding.code](finding, question, questionnaire, language)
    return OF_A_QUESTION[finding.code](finding, question, language)


def _not_offered(finding: Finding, question: Question, questionnaire: Questionnaire, language: str) -> str:
    """An option, and the earlier answer for which it is not among those that are offered."""
    option = question.option(str(finding.parameters.get("option")))
    label = option.label.in_language(language) if option is not None else str(finding.parameters.get("option"))
    because = str(finding.parameters.get("because")).partition(".")[0]
    earlier = next((one for one in questionnaire.questions() if one.id == because), None)
    if earlier is None:
        return (
            f"照前面的回答，这里没有“{label}”。请另选，或者改前面的题。"
            if language != "en"
            else f"By the earlier answers “{label}” is not offered here. Choose another, or change those answers."
        )
    chosen = [earlier.option(code) for code in str(finding.parameters.get("chosen", "")).split(",")]
    told = [one.label.in_language(language) for one in chosen if one is not None]
    short = earlier.short.in_language(language)
    if language != "en":
        said = f"选的是“{'、'.join(told)}”" if told else "的回答"
        return f"“{short}”{said}，这里没有“{label}”。请另选，或者改前面那道题。"
    said = f" is “{'; '.join(told)}”" if told else " says otherwise"
    return f"The answer to “{short}”{said}: “{label}” is not offered here. Choose another, or change that answer."


def _too_long(finding: Finding, _question: Question, language: str) -> str:
    limit, length = finding.parameters.get("limit"), finding.parameters.get("length")
    if language != "en":
        return f"最多写 {limit} 个字，现在是 {length} 个字，请删去一些。"
    return f"At most {limit} characters; there are {length} now. Please shorten it."


def _unknown_variable(finding: Finding, language: str) -> str:
    seen = finding.parameters.get("seen", finding.variable)
    return f"这份问卷里没有“{seen}”这一题。" if language != "en" else f"This questionnaire has no question “{seen}”."


def _no_draw(finding: Finding, language: str) -> str:
    name = finding.variable
    if language == "en":
        return (
            f"It is not said which blocks of “{name}” were drawn; none of them counts. Give the draw with the answers."
        )
    return f"没有说明“{name}”抽到了哪几部分，这几部分都不计入。请把抽签结果一起给。"


def _drawn_otherwise(finding: Finding, language: str) -> str:
    name, seen, count = (finding.parameters.get(one, "") for one in ("name", "seen", "count"))
    if language == "en":
        return f"“{name}” holds {seen}: {count} of the blocks that belong to this person are drawn, each once."
    return f"“{name}”是 {seen}：应从这个人可抽的部分里抽 {count} 个，不重复。"


def _always(zh: str, en: str) -> Callable[[Finding, Question, str], str]:
    return lambda _finding, _question, language: zh if language != "en" else en


# Of every kind of question; what its own reader finds, a kind says itself.
OF_A_QUESTION: Mapping[FindingCode, Callable[[Finding, Question, str], str]] = {
    FindingCode.TOO_LONG: _too_long,
    FindingCode.NOT_A_TEXT: _always("请用文字写。", "Please answer in words."),
    FindingCode.UNKNOWN_MISSING: _always("没有答的，请留空。", "Leave it blank if there is no answer."),
    FindingCode.REQUIRED: lambda _finding, question, language: kind_of(question).expected(question, language),
    FindingCode.OFF_PATH: _always(
        "照前面的答案，这道题不用答，这里却有答案。请再看一眼前面的题和这道题。",
        "By the earlier answers this question is not asked, yet it is answered. Please look at both again.",
    ),
    FindingCode.NOT_DRAWN: _always(
        "这一份没有抽到这一部分，这里却有答案。请核对编号；答案原样留着，不计入。",
        "This part was not drawn for this form, yet it is answered. Check the serial; the answer is kept, not counted.",
    ),
    **dict.fromkeys(
        (FindingCode.CONTRADICTION, FindingCode.RULE),
        _always("这几道题的答案对不上，请再看一眼。", "These answers hardly go together. Please look again."),
    ),
}
OF_TWO_QUESTIONS: Mapping[FindingCode, Callable[[Finding, Question, Questionnaire, str], str]] = {
    FindingCode.NOT_OFFERED: _not_offered,
}
OF_THE_FORM: Mapping[FindingCode, Callable[[Finding, str], str]] = {
    FindingCode.UNKNOWN_VARIABLE: _unknown_variable,
    FindingCode.NO_DRAW: _no_draw,
    FindingCode.DRAWN_OTHERWISE: _drawn_otherwise,
    FindingCode.TOO_LARGE: lambda _finding, language: (
        "这份答卷太大，收不下。请重新打开页面再答。"
        if language != "en"
        else "These answers are too large. Open the page again."
    ),
}
