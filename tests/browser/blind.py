"""A clerk with eyes on the paper: keys by the clock, hears when a key is refused, and only then looks at the screen."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from survey_service.captures.content import answers_of
from survey_service.models import Capture, Keying

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database

PATIENCE = 120  # seconds without a key
SERIAL, STORE = "serial", "store"
MISSING = {".": "no_answer", "*": "refused", "/": "illegible"}


class Slow:
    """The service behind a network: what goes to the keying pages comes late, and the answers late again."""

    def __init__(self, app: Any, seed: int) -> None:
        self.app = app
        self.seconds = 0.0  # there and back, on average
        self._chance = random.Random(seed)

    def _wait(self) -> float:
        return self._chance.uniform(0.25, 0.75) * self.seconds

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not scope["path"].startswith("/keying/"):
            await self.app(scope, receive, send)
            return
        await asyncio.sleep(self._wait())

        async def late(message: Any) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(self._wait())
            await send(message)

        await self.app(scope, receive, late)


@dataclass
class Paper:
    """One form: the keys of each box in order, and what must be stored."""

    serial: str
    keys: list[tuple[str, list[str]]]
    answers: dict[str, Any]
    doubted: frozenset[str] = frozenset()  # boxes that the paper fills against a check, unforeseen by the clerk


@dataclass(frozen=True)
class Key:
    form: int
    place: str
    key: str


def papers(serials: list[str], chance: random.Random) -> list[Paper]:
    return [_paper(serial, chance) for serial in serials]


def _one(chance: random.Random, codes: str) -> tuple[str, Any]:
    key = chance.choice(codes)
    return key, {"missing": MISSING[key]} if key in MISSING else key


def _paper(serial: str, chance: random.Random) -> Paper:
    typed = serial.lstrip("0") if chance.random() < 0.5 else serial
    keys: list[tuple[str, list[str]]] = [(SERIAL, [*typed, "Enter"])]
    answers: dict[str, Any] = {}
    doubted = set()
    know = chance.choice("12")
    keys.append(("know", [know]))
    answers["know"] = know
    if know == "1":
        chosen = sorted(chance.sample("125", chance.randint(1, 3)))
        keys.append(("channels", [*chosen, "Enter"]))
        answers["channels"] = chosen
        if "5" in chosen:
            words = "".join(chance.choice("abcdefgh123") for _ in range(chance.randint(1, 6)))
            keys.append(("channels.other", [*words, "Enter"]))
            answers["channels.other"] = words
    overall, answers["overall"] = _one(chance, "1239*.")
    keys.append(("overall", [overall, "+"] if overall == "." else [overall]))  # the clerk knows that . is asked about
    for name in ("aspects.parking", "aspects.lanes"):
        key, answers[name] = _one(chance, "1239*/.")
        keys.append((name, [key]))
    if chance.random() < 0.1:
        keys.append(("age", ["*"]))
        answers["age"] = {"missing": "refused"}
    else:
        years = chance.randint(15, 17) if chance.random() < 0.1 else chance.randint(18, 99)
        keys.append(("age", [*str(years), "Enter"]))
        answers["age"] = years
        if years < 18:
            doubted.add("age")
    keys.append((STORE, ["Enter"]))
    return Paper(serial, keys, answers, frozenset(doubted))


@dataclass
class Robot:
    """Keys ``papers`` at ``pace`` seconds a key; a slip in one place of ``slips`` forms in a hundred."""

    page: Page
    papers: list[Paper]
    chance: random.Random
    pace: float
    slips: float = 0.0
    strokes: int = 0
    refused: int = 0
    slipped: set[int] = field(default_factory=set)

    def work(self) -> None:
        stream = list(self._stream())
        cursor, unheard = 0, None
        due = time.monotonic()
        while time.monotonic() < due + PATIENCE:  # a form that is never stored is told by what is compared afterwards
            if cursor < len(stream):
                self._press(stream, cursor)
                cursor += 1
                due = max(due + self.pace * self.chance.uniform(0.5, 1.5), time.monotonic())
            time.sleep(max(self.pace / 10, due - time.monotonic()))
            if unheard is None and self._halted():
                unheard = self.chance.randint(0, 4)  # keys until the clerk has heard it
            if unheard == 0 or (unheard is not None and cursor == len(stream)):
                # A question that the clerk foresaw and has answered by now is nothing to look at.
                cursor, unheard = self._look(stream) if self._halted() else cursor, None
            elif unheard is not None:
                unheard -= 1
            if cursor == len(stream) and self._stored(self.papers[-1].serial):
                return

    def _stream(self) -> Iterator[Key]:
        for form, paper in enumerate(self.papers):
            for place, keys in paper.keys:
                yield from (Key(form, place, key) for key in keys)

    def _press(self, stream: list[Key], cursor: int) -> None:
        """The next key; once in a form that is slipped in, a wrong one before it."""
        one = stream[cursor]
        if one.form not in self.slipped and self.chance.random() < self.slips / 10:
            wrong = {SERIAL: "q", STORE: "Enter"}.get(one.place, "7")  # 7 is a code of nothing
            if one.place not in ("channels.other", "age"):  # words and numbers take any key
                self.slipped.add(one.form)
                self._key(wrong)
        self._key(one.key)

    def _key(self, key: str) -> None:
        self.page.keyboard.press(key)
        self.strokes += 1

    def _halted(self) -> bool:
        return bool(self.page.evaluate("'halted' in document.getElementById('say').dataset"))

    def _stored(self, serial: str) -> bool:
        return str(self.page.text_content("#strip-saved")).startswith(shown(serial))

    def _look(self, stream: list[Key]) -> int:
        """What a person does who looks up: sees where it stopped, acknowledges, and keys on from there."""
        self.refused += 1
        seen: dict[str, Any] = self.page.evaluate(
            """() => ({ shown: document.getElementById('strip-number').textContent,
              saved: document.getElementById('strip-saved').textContent,
              row: document.querySelector('.ask.now')?.dataset.row ?? null,
              typed: document.querySelector('.ask.now input')?.value ?? '',
              asks: document.getElementById('say').classList.contains('soft') })"""
        )
        self._key("Escape")
        place = seen["row"] or (SERIAL if seen["shown"] == "–" else STORE)
        if place == SERIAL:
            done = [form for form, paper in enumerate(self.papers) if seen["saved"].startswith(shown(paper.serial))]
            form = done[0] + 1 if done else 0
        else:
            form = next(one for one, paper in enumerate(self.papers) if shown(paper.serial) == seen["shown"])
        start = next(i for i, one in enumerate(stream) if (one.form, one.place) == (form, place))
        length = sum(1 for one in stream[start : start + 20] if (one.form, one.place) == (form, place))
        if place in self.papers[form].doubted and seen["asks"] and seen["typed"]:
            self._key("+")
            return start + length
        if place == "channels":  # what was keyed of it stands there
            return start + len(seen["typed"])
        return start


def shown(serial: str) -> str:
    return f"{serial[:3]} {serial[3:6]} {serial[6:]}"


def wrong_fields(database: Database, papers: list[Paper]) -> list[tuple[str, str, object, object]]:
    """Every field that is stored otherwise than the paper says, with both values; forms that are missing too."""
    with database.reading.begin() as session:
        rows = session.execute(
            select(Keying.number, Capture).join(
                Capture, (Capture.survey_id == Keying.survey_id) & (Capture.id == Keying.capture_id)
            )
        )
        stored = {number: dict(answers_of(capture)) for number, capture in rows}
    found: list[tuple[str, str, object, object]] = []
    for paper in papers:
        answers = stored.pop(paper.serial, {})
        names = sorted({*paper.answers, *answers})
        found += [
            (paper.serial, name, paper.answers.get(name), answers.get(name))
            for name in names
            if paper.answers.get(name) != answers.get(name)
        ]
    return found + [(number, "", None, answers) for number, answers in stored.items()]
