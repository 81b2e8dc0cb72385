"""What a phone posted: only known fields, within limits, as raw answers for the judge."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from questionnaires.model import Questionnaire, QuestionType
from survey_service.errors import BadInput, TooLarge
from survey_service.web.pages import Language
from survey_service.web.resident_steps import ORDERS, RESERVED

BODY_LIMIT = 256 * 1024  # bytes: every text of a long questionnaire filled to its end, percent-encoded, stays below
FIELD_LIMIT = 2_000
CONTENT_TYPE = "application/x-www-form-urlencoded"
_CLIENT_ID = re.compile(r"[A-Za-z0-9_-]{16,64}")
_DAY = 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """How the page is shown: travels with the form, for residents have no cookie."""

    language: Language = "zh"
    large: bool = False
    order: int = 0

    @property
    def query(self) -> str:
        """For addresses of pages that are fetched: empty for the page as it is first shown."""
        parts = [
            part for part, wanted in (("lang=en", self.language == "en"), ("text=large", self.large)) if wanted
        ]  # fmt: skip
        return "?" + "&".join(parts) if parts else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    given: Mapping[str, list[str]]  # answers by variable, as typed
    display: Display
    action: str  # "submit", "check", "edit"
    page: str  # which page it was sent from: "form", "check", "faults"
    tool: bool  # a button of the head: shows the same page in another way
    client_id: str | None
    version: str
    seconds: int | None  # from the first question to the post, by the phone's clock

    def raw_answers(self, questionnaire: Questionnaire) -> dict[str, object]:
        """For ``check_answers``: a list where several may be chosen, else the one string."""
        several = {
            question.id for question in questionnaire.questions() if question.type is QuestionType.MULTIPLE_CHOICE
        }
        return {
            name: list(values) if name in several or len(values) > 1 else values[0]
            for name, values in self.given.items()
        }


def read_form(body: bytes, content_type: str, questionnaire: Questionnaire) -> Posted:
    """The posted form; BadInput for anything a page of ours cannot have sent, TooLarge beyond the limit."""
    if len(body) > BODY_LIMIT:
        raise TooLarge
    if content_type.partition(";")[0].strip().lower() != CONTENT_TYPE:
        raise BadInput
    try:
        pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=FIELD_LIMIT, errors="strict")
    except ValueError:  # also bytes that are no UTF-8
        raise BadInput from None
    variables = {variable for question in questionnaire.questions() for variable in question.variables()}
    given: dict[str, list[str]] = {}
    own: dict[str, str] = {}
    for name, value in pairs:
        if name in variables:
            if value.strip():
                given.setdefault(name, []).append(value)
        elif name in RESERVED and name not in own:
            own[name] = value
        else:
            raise BadInput
    return _posted(given, own)


def _posted(given: dict[str, list[str]], own: Mapping[str, str]) -> Posted:
    display = Display(
        language="en" if own.get("_lang") == "en" else "zh",
        large=own.get("_text") == "large",
        order=_number(own.get("_order"), ORDERS - 1) or 0,
    )
    action = own.get("action", "submit")
    tools: dict[str, Display] = {
        "zh": Display(language="zh", large=display.large, order=display.order),
        "en": Display(language="en", large=display.large, order=display.order),
        "large": Display(language=display.language, large=True, order=display.order),
        "normal": Display(language=display.language, large=False, order=display.order),
    }
    tool = action in tools
    if not tool and action not in ("submit", "check", "edit"):
        raise BadInput
    page = own.get("_page", "form")
    client_id = own.get("client_id", "")
    return Posted(
        given=given,
        display=tools.get(action, display),
        action="check" if tool else action,
        page=page if page in ("check", "faults") else "form",
        tool=tool,
        client_id=client_id if _CLIENT_ID.fullmatch(client_id) else None,
        version=own.get("_version", ""),
        seconds=_number(own.get("_seconds"), 30 * _DAY),
    )


def _number(typed: str | None, most: int) -> int | None:
    if typed is None or not re.fullmatch(r"[0-9]{1,9}", typed):
        return None
    return min(int(typed), most)
