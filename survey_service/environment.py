"""Settings as somebody wrote them: what is misspelt is refused with the nearest name, a wrong value in words.

A setting that nobody reads is worse than one that is refused: whoever mistyped SURVEY_TRUSTED_PROXIES believes that
the city's residents are told apart. The words are for whoever edits the file at eleven at night: the name, what stands
there, what is expected, in both languages; never a library's report, and never what a secret holds.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic.fields import FieldInfo

from survey_service.installation import Refused
from survey_service.settings import Settings, WrongValue

PREFIX = "SURVEY_"
NEAR_ENOUGH = 0.9  # of a name without our prefix: nearer than chance, SURVY_DATA_DIR but not SURVIVAL_DIR
# What an orchestrator puts into the environment by itself for a service of the name "survey".
_FOREIGN = re.compile(r"SURVEY_(SERVICE_(HOST|PORT)(_\w+)?|PORT(_\d+_(TCP|UDP)(_\w+)?)?)")
_DATABASES = ("sqlite", "postgresql", "postgresql+psycopg")
# Neither a secret nor an address that may hold a password is ever said again.
_UNSAID = frozenset({"database_url", "metrics_token"})
_SHOWN = 60  # characters of a value


@dataclass(frozen=True, slots=True)
class WrongSetting:
    """One that cannot be used: its variable, and why, with what is expected."""

    name: str
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.name}：{self.zh}\n  {self.name}: {self.en}"


class WrongSettings(Refused):
    """All that cannot be used, in the words of both languages."""

    def __init__(self, each: list[WrongSetting]) -> None:
        super().__init__(
            "\n".join(map(str, each)) + "\n"
            "  什么也没有启动。全部设置见 docs/settings.md；`survey-service doctor` 逐项检查。\n"
            "  Nothing was started. All settings: docs/settings.md; `survey-service doctor` goes through them."
        )
        self.each = tuple(each)


def names() -> dict[str, FieldInfo]:
    """Every variable that is read, with its field."""
    return {f"{PREFIX}{field.upper()}": information for field, information in Settings.model_fields.items()}


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment; Refused, with all that is wrong at once, where one cannot be used."""
    found = os.environ if environment is None else environment
    wrong = [*misspelt(found)]
    try:
        settings = Settings()
    except ValidationError as invalid:
        wrong += [_in_words(one, found) for one in invalid.errors()]
        raise WrongSettings(wrong) from None
    wrong += _database(settings.database_url)
    if wrong:
        raise WrongSettings(wrong)
    return settings


def environment_of(settings: Settings, environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """An environment in which a process of ours reads these very settings: a command line is shown to everybody."""
    found = os.environ if environment is None else environment
    made = {name: value for name, value in found.items() if not name.upper().startswith(PREFIX)}
    for name in names():
        value = getattr(settings, name.removeprefix(PREFIX).lower())
        if value is not None:
            made[name] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    return made


def misspelt(environment: Mapping[str, str]) -> Iterator[WrongSetting]:
    """Variables that nobody reads and that were surely meant for this service, each with the name that is nearest."""
    known = list(names())
    for name in sorted(environment):
        upper = name.upper()
        if upper in known or _FOREIGN.fullmatch(upper):
            continue
        ours = upper.startswith(PREFIX)
        near = difflib.get_close_matches(upper, known, n=1, cutoff=0.6 if ours else NEAR_ENOUGH)
        if not near and not ours:
            continue
        yield WrongSetting(
            name,
            zh="没有这一项设置"
            + (f"。是不是 {near[0]}？" if near else "，以 SURVEY_ 开头的变量都由本服务读取。请删去。"),
            en="there is no such setting" + (f". Is {near[0]} meant?" if near else "; remove the variable."),
        )


def _in_words(error: Any, environment: Mapping[str, str]) -> WrongSetting:
    field = str(error["loc"][0]) if error["loc"] else "?"
    name = f"{PREFIX}{field.upper()}"
    typed = next((value for key, value in environment.items() if key.upper() == name), "")
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, WrongValue):
        return WrongSetting(name, zh=cause.zh, en=cause.en)
    zh, en = expected(field)
    if field in _UNSAID or Settings.model_fields[field].annotation is SecretStr:
        return WrongSetting(name, zh=f"应为{_spaced(zh)}。", en=f"should be {en}.")
    if not typed.strip():
        return WrongSetting(
            name,
            zh=f"是空的，应为{_spaced(zh)}。要用默认值，就删去这一行。",
            en=f"is empty; it should be {en}. Remove the line for the default.",
        )
    shown = typed if len(typed) <= _SHOWN else typed[:_SHOWN] + "…"
    return WrongSetting(name, zh=f"写的是“{shown}”，应为{_spaced(zh)}。", en=f"reads “{shown}”; it should be {en}.")


def _spaced(words: str) -> str:
    """Chinese joins on at once, everything else after a blank."""
    return words if words[0] > "⺀" else f" {words}"


def expected(field: str) -> tuple[str, str]:
    """What a setting takes, in Chinese and in English, read off its own type and bounds."""
    information = Settings.model_fields[field]
    annotation = information.annotation
    if annotation is bool:
        return "true 或 false", "true or false"
    if get_origin(annotation) is Literal:
        choices = get_args(annotation)
        return " 或 ".join(choices), " or ".join(choices)
    if annotation in (int, float):
        zh, en = ("整数", "a whole number") if annotation is int else ("数字", "a number")
        low = next((one.ge for one in information.metadata if hasattr(one, "ge")), None)
        high = next((one.le for one in information.metadata if hasattr(one, "le")), None)
        if low is not None and high is not None:
            return f"{low} 到 {high} 之间的{zh}", f"{en} from {low} to {high}"
        if low is not None:
            return f"不小于 {low} 的{zh}", f"{en} of at least {low}"
        return zh, en
    return "一段文字", "a text"


def _database(url: str) -> Iterator[WrongSetting]:
    scheme, separator, _ = url.partition("://")
    if not separator or scheme in _DATABASES:
        return  # a path is as good as a URL
    near = difflib.get_close_matches(scheme, ("sqlite", "postgresql+psycopg"), n=1, cutoff=0.3)
    example = "sqlite:///…/survey.db" if near == ["sqlite"] else "postgresql+psycopg://survey@localhost/survey"
    yield WrongSetting(
        f"{PREFIX}DATABASE_URL",
        zh=f"开头的“{scheme}://”不认识，应当写成 {example}。",
        en=f"“{scheme}://” is not known; write it so: {example}.",
    )
