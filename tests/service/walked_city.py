"""A city that is walked through page by page: what its people type, and where they press."""

from __future__ import annotations

import io
import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi.testclient import TestClient
from lxml import html  # type: ignore[import-untyped]
from pypdf import PdfReader

from survey_service import jobs
from survey_service.keying import values
from survey_service.secrets import KeyRing
from survey_service.settings import Settings
from tests.programmes import programme
from tests.service.conftest import TestClock
from tests.service.person import Person
from tests.service.resident import filled, read_page
from tests.service.signed_in import HTML, csrf, get
from tests.spec.equivalence.paths import anybody

AFTER = datetime(2026, 10, 1, 2, tzinfo=UTC)
PASSWORD = "Qing-shui-he-2026"
WAVE = "/surveys/satisfaction/waves/2026Q3"
ROUNDS = "/visits/satisfaction/2026Q3"
KEYING = "/keying/satisfaction/2026Q3"
PROGRAMME = "civilized_city"
COLLEAGUES = {
    "manager": "manager",
    "statistician": "statistician",
    "leader": "leader",
    "keyer1": "keyer",
    "keyer2": "keyer",
    "visitor1": "interviewer",
    "visitor2": "interviewer",
}
# What a knock comes to, in turn; "" is an interview.
KNOCKS = ("", "2.24", "2.112", "", "4.60", "3.10", "2.111", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    communities: int
    households: int  # of each community
    drawn: int

    def areas(self) -> list[tuple[str, str]]:
        """Code and name; two streets, the communities dealt between them."""
        return [
            (f"99010100{1 + one % 2}{1 + one // 2:03d}", f"第{1 + one % 2}街道第{1 + one // 2}社区")
            for one in range(self.communities)
        ]

    def tree(self) -> bytes:
        rows = ["代码,名称,级别,上级代码,户数", "990101000000,城东区,区县,990100000000,"]
        rows += [f"99010100{street}000,第{street}街道,街道,990101000000," for street in (1, 2)]
        rows += [f"{code},{name},社区,{code[:9]}000,{self.households}" for code, name in self.areas()]
        return "\n".join(rows).encode()

    def people(self) -> bytes:
        persons = self.households * 2 // 6
        rows = ["代码,性别,年龄组,人数"]
        for code, _ in self.areas():
            rows += [f"{code},{sex},{ages},{persons}" for sex in "男女" for ages in ("18-44", "45-59", "60+")]
        return "\n".join(rows).encode()

    def household_list(self) -> bytes:
        """In walking order, thirty to a grid; one to four adults."""
        chance, rows = random.Random(20261130), ["户编号,社区,网格,门牌,成年人数"]
        for code, _ in self.areas():
            for one in range(self.households):
                adults = chance.choice((1, 2, 2, 2, 3, 4))
                grid, door = 1 + one // 30, f"和平路{code[-1]}号{1 + one // 12}栋{100 + one % 12}"
                rows.append(f"{code[-4:]}-{one:03d},{code},{code}-{grid:02d},{door},{adults}")
        return "\n".join(rows).encode()


class Walk:
    """One city, one wave; ``me`` is whoever sits before the page at the time."""

    def __init__(self, client: TestClient, settings: Settings, clock: TestClock, city: City) -> None:
        self.client, self.settings, self.clock, self.city = client, settings, clock, city
        self.me = Person(client)
        self.keyed = self.answered = 0
        self.met: set[str] = set()  # households at whose door somebody stood
        self.refused_and_away: Counter[str] = Counter()
        self.chance = random.Random(20261130)
        self.questionnaire = programme(PROGRAMME)

    # ------------------------------------------------------------------ the office sets itself up

    def begin(self) -> None:
        """The first administrator, areas and people, colleagues with passwords of their own."""
        me = self.me
        me.open("/sign-in")
        me.open(me.links("first-administrator")[0])
        secret = KeyRing(self.settings.secret_key.get_secret_value()).first_administrator()
        place = {"city_name": "示范市", "city_code": "990100000000"}
        first = {"name": "系统管理员", "user": "admin", "password": PASSWORD}
        me.press("first-administrator", {"secret": secret, **place, **first})
        me.press("sign-in", {"user": "admin", "password": PASSWORD})
        self._bring("/areas/imports/tree", "地区.csv", self.city.tree(), {})
        said = {"source": "市统计局年报", "as_of": "2025-12-31", "register": "usual_residents"}
        self._bring("/areas/imports/people", "人口.csv", self.city.people(), said)
        secrets = {}
        for user, role in COLLEAGUES.items():
            me.open("/accounts/new")
            me.press("/accounts", {"name": f"同事{user}", "user": user, "role": role, "area": "示范市"})
            secrets[user] = re.findall(r"[a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}", me.page)[0]
        for user, secret in secrets.items():
            me.sign_in(user, secret)
            me.press("account/password", {"old": secret, "new": PASSWORD})

    def _bring(self, page: str, name: str, content: bytes, typed: dict[str, str]) -> None:
        """A file is looked at first, and taken in by a second press."""
        self.me.open(page)
        self.me.press(page, typed, file=("file", name, content))
        self.me.press(page)

    # ------------------------------------------------------------------ plan, draw, letters

    def plan_and_draw(self) -> None:
        me = self.me
        me.sign_in("manager", PASSWORD)
        me.open("/surveys/new")
        me.press("/surveys", {"title_zh": "示范市公众满意度测评", "key": "satisfaction", "area": "990100000000"})
        me.open(me.links("questionnaires/new")[0])
        me.press("questionnaires", holding=("shipped", PROGRAMME))
        me.open(me.links("waves/new")[0])
        asked: dict[str, str | list[str]] = {
            "name_zh": "2026年第三季度",
            "key": "2026Q3",
            "opens_on": "2026-09-18",
            "closes_on": "2026-09-30",
            "modes": ["web_invited", "paper", "face_to_face"],
            "response_rate": "60",
            "from_abroad": "no",
        }
        formal = {"form_number": "示满 01 表", "issuing_body": "示范市统计局", "valid_until": "2027-06-30"}
        me.press("waves", {**asked, **formal, "approval_number": "示统备〔2026〕1 号"})
        self._bring(f"{WAVE}/cases/draw", "户名单.csv", self.city.household_list(), {"size": str(self.city.drawn)})
        assert f"共 {self.city.drawn} 户" in me.page

    def letters(self) -> list[str]:
        """The short codes of all letters, read from the sheets."""
        me, found = self.me, []
        me.open(f"{WAVE}/invitations")
        me.press("invitations/letters", holding=("language", "zh"))
        self._work()
        me.open(f"{WAVE}/invitations")
        me.press("invitations/letters.pdf", holding=("language", "zh"))
        for sheet in PdfReader(io.BytesIO(me.answer.content)).pages:
            words = sheet.extract_text()
            assert "和平路" in words, "nobody has to look up where a letter goes"
            found += re.findall(r"\b[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]\b", words)
        return found

    def open(self) -> None:
        """Households are shared out, forms printed."""
        me = self.me
        me.open(f"{WAVE}/steps/open")
        me.press("steps/open")
        me.open(f"{WAVE}/field/people")
        boxes = html.fromstring(me.page).xpath("//input[@name='who' or @name='area']")
        everybody = {name: [one.get("value") for one in boxes if one.get("name") == name] for name in ("who", "area")}
        me.press("field/people", everybody)
        me.open(f"{WAVE}/paper")
        me.press("/paper")
        self._work()

    # ------------------------------------------------------------------ answers from everywhere

    def knock(self) -> None:
        """Each visitor gets half of the round done."""
        for user in ("visitor1", "visitor2"):
            self.me.sign_in(user, PASSWORD)
            doors = self._doors()
            for turn, door in enumerate(doors[: len(doors) // 2]):
                self.clock.at += timedelta(minutes=5)
                self.met.update(re.findall(r"\d{6}-\d{4}", self.me.open(door)))
                outcome = KNOCKS[turn % len(KNOCKS)]
                if outcome:
                    self.me.press(door, holding=("code", outcome))
                    self.refused_and_away[outcome] += 1
                else:
                    self.me.press("interview")
                    self._answer()

    def _doors(self) -> list[str]:
        """The round of whoever is signed in; where it is long, block by block."""
        self.me.open(f"{ROUNDS}?show=waiting")
        blocks = list(dict.fromkeys(self.me.links("block=")))
        doors: list[str] = []
        for page in blocks or [self.me.at]:
            self.me.open(page)
            doors += [one for one in self.me.links(f"{ROUNDS}/") if "?" not in one]
        return list(dict.fromkeys(doors))

    def answer_online(self, codes: Sequence[str]) -> None:
        """Two of three letters: what is printed beside the code in the picture is typed on the first page."""
        for turn, code in enumerate(codes):
            self.client.cookies.clear()
            if turn % 3 != 2:
                self.clock.at += timedelta(minutes=1)
                self.me.open("/")
                self.me.press("/a", {"code": code})
                self._answer()

    def _answer(self) -> None:
        said = {
            name: [str(code) for code in answer] if isinstance(answer, list) else str(answer)
            for name, answer in self._somebody().items()
        }
        page, nothing = self.me.page, dict[str, str | list[str]]()
        for action, typed in (("check", said), ("submit", nothing)):
            posted = filled(read_page(page), typed, action)
            page = self.client.post(self.me.at, data=posted, headers=HTML, follow_redirects=True).text
        assert "state reached" in page, page
        self.answered += 1

    def _somebody(self) -> dict[str, Any]:
        """No stranger to what is asked: of four who might be, the one who is asked most."""
        four = [anybody(self.questionnaire, self.chance) for _ in range(4)]
        return dict(max(four, key=lambda one: len(one.asked)).answers)

    def key_paper(self) -> None:
        """Half of the forms that may still come come back; two keyers key them blind, and agree."""
        me = self.me
        me.sign_in("manager", PASSWORD)
        batches = self._numbered(f"{WAVE}/paper")
        forms = {batch: self._awaited(batch) for batch in batches}
        me.open(f"{WAVE}/paper")
        for serials in forms.values():
            for serial in serials:
                me.press("paper/returns", {"serial": serial})
        for batch in batches:
            me.open(f"{WAVE}/paper/{batch}")
            me.press(f"{batch}/missing")
        answers = {serial: self._somebody() for serials in forms.values() for serial in serials}
        for user in ("keyer1", "keyer2"):
            me.sign_in(user, PASSWORD)
            for serial, said in answers.items():
                self._key(user, serial, said)
        self.answered += len(answers)

    def _numbered(self, page: str) -> list[str]:
        self.me.open(page)
        return sorted({one.rsplit("/", 1)[1] for one in self.me.links(f"{page}/") if one[-1].isdigit()})

    def _awaited(self, batch: str) -> list[str]:
        """Every other form that may still come, but of those at whose door something else was learnt."""
        self.me.open(f"{WAVE}/paper/{batch}")
        rows = html.fromstring(self.me.page).xpath("//tr[th[@class='serial']]")
        households = {
            row.xpath("th")[0].text_content().strip(): row.xpath("td")[1].text_content().strip() for row in rows
        }
        self.me.open(f"{KEYING}/batches/{batch}")
        words = " ".join(html.fromstring(self.me.page).xpath("//main")[0].text_content().split())
        awaited = re.findall(r"\d{3} \d{3} \d{3}", words.split("还没有收回")[1])
        return [one for one in awaited if households[one] not in self.met][::2]

    def _key(self, user: str, serial: str, said: dict[str, Any]) -> None:
        token = csrf(get(self.client, "/account"))
        headers = {"Accept": "application/json", "X-CSRF-Token": token}
        number = serial.replace(" ", "")
        held = self.client.post(f"{KEYING}/forms/{number}/hold", json={}, headers=headers)
        assert held.status_code == 200, held.text
        fields = {f"a.{name}": values.typed(answer) for name, answer in said.items()}
        data = {"number": number, "client_id": f"{user}-{number}", "accept": "", "csrf": token, **fields}
        reply = self.client.post(f"{KEYING}/forms", data=data, headers=headers)
        if reply.status_code == 422 and not any(told["hard"] for told in reply.json()["messages"]):
            data["accept"] = " ".join(told["variable"] for told in reply.json()["messages"])  # so it stands on paper
            reply = self.client.post(f"{KEYING}/forms", data=data, headers=headers)
        assert reply.status_code == 200, reply.text
        self.keyed += len(fields)

    # ------------------------------------------------------------------ figures

    def outcomes_shown(self) -> dict[str, int]:
        """What the page of the field says before the end: by code of AAPOR, how many cases."""
        self.me.sign_in("manager", PASSWORD)
        self.me.open(f"{WAVE}/field")
        found: Counter[str] = Counter()
        for row in html.fromstring(self.me.page).xpath("//tr[td or th]"):
            words = " ".join(" ".join(one.text_content().split()) for one in row)
            if told := re.search(r"\b([1-4]\.\d{1,3}) .*?(\d+)$", words):
                found[told[1]] += int(told[2])
        return found

    def close(self) -> None:
        me = self.me
        self.clock.at = AFTER
        me.sign_in("manager", PASSWORD)
        me.open(f"{WAVE}/steps/close")
        me.press("steps/close")
        me.sign_in("statistician", PASSWORD)
        me.open(f"{WAVE}/steps/review")
        me.press("steps/review")

    def sign(self) -> None:
        """Opened, then signed by three people; the reports are made by the worker."""
        me = self.me
        me.open(f"{WAVE}/estimates")
        me.press("estimates/open")
        for user, step in (("statistician", "/prepared"), ("manager", "/reviewed"), ("leader", "")):
            me.sign_in(user, PASSWORD)
            me.open(f"{WAVE}/release")
            me.press(f"/release{step}")
        self._work()

    def report(self, area: str) -> str:
        """The words of the sheet of an area, as its leader reads them."""
        self.me.open(WAVE)
        self.me.open(self.me.links(f"{area}.zh.pdf")[0])
        return " ".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(self.me.answer.content)).pages)

    def _work(self) -> None:
        while jobs.do_next(self.client.app.state.services):  # type: ignore[attr-defined]
            pass
