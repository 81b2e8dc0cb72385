"""The resident's pages. The questionnaire itself holds no code and no answer, so it is rendered and compressed once."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from questionnaires.answer_forms import FindingCode
from questionnaires.answer_words import describe
from questionnaires.answers import Checked, Severity, judge
from questionnaires.draws import for_browser
from questionnaires.formalities import LEGAL_KINDS
from questionnaires.kinds import kind_of
from questionnaires.languages import USUAL, direction, fault_of_tag, own_name
from questionnaires.model import Entry, Header, Missing, Question, Questionnaire
from questionnaires.offered import offered
from questionnaires.piping import calculations, names_filled
from questionnaires.text import WAVE_WORDS, Piped, Text, parts
from survey_service.collection import page_words
from survey_service.collection.blocks_shown import blocks_shown
from survey_service.collection.page_formats import day_in
from survey_service.collection.phone_permissions import asked_of_phone, device_scripts
from survey_service.collection.resident_steps import LONGEST_IN_FIVE, Same, Screens, Step, screens, shuffles
from survey_service.errors import DomainError
from survey_service.settings import Settings
from survey_service.surveys.errors import WRONG_LENGTH, MistypedCode
from survey_service.surveys.wave_recordings import Recording
from survey_service.web.pages import HTML_LANG, environment, styles_in_page, told_by

STYLES = ("tokens.css", "resident.css")
CACHED_PAGES = 2048  # of about 10 KB
# The page may be kept, but is asked for again each time: 304 costs a phone nothing, and a used code says so.
REVALIDATE = "private, no-cache"
NEVER_KEPT = "private, no-store"
LONGEST_TAG = 12  # characters of the tag of a language
LONGEST_TYPED = 80  # characters of a code that are shown again
_PHONE = re.compile(r"(?<![0-9-])[0-9][0-9-]{3,14}[0-9](?![0-9-])")


Language = str  # a tag: residents are shown more languages than pages of staff


def language_asked(asked: str | None) -> Language:
    """What an address or a form names, if anything can be shown in it; else Chinese."""
    return asked if asked and len(asked) <= LONGEST_TAG and not fault_of_tag(asked) else "zh"


def languages_of(questionnaire: Questionnaire) -> tuple[Language, ...]:
    """In which a resident may read it. The pages of Chinese and English are there for every questionnaire."""
    return USUAL if set(questionnaire.languages) <= set(USUAL) else _languages_of(Same(questionnaire))


@lru_cache(maxsize=256)
def _languages_of(same: Same) -> tuple[Language, ...]:
    return tuple(dict.fromkeys([*USUAL, *offered(same.questionnaire)]))


def spoken_in(questionnaire: Questionnaire, language: Language) -> Language:
    return language if language in languages_of(questionnaire) else "zh"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLanguage:
    """A language that the page can be shown in instead."""

    tag: str
    action: str  # what its button sends
    lang: str  # as the attribute of an element has it
    name: str  # in itself
    direction: str
    whole: bool  # with its buttons, not only its questions


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    language: Language
    large: bool
    languages: tuple[Language, ...] = USUAL  # to choose from
    order: int = 0
    receipt: str = ""  # of stored answers that are looked at or corrected
    draw: str = ""  # the sealed ticket by which blocks are drawn; empty where none are

    @property
    def others(self) -> list[OtherLanguage]:
        return [
            OtherLanguage(
                tag=tag,
                action=tag if tag in USUAL else f"lang:{tag}",
                lang=HTML_LANG.get(tag, tag),
                name=own_name(tag),
                direction=direction(tag),
                whole=page_words.whole(tag),
            )
            for tag in self.languages
            if tag != self.language
        ]

    @property
    def carried(self) -> list[tuple[str, str]]:
        """Fields of the form by which the page that answers is about the same."""
        return [(name, value) for name, value in (("_draw", self.draw), ("_receipt", self.receipt)) if value]

    @property
    def query(self) -> str:
        """For addresses of pages that are fetched: empty for the page as it is first shown."""
        spoken = (f"lang={self.language}", self.language != "zh")
        parts = [part for part, wanted in (spoken, ("text=large", self.large)) if wanted]
        return "?" + "&".join(parts) if parts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What all pages of one wave and community share. Equal occasions have equal pages."""

    version_sha256: str
    header: Header
    city: Text
    community: Text
    closes_on: date
    wave: Text | None = None  # its name, where a text is filled with it
    whom: Text | None = None  # who of a drawn household answers
    knocks: bool = False  # on the phone of an interviewer
    recordings: tuple[Recording, ...] = ()  # of questions, read aloud
    quoted: bool = False  # own words may be, without a name

    def voices(self, question: str, language: Language) -> list[Recording]:
        """Of one question, those for this language first."""
        found = [one for one in self.recordings if one.question == question]
        return sorted(found, key=lambda one: one.language != language)

    def words(self, language: Language) -> dict[str, str]:
        """What fills the places of the wave."""
        named = {"city": self.city, "community": self.community, "wave": self.wave}
        return {name: one.in_language(language) for name, one in named.items() if one}


