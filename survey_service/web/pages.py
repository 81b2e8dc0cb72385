"""Pages: one Jinja environment, two languages, one set of security headers.

Messages are written in Chinese in the templates and translated by ``i18n/en/*.po``, a file for each part of the
service; the catalogue is compiled in memory at start, so there is no build step. A test holds that every message
has its English.
"""

from __future__ import annotations

import base64
import gettext
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any, Literal, Protocol
from zoneinfo import ZoneInfo

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from questionnaires.text import Text

WEB = Path(__file__).parent
Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
HTML_LANG: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


@cache
def styles_in_page(*names: str) -> tuple[Markup, str]:
    """Style sheets for a page that carries them itself, and the security policy that allows exactly these.

    A sheet of its own costs a slow network one more round trip before anything is seen.
    """
    rules = "".join((WEB / "static" / name).read_text(encoding="utf-8") for name in names)
    rules = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", rules, flags=re.DOTALL)).strip()
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
    policy = CONTENT_SECURITY_POLICY.replace("style-src 'self'", f"style-src 'self' 'sha256-{digest}'")
    return Markup(rules), policy  # noqa: S704 -- our own files, whose hash the policy names


def catalogue(language: Language) -> Catalog:
    """Every message of one language, from all files of its folder."""
    whole = Catalog()
    for path in sorted((WEB / "i18n" / language).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file):
                if message.id:
                    whole[message.id] = message
    return whole


@cache
def translations(language: Language) -> gettext.NullTranslations:
    """The catalogue of one language; Chinese is the source and needs none."""
    if language == "zh":
        return gettext.NullTranslations()
    compiled = BytesIO()
    write_mo(compiled, catalogue(language))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)


@cache
def static_address(name: str) -> str:
    """Address of a static file with its content's hash, so that browsers may keep it for ever."""
    digest = hashlib.sha256((WEB / "static" / name).read_bytes()).hexdigest()[:12]
    return f"/static/{digest}/{name}"


def format_number(value: float) -> str:
    """1248 -> 1,248."""
    return f"{value:,}"


def format_date(value: date, language: Language) -> str:
    """2026年9月18日, 18 September 2026."""
    if language == "en":
        return f"{value.day} {value:%B} {value.year}"
    return f"{value.year}年{value.month}月{value.day}日"


def format_span(begin: date, end: date, language: Language) -> str:
    """2026年9月1日至30日, 9月1日至10月5日 with the year once; 1 to 30 September 2026."""
    if language == "en":
        if (begin.year, begin.month) == (end.year, end.month):
            return f"{begin.day} to {format_date(end, language)}"
        year = "" if begin.year == end.year else f" {begin.year}"
        return f"{begin.day} {begin:%B}{year} to {format_date(end, language)}"
    if (begin.year, begin.month) == (end.year, end.month):
        return f"{format_date(begin, language)}至{end.day}日"
    if begin.year == end.year:
        return f"{format_date(begin, language)}至{end.month}月{end.day}日"
    return f"{format_date(begin, language)}至{format_date(end, language)}"


def format_time(value: datetime, zone: ZoneInfo, language: Language) -> str:
    """A moment as the city's clock shows it: 9月18日 19:42."""
    local = value.astimezone(zone)
    if language == "en":
        return f"{local.day} {local:%B} {local:%H:%M}"
    return f"{local.month}月{local.day}日 {local:%H:%M}"


_DAYS = (Text("今天", "today"), Text("明天", "tomorrow"), Text("后天", "in two days"))
_WEEKDAYS = "一二三四五六日"


def _weekday(day: date, today: date, language: Language) -> str:
    """明天，周六; tomorrow, Saturday; the weekday alone for days that have no such name."""
    away = (day - today).days
    near = _DAYS[away].in_language(language) if 0 <= away < len(_DAYS) else ""
    if language == "en":
        return f"{near}, {day:%A}" if near else f"{day:%A}"
    weekday = f"周{_WEEKDAYS[day.weekday()]}"
    return f"{near}，{weekday}" if near else weekday


def format_near(value: datetime, zone: ZoneInfo, today: date, language: Language) -> str:
    """An agreed moment: 9月19日（明天，周六）19:00; 19 September (tomorrow, Saturday) 19:00."""
    local = value.astimezone(zone)
    weekday = _weekday(local.date(), today, language)
    if language == "en":
        return f"{local.day} {local:%B} ({weekday}) {local:%H:%M}"
    return f"{local.month}月{local.day}日（{weekday}）{local:%H:%M}"


_CHOICE = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")


def one_or_more(message: str, values: Mapping[str, Any]) -> str:
    """``%(count)s {count:wave|waves}``: English chooses the first word for 1. Chinese needs no choice."""
    return _CHOICE.sub(lambda found: found[2] if str(values[found[1]]) == "1" else found[3], message)


class Messages(Protocol):
    def gettext(self, message: str, /) -> str: ...


def told_by(catalogue_of: Messages) -> Callable[..., str]:
    """Jinja's own way of a translated message with values, and the choice of words by a number before it."""

    @pass_context
    def told(context: Context, message: str, **values: Any) -> str:
        text = one_or_more(catalogue_of.gettext(message), values)
        return (Markup(text) if context.eval_ctx.autoescape else text) % values  # noqa: S704 -- our own catalogue

    return told


@cache
def environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(WEB / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    made.install_gettext_translations(translations(language), newstyle=True)  # type: ignore[attr-defined]
    made.globals["gettext"] = told_by(translations(language))

    def words(text: Text) -> str:
        return text.in_language(language)

    made.globals.update(static=static_address, language=language, html_lang=HTML_LANG[language])
    made.filters.update(
        words=words,
        number=format_number,
        date=lambda value: format_date(value, language),
        until=lambda begin, end: format_span(begin, end, language),
        time=lambda value, zone: format_time(value, zone, language),
        near=lambda value, zone, today: format_near(value, zone, today, language),
    )
    return made


def render(template: str, language: Language, context: Mapping[str, Any]) -> str:
    return environment(language).get_template(template).render(**context)


def page(
    template: str,
    language: Language,
    context: Mapping[str, Any],
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A rendered page. What people see of themselves is never kept by a shared cache."""
    return HTMLResponse(
        render(template, language, context),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
