"""Every message that a resident's page can say: of its templates, and of what is made in Python."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import PoFileError, write_po

from questionnaires.languages import USUAL, fault_of_tag, name_in
from survey_service.collection import page_words, resident_pages
from survey_service.collection.page_sentences import SENTENCES
from survey_service.web.pages import WEB, catalogue


@cache
def every_message() -> dict[str, str]:
    """Chinese to English, in the order of the pages; the English is empty where a sentence is made of parts."""
    english = {str(one.id): str(one.string) for one in catalogue("en") if one.id}
    found = extract_from_dir(
        str(WEB / "templates" / "resident"),
        [("**.html", "jinja2")],
        options_map={"**.html": {"newstyle_gettext": "true"}},
    )
    said = [message if isinstance(message, str) else message[0] for _, _, message, _, _ in found]
    return {message: english.get(message, "") for message in dict.fromkeys([*said, *SENTENCES])}


def install_words(folder: Path | None) -> None:
    """Take the page words of this installation; every page is drawn anew."""
    changed = page_words.install(folder, every_message() if folder else ())
    resident_pages.forget(words=changed)


def empty_file(tag: str) -> bytes:
    """What a translator fills in: every message, its English beside it."""
    made = Catalog(project="survey-service", charset="utf-8", fuzzy=False)
    made.locale = None
    made.header_comment = (
        f"# {name_in(tag, 'zh')} ({tag}): {name_in(tag, 'en')}\n"
        "# 居民页面上的按钮和提示。每一句写在 msgstr 里；%(name)s 和 {name} 原样保留。\n"
        "# Buttons and messages of residents' pages. Write each into msgstr; keep %(name)s and {name} as they are."
    )
    for message, english in every_message().items():
        made.add(
            message, "", auto_comments=[english] if english else [], flags=["python-format"] if "%(" in message else []
        )
    out = BytesIO()
    write_po(out, made, width=0, omit_header=False, sort_output=False)
    return out.getvalue()


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is to be said of a file of page words."""

    there: int
    missing: Sequence[str]
    faults: Sequence[str]


def told_of(path: Path) -> Told:
    wanted = every_message()
    fault = "Chinese and English come with the service" if path.stem in USUAL else fault_of_tag(path.stem)
    faults = [f"{path.name}: the name of the file is the tag of its language; {fault}"] if fault else []
    try:
        words, found = page_words.read(path)
    except (OSError, ValueError, PoFileError) as failed:
        return Told(there=0, missing=list(wanted), faults=[*faults, f"{path.name} cannot be read: {failed}"])
    return Told(
        there=sum(message in words for message in wanted),
        missing=[message for message in wanted if message not in words],
        faults=[*faults, *found],
    )