@dataclass(frozen=True, slots=True)
class CompressedPage:
    plain: bytes
    small: bytes
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultyQuestion:
    question: Question
    number: int
    messages: Mapping[str, str]  # by variable
    summary: str

    @property
    def field(self) -> str:
        """Id of the field that the summary leads to."""
        return f"f-{next(iter(self.messages))}"


# What fills the texts of the page that is drawn: macros of another template do not see what the page was given.
_FILLS: ContextVar[Mapping[str, str]] = ContextVar("fills")


def render(template: str, look: Look, context: Mapping[str, Any]) -> str:
    made = _environment(look.language).get_template(f"resident/{template}")
    filling = _FILLS.set(context.get("fills", {}))
    try:
        return page_words.settled(made.render(look=look, **context))
    finally:
        _FILLS.reset(filling)


def html(body: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(body, status_code=status, headers={"Cache-Control": NEVER_KEPT, **(headers or {})})


def door(
    settings: Settings,
    look: Look,
    *,
    heading: str = "",
    message: str = "",
    typed: str = "",
    status: int = 200,
    stopped: DomainError | None = None,
    staff: bool = False,
) -> Response:
    """One field for a code. ``stopped``: why codes of letters are not taken now; ``staff``: with the way to sign in, on
    the first page of the service."""
    context = {
        "city": settings.city_in(look.language),
        "heading": heading or ("Open the questionnaire" if look.language == "en" else "打开问卷"),
        "message": message,
        "typed": typed[:LONGEST_TYPED],
        "stopped": stopped.in_language(look.language) if stopped else "",
        "said_of_code": {"length": WRONG_LENGTH, "check": Text(MistypedCode.zh, MistypedCode.en)},
        "hotline": settings.hotline,
        "staff": staff,
    }
    return html(render("code_entry.html", look, context), status=status)


def form_context(
    occasion: Occasion, questionnaire: Questionnaire, look: Look, drawn: Mapping[str, object] | None = None
) -> dict[str, Any]:
    """The template values of every page that holds the questionnaire's form; ``drawn``: the tickets of its draws."""
    shown = screens(questionnaire, look.order)
    return {
        "city": occasion.city.in_language(look.language),
        "occasion": occasion,
        "questionnaire": questionnaire,
        "screens": shown,
        "shuffled": shuffles(questionnaire),
        "draws": draws_for_script(questionnaire, drawn or {}),
        "blocks": blocks_shown(questionnaire),
        "drawn_now": (),
        "another_draw": "",  # of a preview: the query by which the page is shown with other blocks
        "rules": rules_for_script(questionnaire, look.language),
        "legal_kinds": LEGAL_KINDS,
        "clock": any(step.phone.input == "time" for step in shown.steps),
        "places": any(step.phone.input == "place" for step in shown.steps),
        "files": any(step.sends_files for step in shown.steps),
        "device_scripts": device_scripts(questionnaire),
        "scans": any(step.question.entry is Entry.BARCODE for step in shown.steps),
        "several": any(step.phone.data(step.question, look.language) for step in shown.steps),
        "required_somewhere": any(question.required for question in questionnaire.questions()),
        "offering": any(step.offers or step.narrowing for step in shown.steps),
        "searching": any(step.search or step.filtered for step in shown.steps),
        "calculates": judge(questionnaire).calculates,
        "filling": filling_for_script(questionnaire),
        "fills": occasion.words(look.language),
        "client_id": "",
        "given": {},
    }


def rules_for_script(questionnaire: Questionnaire, language: Language) -> str:
    """JSON of the rules: tree, questions concerned, message, whether it refuses. Empty where there is none."""
    told = [
        {
            "tree": one.rule.condition.to_json(),
            "questions": list(dict.fromkeys(name.partition(".")[0] for name in one.variables)),
            "message": one.rule.message.in_language(language),
            "hard": one.rule.severity is Severity.HARD,
        }
        | ({"pattern": one.rule.message.pattern.in_language(language)} if isinstance(one.rule.message, Piped) else {})
        for one in judge(questionnaire).rules
    ]
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")) if told else ""


def draws_for_script(questionnaire: Questionnaire, drawn: Mapping[str, object]) -> str:
    """JSON of every draw that hangs on answers, with its order; empty where none does."""
    found = for_browser(questionnaire, drawn)
    return json.dumps(found, ensure_ascii=False, separators=(",", ":")) if found else ""


def filling_for_script(questionnaire: Questionnaire) -> str:
    """JSON of what fills texts by calculation; empty where no text is filled."""
    if not names_filled(questionnaire):
        return ""
    return json.dumps(calculations(questionnaire), ensure_ascii=False, separators=(",", ":"))


_pages: dict[tuple[Occasion, Look], CompressedPage] = {}


def page_at_hand(occasion: Occasion, look: Look) -> bool:
    """Whether the form has been drawn already, so that showing it takes no time."""
    return (occasion, look) in _pages


def _compressed(
    occasion: Occasion, questionnaire: Questionnaire, look: Look, drawn: Mapping[str, object]
) -> CompressedPage:
    held = _pages.get((occasion, look))
    if held is None:
        styles, _ = styles_in_page(*STYLES)
        context = {**form_context(occasion, questionnaire, look, drawn), "styles": styles}
        plain = render("form.html", look, context).encode()
        # The arrangement and the draw, for a reload.
        etag = f'"{hashlib.sha256(plain).hexdigest()[:20]}-{look.order}{f"-{look.draw}" if look.draw else ""}"'
        held = CompressedPage(plain, gzip.compress(plain, 6 if look.draw else 9, mtime=0), etag)
        if look.draw:  # hardly anybody else has these blocks
            return held
        if len(_pages) >= CACHED_PAGES:
            _pages.clear()
        _pages[occasion, look] = held
    return held


def empty_form(
    request: Request,
    occasion: Occasion,
    questionnaire: Questionnaire,
    look: Look,
    drawn: Mapping[str, object] | None = None,
) -> Response:
    """The page as it is first shown, from memory; 304 where the phone has it."""
    made = _compressed(occasion, questionnaire, look, drawn or {})
    headers = {
        "Cache-Control": REVALIDATE,
        "ETag": made.etag,
        "Vary": "Accept-Encoding" if languages_of(questionnaire) == USUAL else "Accept-Encoding, Accept-Language",
        "Content-Security-Policy": styles_in_page(*STYLES)[1],
        **asked_of_phone(questionnaire),
    }
    if request.headers.get("if-none-match") == made.etag:
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        return HTMLResponse(made.small, headers={**headers, "Content-Encoding": "gzip"})
    return HTMLResponse(made.plain, headers=headers)


def faulty_questions(checked: Checked, questionnaire: Questionnaire, language: Language) -> list[FaultyQuestion]:
    """The questions to mend, in their order, each with what is expected beside the field it is about."""
    numbers = {step.question.id: step.number for step in screens(questionnaire, 0).steps}
    found: dict[str, dict[str, str]] = {}
    for finding in checked.findings:
        if finding.severity is Severity.HARD and finding.question in numbers:
            messages = found.setdefault(finding.question, {})
            messages.setdefault(finding.variable, describe(finding, questionnaire, language, checked))
    return [
        FaultyQuestion(
            question=questionnaire.question(question_id),
            number=numbers[question_id],
            messages=messages,
            summary=next(iter(messages.values())),
        )
        for question_id, messages in found.items()
    ]


def steps_as_offered(
    questions: Sequence[str], checked: Checked, shown: Screens, given: Mapping[str, Sequence[str]], language: Language
) -> dict[str, tuple[Step, ...]]:
    """The screens of some questions with the options that are offered to whoever gave these answers."""
    narrowed = {
        asked.question.id: asked.narrowed.of(checked.canonical) if asked.narrowed else asked.question
        for asked in judge(shown.questionnaire).questions
    }
    return {
        name: tuple(one.as_offered(narrowed[name], given.get(name, ()), language) for one in shown.of_question(name))
        for name in questions
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class AnsweredQuestion:
    """One line of the check page."""

    question: Question
    number: int
    anchor: str
    answers: Sequence[tuple[Text | None, str]]  # row of a matrix or None, and the answer in words; "" is none


def answered_questions(checked: Checked, shown: Screens, language: Language) -> list[AnsweredQuestion]:
    """What will be submitted, in words. A question that is not asked is left out."""
    lines = []
    seen: set[str] = set()
    for step in shown.steps:
        question = step.question
        if question.id in seen or not question.variables():
            continue
        seen.add(question.id)
        values = {name: checked.values[name] for name in question.variables()}
        if all(value is Missing.NOT_ASKED for value in values.values()):
            continue
        fields: list[tuple[Text | None, str]] = [(item.text, f"{question.id}.{item.id}") for item in question.items]
        fields = fields or [(None, question.id)]
        rows = [(text, _in_words(question, variable, checked, language)) for text, variable in fields]
        other = checked.canonical.get(f"{question.id}.other")
        if isinstance(other, str) and values.get(f"{question.id}.other") is not Missing.NOT_ASKED:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]}（{other}）" if language == "zh" else f"{rows[-1][1]} ({other})")
        lines.append(AnsweredQuestion(question=question, number=step.number, anchor=step.anchor, answers=rows))
    return lines


