"""A resident who answers whatever a phone shows, by its fields: knows no model, only the page in front of the thumb."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

WORDS = "路灯 坏了，早点修"
PATIENCE = 12  # times that one question may be answered otherwise, until no rule refuses
ASKED_AGAIN = "再按一次"
# Of one screen: its question, the line that counts it, its words, and whether it is wider than the phone.
SCREEN = """
(step) => [step.dataset.question, step.querySelector(".count")?.innerText || "", step.innerText,
  document.documentElement.scrollWidth > document.documentElement.clientWidth]
"""
# What can be filled in on one screen, in its order; what is out of sight is none of it.
FIELDS = """
(step) => [...step.querySelectorAll("input, textarea, select, .ranking")]
  .filter((one) => one.closest("[hidden]") === null && (one.closest("label") || one).getClientRects().length)
  .map((one) => ({
    name: one.name || "", value: one.value || "", type: one.className === "ranking" ? "ranking" : one.type,
    alone: "alone" in one.dataset || "missing" in one.dataset, other: "other" in one.dataset,
    least: one.dataset.least || one.min || "", most: one.dataset.most || one.max || "",
    number: one.dataset.number || "", words: one.closest(".more") !== null,
    fewest: Number(one.closest("fieldset")?.dataset.fewest || 1),
    mostChosen: Number(one.closest("fieldset")?.dataset.most || 0),
    places: one.closest("fieldset")?.querySelectorAll("select").length || 0,
  }))
