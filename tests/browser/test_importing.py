"""A manager takes in an export of 问卷星: uploads it, explains a foreign word, sees every problem, takes it in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from survey_service import jobs
from survey_service.models import Job
from survey_service.models.job import JobState
from survey_service.worker.surroundings import services
from tests.browser.staff_fixtures import HERE, sign_in

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from survey_service.database import Database
    from survey_service.settings import Settings


pytestmark = pytest.mark.browser

HEADS = (
    "序号,提交答卷时间,所用时间,来自IP,表号,所在社区,1、您知道本市正在创建全国文明城市吗？,2、您是从哪里知道的？,"
    "3、总的来说，您对所在社区满意吗？,4、您对下面各方面满意吗？—停车秩序,5、您今年多大年纪？,您的手机号码"
)
ROWS = (
    "1,2026/9/3 10:11:12,65秒,10.1.2.3,0001-001,,知道,微信┋其他〖广播〗,满意,说不清,４５,13812345678",
    "2,2026/9/3 10:12:12,80秒,10.1.2.4,0002-003,,不知道,(跳过),比较满意,(空),61,13912345678",
    "3,2026/9/3 10:13:12,90秒,10.1.2.5,,文昌阁社区,知道,公告栏,不满意,满意,-3,13712345678",
)
FAULTY = "4,2026/9/3 10:14:12,70秒,10.1.2.6,9999-009,,知道,微信,满意,满意,17,13612345678"


def upload(page: Page, base: str, path: Path, *rows: str) -> None:
    path.write_text("\n".join([HEADS, *rows]) + "\n", encoding="gb18030")
    page.goto(f"{base}{HERE}")
    page.get_by_role("link", name="收入外来答卷").click()
    page.locator("#file").set_input_files(path)
    page.get_by_role("button", name="上传，看看读到了什么").click()


def taken_in(database: Database, settings: Settings) -> None:
    """What a worker of ``serve`` does: this server is served without any."""
    with database.reading.begin() as session:
        (key,) = session.execute(select(Job.survey_id, Job.id).where(Job.state == JobState.WAITING)).all()
    with services(settings) as own:
        assert jobs.work(own, *key) is JobState.DONE


def test_an_export_is_mapped_checked_and_taken_in(
    desk: Callable[..., Page], base: str, tmp_path: Path, database: Database, settings: Settings
) -> None:
    from playwright.sync_api import expect

    page = desk()
    page.set_default_timeout(120_000)
    sign_in(page, base, "manager")
    upload(page, base, tmp_path / "答卷.csv", *ROWS, FAULTY)
    expect(page.get_by_role("heading", level=1)).to_have_text("哪一列是哪道题")
    expect(page.locator("select[name=to-6]")).to_have_value("answer:know")
    expect(page.locator("select[name=to-9]")).to_have_value("answer:aspects.parking")
    expect(page.get_by_text("像是联系方式，不收也不存")).to_have_count(2)
    expect(page.locator("main")).not_to_contain_text("138123")
    page.get_by_label("“比较满意”").select_option("2")
    page.get_by_role("button", name="存好，检查每一行").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("检查结果")
    problems = page.locator("table.found").first.locator("tbody tr")
    expect(problems).to_have_count(2)
    expect(problems.filter(has_text="9999-009").locator("td").first).to_have_text("5")
    expect(page.get_by_role("button", name="收入这")).to_have_count(0)

    upload(page, base, tmp_path / "改好.csv", *ROWS)
    page.get_by_label("“比较满意”").select_option("2")
    page.get_by_role("button", name="存好，检查每一行").click()
    expect(page.locator("main")).to_contain_text("“４５”读作 45")
    page.get_by_role("button", name="收入这 3 份").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("正在收入")
    taken_in(database, settings)
    expect(page.get_by_role("heading", level=1)).to_have_text("已收入")
    expect(page.locator("main")).to_contain_text("收入了 3 份；先前已经收过、没有变的 0 份")
    page.get_by_role("link", name="看这一期的进度").click()
    expect(page.locator("main")).to_contain_text("外来数据另收 1 份")

    upload(page, base, tmp_path / "再传.csv", *ROWS)
    page.get_by_label("“比较满意”").select_option("2")
    page.get_by_role("button", name="存好，检查每一行").click()
    expect(page.locator("main")).to_contain_text("没有新的答卷")
    expect(page.get_by_role("button", name="收入这")).to_have_count(0)
    page.get_by_role("button", name="不收了，删掉这个文件").click()
    expect(page.locator("main")).to_contain_text("没有收，已删掉")