def _in_words(question: Question, variable: str, checked: Checked, language: Language) -> str:
    value = checked.canonical.get(variable)
    if value is None or isinstance(value, dict):
        return ""
    return kind_of(question).in_words(question, value, language)


def contradictions(checked: Checked, questionnaire: Questionnaire, language: Language) -> list[str]:
    """What hardly goes together, in the words of its rule; nobody is refused for it."""
    return [
        describe(finding, questionnaire, language, checked)
        for finding in checked.findings
        if finding.code in (FindingCode.CONTRADICTION, FindingCode.RULE) and finding.severity is Severity.SOFT
    ]


def without_words(checked: Checked, questionnaire: Questionnaire, language: Language) -> list[str]:
    """Where 其他 is chosen and nothing says what: asked for once more, never demanded."""
    numbers = {step.question.id: step.number for step in screens(questionnaire, 0).steps}
    told = []
    for question in questionnaire.questions():
        other = next((option for option in question.options if option.other), None)
        if other is None or checked.values.get(f"{question.id}.other") is not Missing.NO_ANSWER:
            continue
        number, label = numbers[question.id], other.label.in_language(language)
        told.append(
            f"第 {number} 题选了“{label}”，没有写是什么。可以按“修改”补上，不写也可以提交。"
            if language != "en"
            else f"Question {number}: what is meant by “{label}”? Add it with “Change”, or submit as it is."
        )
    return told


