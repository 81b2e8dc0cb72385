"""What a phone posted: only known fields, within limits, as raw answers for the judge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl

from questionnaires.answers import judge
from questionnaires.model import Questionnaire
from survey_service.collection.resident_pages import Language, Look, language_asked, spoken_in
from survey_service.collection.resident_steps import ORDERS, RESERVED, screens
from survey_service.errors import BadInput, TooLarge
from survey_service.secrets import normalise_receipt
from survey_service.web.option_search import LongOptions

BODY_LIMIT = 256 * 1024  # bytes: every text of a long questionnaire filled to its end, percent-encoded, stays below
FIELD_LIMIT = 2_000
CONTENT_TYPE = "application/x-www-form-urlencoded"
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_DAY = 86_400
LONGEST_DRAW = 40
RECEIPT_LENGTH = 19  # 16 characters in fours
# Buttons of the head: show the same page in another way.
_TOOLS: Mapping[str, Mapping[str, Any]] = {
    "zh": {"language": "zh"},
    "en": {"language": "en"},
    "large": {"large": True},
    "normal": {"large": False},
}


_IN_LANGUAGE = "lang:"  # the button of a language: lang:ug


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How the page is shown: travels with the form, for residents have no cookie."""

    language: Language = "zh"
    large: bool = False
    order: int = 0
    receipt: str = ""  # of the answers that are being looked at or corrected
    draw: str = ""  # the sealed ticket by which blocks are drawn

    @property
    def query(self) -> str:
        """For addresses of pages that are fetched: empty for the page as it is first shown."""
        return Look(language=self.language, large=self.large).query


@dataclass(frozen=True, slots=True, kw_only=True)
class PostedAnswers:
    given: Mapping[str, list[str]]  # answers by variable, as typed
    display: Display
    action: str  # "submit", "check", "edit", "find"
    page: str  # which page it was sent from: "form", "check", "faults"
    tool: bool  # a button of the head: shows the same page in another way
    client_id: str | None
    version: str
    blocks: str  # those that hang on answers and were shown without a script
    seconds: int | None  # from the first question to the post, by the phone's clock

    def only(self, kept: Iterable[str]) -> PostedAnswers:
        """Without the answers that will not be stored: no page carries on what its reader does not see."""
        return replace(self, given={name: self.given[name] for name in kept if name in self.given})

    def raw_answers(self, questionnaire: Questionnaire) -> dict[str, object]:
        """For ``check_answers``: a list where several may be chosen, else the one string."""
        several = judge(questionnaire).several
        return {
            name: list(values) if name in several or len(values) > 1 else values[0]
            for name, values in self.given.items()
        }


@dataclass(frozen=True)
class PostedFields:
    """A posted form before anybody knows which questionnaire it belongs to."""

    pairs: Sequence[tuple[str, str]]

    @cached_property
    def own(self) -> dict[str, str]:
        """The page's own fields; of one that stands twice, the first."""
        return {name: value for name, value in reversed(self.pairs) if name in RESERVED}

    @property
    def action(self) -> str:
        return self.own.get("action", "submit")

    @property
    def tool(self) -> bool:
        return self.action in _TOOLS or self.action.startswith(_IN_LANGUAGE)

    @property
    def display(self) -> Display:
        """How the page that answers is to be shown: as before, but for what a button of the head changes."""
        own = self.own
        shown = Display(
            language=language_asked(own.get("_lang")),
            large=own.get("_text") == "large",
            order=_number(own.get("_order"), ORDERS - 1) or 0,
            receipt=normalise_receipt(own.get("_receipt", ""))[:RECEIPT_LENGTH],
            draw=own.get("_draw", "")[:LONGEST_DRAW],
        )
        if self.action.startswith(_IN_LANGUAGE):
            return replace(shown, language=language_asked(self.action.removeprefix(_IN_LANGUAGE)))
        return replace(shown, **_TOOLS[self.action]) if self.tool else shown


def read_fields(body: bytes, content_type: str) -> PostedFields:
    """The fields as they were sent; BadInput where no form of ours can have sent them, TooLarge beyond the limit."""
    if len(body) > BODY_LIMIT:
        raise TooLarge
    if content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadInput
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELD_LIMIT, errors="strict")
    except ValueError:  # also bytes that are no UTF-8
        raise BadInput from None
    return PostedFields(pairs)


def read_form(body: bytes, content_type: str, questionnaire: Questionnaire) -> PostedAnswers:
    """The posted form of ``questionnaire``; raises as ``read_fields``, and BadInput for a field that it has not."""
    return posted_form(read_fields(body, content_type), questionnaire)


def posted_form(fields: PostedFields, questionnaire: Questionnaire) -> PostedAnswers:
    variables = judge(questionnaire).variables
    given: dict[str, list[str]] = {}
    seen: set[str] = set()
    for name, value in fields.pairs:
        if name in variables:
            if value.strip():
                given.setdefault(name, []).append(value)
        elif name in RESERVED and name not in seen:
            seen.add(name)
        else:
            raise BadInput
    for name, options in screens(questionnaire, 0).searched.items():
        if name in given:
            given[name] = _found(given[name], options)
    own = fields.own
    if not fields.tool and fields.action not in ("submit", "check", "edit", "find"):
        raise BadInput
    page = own.get("_page", "form")
    return PostedAnswers(
        given=given,
        display=replace(fields.display, language=spoken_in(questionnaire, fields.display.language)),
        action="check" if fields.tool else fields.action,
        page=page if page in ("check", "faults") else "form",
        tool=fields.tool,
        client_id=client_id_of(fields),
        version=own.get("_version", ""),
        blocks=own.get("_blocks", ""),
        seconds=_number(own.get("_seconds"), 30 * _DAY),
    )


def _found(typed: list[str], options: LongOptions) -> list[str]:
    """The codes of what was typed into the field of a long list; what was chosen counts before what was typed."""
    codes = list(dict.fromkeys(options.code_of(one) for one in typed))
    return [one for one in codes if not options.is_open(one)] or codes


def client_id_of(fields: PostedFields) -> str | None:
    client_id = fields.own.get("client_id", "")
    return client_id if _CLIENT_ID.fullmatch(client_id) else None


def _number(typed: str | None, most: int) -> int | None:
    if typed is None or not re.fullmatch(r"[0-9]{1,9}", typed):
        return None
    return min(int(typed), most)
