"""Every sentence of a page has its English, and the catalogue holds nothing that no page says."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from io import BytesIO

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from survey_service.accounts.staff_pages import SECTIONS
from survey_service.web.pages import WEB, catalogue, environment, one_or_more

METHODS = [("templates/**.html", "jinja2")]
PLACE = re.compile(r"%\((\w+)\)s|\{(\w+)\}")


@cache
def said() -> frozenset[str]:
    """Messages of the templates, and those that reach a template by a variable."""
    found = {
        message if isinstance(message, str) else message[0]
        for _, _, message, _, _ in extract_from_dir(
            str(WEB), METHODS, options_map={"templates/**.html": {"newstyle_gettext": "true"}}
        )
    }
    return frozenset(found | {section.name for section in SECTIONS})


def english() -> Catalog:
    return catalogue("en")


def test_no_message_stands_in_two_files() -> None:
    files = sorted((WEB / "i18n" / "en").glob("*.po"))
    seen = Counter(str(message.id) for path in files for message in read_po(BytesIO(path.read_bytes())) if message.id)
    assert not [message for message, times in seen.items() if times > 1]


def test_every_message_has_its_english() -> None:
    translated = {message.id for message in english() if message.id and message.string and not message.fuzzy}
    missing = sorted(said() - translated)
    assert not missing, f"{len(missing)} messages without English in i18n/en/*.po: {missing[:10]}"


def test_the_catalogue_holds_no_message_that_nobody_says() -> None:
    unused = sorted(str(message.id) for message in english() if message.id and message.id not in said())
    assert not unused


@pytest.mark.parametrize("language", ["en"])
def test_english_keeps_every_place_for_a_value(language: str) -> None:
    for message in english():
        if message.id:
            wanted, kept = (sorted(PLACE.findall(str(text))) for text in (message.id, message.string))
            assert wanted == kept, message.id


def test_no_english_is_left_in_chinese() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    assert not [message.id for message in english() if message.id and han.search(str(message.string))]


def test_the_extraction_finds_what_the_pages_say() -> None:
    messages = said()
    assert {"登录", "退出", "调查期"} <= messages
    assert len(messages) > 100


ONE_OF_MANY = re.compile(
    r"(?<!row )\b1(?:</b>)? (?:[a-z-]+ ){0,2}?(?!was\b|is\b|has\b|as\b)[a-z]+(?<!s)s\b", re.IGNORECASE
)
DECIMAL = {"points", "limit"}  # printed with a decimal: never a bare 1


def test_english_of_one_is_no_plural() -> None:
    wrong = []
    for message in english():
        text = str(message.string)
        names = {name for name, _ in PLACE.findall(text) if name} - DECIMAL
        told = one_or_more(text, dict.fromkeys(names, 1)) % {
            **dict.fromkeys(DECIMAL, "1.0"),
            **dict.fromkeys(names, "1"),
        }
        more = one_or_more(text, dict.fromkeys(names, "2"))
        if ONE_OF_MANY.search(told) or "|" in more:
            wrong.append(told)
    assert not wrong, "write the word for one and for more: %(count)s {count:wave|waves}"


def test_a_page_chooses_the_word_by_its_number() -> None:
    template = environment("en").from_string("{% trans count=n %}{{ count }} 期{% endtrans %}")
    assert [template.render(n=n) for n in (0, 1, 2, "1,001")] == ["0 waves", "1 wave", "2 waves", "1,001 waves"]
    # What a person typed stays escaped, and a brace of theirs is no choice.
    again = environment("en").from_string("{% trans number=n %}{{ number }} 录了一半{% endtrans %}")
    assert again.render(n="<b>{n:a|b}") == "&lt;b&gt;{n:a|b} is half keyed"