# ---------------------------------------------------------------- what the templates ask

_PHRASE_END = re.compile(r"(?<=[，、：；])(?=.)|(?<=[^总]的)(?=.)|(?<=.)(?=满意不满意|满意吗)")
_LONGEST_PHRASE = 13  # characters of a heading in one line at 360 px


def phrases(text: str, language: Language) -> list[str]:
    """A heading in parts that are not torn: where its definition marks them by zero-width spaces, else, in Chinese,
    after 的 and punctuation. One part, broken anywhere, where that would leave a part too long for a line."""
    marked = text.split("\u200b")
    if len(marked) > 1 or language != "zh":
        return marked
    found = _PHRASE_END.split(text)
    return found if all(len(part) <= _LONGEST_PHRASE for part in found) else [text]


def _places(text: Piped, language: Language) -> Markup:
    """A text with each of its places as an element, which the script fills again as answers change."""
    found = _FILLS.get({})
    pieces = []
    for part in parts(text.pattern.in_language(language), language):
        if isinstance(part, str):
            pieces.append(escape(part))
        elif part.name in WAVE_WORDS and part.name in found:
            pieces.append(escape(_own(language)(found[part.name])))
        else:
            words = found.get(part.name) or part.words
            place = Markup('<bdi data-slot="{}" data-words="{}">{}</bdi>')
            pieces.append(place.format(part.name, part.words, words))
    return Markup("").join(pieces)


