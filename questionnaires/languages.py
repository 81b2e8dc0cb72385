"""Languages by their tag (BCP 47): what they are called, how they are written, which of them can be set here.

A tag is a language, where it needs one a script, and where it needs one a region: ug, kk-Arab, yue, mn. Names, scripts
and directions are those of CLDR, as Babel brings them; nothing of it is read for Chinese and English.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from babel import Locale

Direction = Literal["ltr", "rtl"]

USUAL: Final = ("zh", "en")  # of every page, paper, report and table; a questionnaire may speak others beside them
_TAG = re.compile(r"([A-Za-z]{2,3})(?:-([A-Za-z]{4}))?(?:-([A-Za-z]{2}|[0-9]{3}))?")
_RIGHT_TO_LEFT = frozenset({"Adlm", "Arab", "Hebr", "Mand", "Nkoo", "Rohg", "Samr", "Syrc", "Thaa"})
_DOWNWARD = frozenset({"Mong", "Phag"})
_PSEUDO = frozenset({"XA", "XB"})  # of no country: invented text that shows whether a page can be set, as CLDR has them
# What Unicode calls the letters of a script, in the names of its characters.
_LETTERS: Final = {
    "Arab": "ARABIC",
    "Cyrl": "CYRILLIC",
    "Hang": "HANGUL",
    "Kore": "HANGUL",
    "Latn": "LATIN",
    "Mymr": "MYANMAR",
    "Thai": "THAI",
    "Tibt": "TIBETAN",
    "Yiii": "YI",
}


def well_formed(tag: str) -> str:
    """The tag as it is written, kk-Arab for KK_arab; empty where it is none."""
    found = _TAG.fullmatch(tag.replace("_", "-"))
    if found is None:
        return ""
    language, script, region = found.groups()
    parts = (language.lower(), (script or "").title(), (region or "").upper())
    return "-".join(part for part in parts if part)


@lru_cache(maxsize=1024)
def fault_of_tag(tag: str) -> str:
    """What to do about a tag that no questionnaire can speak; empty where it can."""
    if tag in USUAL:
        return ""
    written = well_formed(tag)
    language, _, rest = written.partition("-")
    known = _names("en").languages
    if language not in known:
        usual = "a tag of BCP 47 is wanted: zh, en, ug, bo, mn, kk-Arab, ko, za, yue"
        meant = _tags_by_name().get(tag.lower())
        return f'write "{meant}"' if meant else usual
    parts = rest.split("-") if rest else []
    if any(part not in (_names("en").scripts if len(part) == 4 else _names("en").territories) for part in parts) and (
        not _PSEUDO.intersection(parts)
    ):
        return "no such script or region; a language alone is enough in most cases"
    if language in USUAL and (not parts or script_of(written) in ("Hans", "Latn")):
        return f'write "{language}"'
    if script_of(written) in _DOWNWARD:
        return "it is written from top to bottom, which no page or form can be set in here yet"
    return "" if written == tag else f'write "{written}"'


@lru_cache(maxsize=1024)
def script_of(tag: str) -> str:
    """The script, as ISO 15924 has it: Arab, Tibt, Hans."""
    parts = tag.split("-")
    for part in parts[1:]:
        if len(part) == 4:
            return part
    from babel.core import get_global

    likely = get_global("likely_subtags")
    for asked in ("_".join(parts), parts[0]):
        if asked in likely:
            return str(likely[asked].split("_")[1])
    return ""


def direction(tag: str) -> Direction:
    """Which way its lines run."""
    return "rtl" if tag not in USUAL and script_of(tag) in _RIGHT_TO_LEFT else "ltr"


@lru_cache(maxsize=1024)
def own_name(tag: str) -> str:
    """As its readers call it; the Chinese name where nobody wrote that down."""
    if tag in USUAL:
        return {"zh": "中文", "en": "English"}[tag]
    locale = locale_of(tag)
    name = locale.get_language_name() if locale else None
    return str(name) if name else name_in(tag, "zh")


@lru_cache(maxsize=1024)
def name_in(tag: str, language: str) -> str:
    """The name of the language in Chinese ("zh") or English ("en"), with its script where the tag has one."""
    names = _names(language)
    if tag in USUAL:
        return {"zh": {"zh": "中文", "en": "英文"}, "en": {"zh": "Chinese", "en": "English"}}[language][tag]
    first, *rest = tag.split("-")
    said = str(names.languages.get(first, first))
    also = [names.scripts.get(part) or names.territories.get(part) or part for part in rest]
    if not also:
        return said
    return f"{said}（{'，'.join(also)}）" if language == "zh" else f"{said} ({', '.join(also)})"


def english_name(tag: str) -> str:
    """In a message about a definition: Chinese, English, and of every other its tag, as the file has it."""
    return name_in(tag, "en") if tag in USUAL else f'"{tag}"'


def holds_its_script(tag: str, words: str) -> bool:
    """Whether a text of this language has a letter of its script, or no letter at all. True where the script is not
    told by the names of its characters."""
    import unicodedata

    wanted = _LETTERS.get(script_of(tag))
    letters = [one for one in words if one.isalpha()]
    return not wanted or not letters or any(unicodedata.name(one, "").startswith(wanted) for one in letters)


@lru_cache(maxsize=1024)
def locale_of(tag: str) -> Locale | None:
    """How its readers write dates; None where CLDR does not say."""
    from babel import Locale
    from babel.core import UnknownLocaleError

    for asked in (tag, "-".join(part for part in tag.split("-") if len(part) != 2 or part.islower())):
        try:
            return Locale.parse(asked, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return None


def tag_named(name: str) -> str:
    """The tag of a language by its English or its Chinese name; empty where nobody has heard of it."""
    found = _tags_by_name().get(name.lower(), "")
    return "" if fault_of_tag(found) else found


@cache
def _tags_by_name() -> dict[str, str]:
    """For whoever writes Uyghur or 维吾尔语 in the place of its tag."""
    return {
        said.lower(): tag for language in USUAL for tag, said in _names(language).languages.items() if "_" not in tag
    }


@cache
def _names(language: str) -> Locale:
    from babel import Locale

    return Locale(language)