"""


def bare(told: list[str]) -> list[str]:
    return [re.sub(r"\s", "", one) for one in told]


@dataclass
class Resident:
    """``given``: what was touched and typed, by the name of its field. ``seen``: the questions, in their order."""

    page: Page
    chance: random.Random
    always_first: bool = False  # of choices: the way that asks most, as a rule
    given: dict[str, Any] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    numbers: dict[str, str] = field(default_factory=dict)
    counts: list[str] = field(default_factory=list)  # of all screens, in order; a note has none
    orders: set[str] = field(default_factory=set)  # names of what was put in order
    again: int = 0  # times that this screen has been filled in already

    # ---------------------------------------------------------------- with a script

    def answer(self, address: str) -> None:
        """From the first screen to the receipt."""
        self.page.goto(address)
        self.page.locator("form.led").wait_for()
        self.page.locator("#start").tap()
        self.page.locator(".step.here[data-question]").wait_for()
        while (anchor := self._here()) != "review":
            self._one_screen(anchor)
        self._submit()

    def _here(self) -> str:
        return self.page.locator(".step.here").get_attribute("id") or ""

    def _submit(self) -> None:
        told = self.page.locator("#review-answers dt .count").all_inner_texts()
        assert bare(told) == bare(self.counts), "every screen is read over before it is sent"
        self.page.locator("#review h2").tap()  # at once and at the same place it would be half of a double tap
        self.page.locator("#review [data-turn=on]").tap()
        self.received()

    def received(self) -> None:
        self.page.locator(".receipt").wait_for()
        assert self.page.locator("h1").inner_text().endswith("已提交")

    def _one_screen(self, anchor: str) -> None:
        step = self.page.locator(f"#{anchor}")
        step.locator("h2").first.tap()  # reads it; and see _submit
        self.look(step)
        for self.again in range(PATIENCE):
            self.fill(step)
            for _ in range(2):
                step.locator("[data-turn=on]").tap()
                if self._left(anchor):
                    return
                if ASKED_AGAIN not in self._told(step):
                    break
                step.locator("h2").first.tap()
        raise AssertionError(f"no way past {anchor}: {self._told(step)}")

    def _left(self, anchor: str) -> bool:
        left = self.page.locator(f".step.here:not(#{anchor}), #{anchor} .fault:not(.mended)")
        left.first.wait_for()
        return self._here() != anchor

    @staticmethod
    def _told(step: Locator) -> str:
        return " ".join(step.locator(".fault:not(.mended)").all_inner_texts())

    # ---------------------------------------------------------------- one screen

    def look(self, step: Locator) -> None:
        question, count, text, wider = step.evaluate(SCREEN)
        if question not in self.seen:
            self.seen.append(question)
        self.numbers[question] = count
        self.counts += [count] if count else []
        assert not wider, f"{question} is wider than the phone"
        assert "{" not in text, "a place that nobody fills"

    def fill(self, step: Locator) -> None:
        """Every field in sight, each by its kind; then the words of 其他, which come into sight by a tick."""
        fields = step.evaluate(FIELDS)
        by_name: dict[str, list[dict[str, Any]]] = {}
        for one in fields:
            by_name.setdefault(one["name"], []).append(one)
        for name, same in by_name.items():
            if not same[0]["words"]:
                self._fill_one(step, name, same)
        for one in step.evaluate(FIELDS):
            if one["words"]:
                self._type(step, one["name"], WORDS)

    def _fill_one(self, step: Locator, name: str, same: list[dict[str, Any]]) -> None:
        kind = same[0]["type"]
        if kind == "radio":
            self._tap(step, name, self._choice(same)["value"])
        elif kind == "checkbox":
            self._tick(step, name, same)
        elif kind == "ranking":
            self._put_in_order(step, same[0]["places"])
        elif kind == "select-one":
            self._choose_ranks(step, name, same)
        elif kind in ("date", "time"):
            self._type(step, name, {"date": "1980-02-29", "time": "08:30"}[kind])
        elif same[0]["number"]:
            self._type_number(step, name, same[0])
        else:
            self._type(step, name, WORDS)

    def _choice(self, same: list[dict[str, Any]]) -> dict[str, Any]:
        return same[0] if self.always_first else self.chance.choice(same)

    def _tap(self, step: Locator, name: str, value: str) -> None:
        step.locator(f'label:has(input[name="{name}"][value="{value}"])').tap()
        self.given[name] = value

    def _tick(self, step: Locator, name: str, same: list[dict[str, Any]]) -> None:
        """Some of them within the limit that the question states, or the one that stands alone."""
        for ticked in step.locator(f'input[name="{name}"]:checked').all():
            ticked.locator("xpath=..").tap()  # answered otherwise
        alone = [one for one in same if one["alone"]]
        free = [one for one in same if not one["alone"]]
        if alone and not self.always_first and self.chance.random() < 0.2:
            chosen = [self.chance.choice(alone)]
        else:
            most = min(same[0]["mostChosen"] or len(free), len(free))
            chosen = self.chance.sample(free, self.chance.randint(min(same[0]["fewest"], most), most))
        for one in chosen:
            step.locator(f'label:has(input[name="{name}"][value="{one["value"]}"])').tap()
        self.given[name] = sorted(one["value"] for one in chosen)

    def _put_in_order(self, step: Locator, places: int) -> None:
        for one in step.locator(".rank[aria-pressed=true]").all():
            one.tap()
        buttons = step.locator(".rank").all()
        codes = []
        for button in self.chance.sample(buttons, places):
            codes.append(button.get_attribute("data-code"))
            button.tap()
        name = step.locator("select").first.get_attribute("name") or ""
        self.given[name] = codes
        self.orders.add(name)

    def _choose_ranks(self, step: Locator, name: str, same: list[dict[str, Any]]) -> None:
        """Without a script: a list for each rank."""
        lists = step.locator(f'select[name="{name}"]')
        values = [one.get_attribute("value") or "" for one in lists.first.locator("option").all()]
        codes = self.chance.sample([value.partition(":")[2] for value in values if value], len(same))
        for rank, code in enumerate(codes, start=1):
            lists.nth(rank - 1).select_option(f"{rank}:{code}")
        self.given[name] = codes
        self.orders.add(name)

    def _type_number(self, step: Locator, name: str, about: dict[str, Any]) -> None:
        decimals = int(about["number"])
        least, most = float(about["least"] or 0), float(about["most"] or 100)
        reach = 60 / 2**self.again  # a number that is refused was too large, as a rule
        number = round(self.chance.uniform(least, min(most, least + reach)), decimals)
        self._type(step, name, str(number if decimals else int(number)))
        self.given[name] = number if decimals and not number.is_integer() else int(number)

    def _type(self, step: Locator, name: str, text: str) -> None:
        step.locator(f'[name="{name}"]').fill(text)
        self.given[name] = text

    # ---------------------------------------------------------------- without a script

    def answer_plainly(self, address: str) -> list[str]:
        """From the first screen to the receipt on the plain page, where every question is seen; gives back the numbers
        of the questions on the page that is checked."""
        self.page.goto(address)
        self.page.locator("#start").tap()
        while True:
            step = self.page.locator("section.step:visible")
            anchor = step.get_attribute("id")
            self.look(step)
            self.fill(step)
            onward = step.locator("[data-turn=on]")
            if onward.evaluate("(one) => one.tagName") == "BUTTON":
                break
            onward.tap()
            self.page.locator(f"section.step:not(#{anchor}):visible").wait_for()
        onward.tap()
        self.page.locator(".answers").wait_for()
        told = bare(self.page.locator(".answers dt .count").all_inner_texts())
        self.page.get_by_role("button", name="提交答卷").first.tap()
        self.received()
        return told