def _own(language: Language) -> Callable[[str], str]:
    """What was made in Chinese, in the language of the page; zh and en were made as they are."""
    return (lambda made: made) if language in USUAL else page_words.words_in(language).sentence


def forget(*, words: bool) -> None:
    """Draw every page anew; where the ``words`` of the installation are others, of templates that are read anew."""
    _pages.clear()
    if words:
        _environment.cache_clear()


@lru_cache
def _environment(language: Language) -> Environment:
    usual = language if language in USUAL else "zh"
    made = environment(usual).overlay()
    own = _own(language)

    def words(text: Text) -> str:
        if isinstance(text, Piped):
            return _places(text, language)
        return text.said_in(language) or own(text.zh)

    def phrased(text: Text) -> Markup:
        if isinstance(text, Piped):
            return _places(text, language)
        return Markup("<wbr>").join(escape(part) for part in phrases(text.in_language(language), language))

    def halved(text: Text) -> Markup:
        """Four characters break in their middle: 基本 / 满意, where five answers stand side by side."""
        if isinstance(text, Piped):
            return _places(text, language)
        words = text.in_language(language)
        if language == "zh" and len(words) == LONGEST_IN_FIVE:
            return Markup("<wbr>").join((escape(words[:2]), escape(words[2:])))
        return escape(words)

    def callable_numbers(text: str) -> Markup:
        """The text with telephone numbers as links that a phone can call."""
        pieces: list[str] = []
        end = 0
        for match in _PHONE.finditer(text):
            number = escape(match.group())
            link = f'<a class="nowrap" dir="ltr" href="tel:{number}">{number}</a>'
            pieces += [escape(text[end : match.start()]), link]
            end = match.end()
        return Markup("".join([*pieces, escape(text[end:])]))  # noqa: S704 -- every piece is escaped

    def expected(question: Question) -> str:
        """What the judge would say, for the script to say it without asking the server."""
        return own(kind_of(question).expected(question, language))

    def bound(limit: date | time) -> str:
        """As the picker of a browser takes it."""
        return limit.isoformat("minutes") if isinstance(limit, time) else limit.isoformat()

    made.filters = {
        **made.filters,
        "words": words,
        "own": own,
        "bound": bound,
        "phrased": phrased,
        "halved": halved,
        "callable": callable_numbers,
    }
    made.globals = {**made.globals, "expected": expected, "direction": direction(language)}
    made.globals["whole"] = page_words.whole(language)
    if language not in USUAL:
        spoken = page_words.words_in(language)
        made.filters |= {"date": lambda value: day_in(value, language)}
        made.globals |= {"gettext": told_by(spoken), "language": language, "html_lang": language}
    return made
