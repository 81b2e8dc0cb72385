"""Exports of the questionnaire of these tests in the shapes that platforms write: invented answers, genuine shapes."""

# ruff: noqa: E501 -- a row of a foreign file is read as one row

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

Truth = Sequence[Mapping[str, object]]

ONE = {"know": "1", "channels": ["1", "5"], "aspects.parking": "1", "aspects.lanes": "9", "age": 45, "opinion": "好"}
OTHER = {**ONE, "channels.other": "小区的喇叭"}
TWO = {"know": "2", "aspects.parking": "2", "aspects.lanes": "3", "age": 61}
THREE = {"know": "1", "channels": ["2", "3"], "aspects.parking": "3", "aspects.lanes": "1", "age": 33}
WHOLE: Truth = (OTHER, TWO, THREE)


@dataclass(frozen=True, kw_only=True)
class Twin:
    """One file. ``said``: what a person answers about values of a variable; ``left``: heads told as left out."""

    name: str
    data: bytes
    truth: Truth = WHOLE
    said: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    left: tuple[str, ...] = ()
    refused: str = ""  # what the one reason says, in Chinese


def table(*rows: Sequence[object], delimiter: str = ",") -> bytes:
    made = io.StringIO()
    csv.writer(made, delimiter=delimiter, lineterminator="\r\n").writerows(rows)
    return made.getvalue().encode()


KNOW, HEAR, EACH, AGE, MORE = (
    "您知道本市正在创建全国文明城市吗？",
    "您是从哪里知道的？",
    "您对下面各方面满意吗？",
    "您今年多大年纪？",
    "您还有什么建议？",
)
KNOW_EN, HEAR_EN, EACH_EN, AGE_EN, MORE_EN = (
    "Do you know that the city applies?",
    "How did you hear of it?",
    "Are you satisfied with each of these?",
    "How old are you?",
    "What else would you suggest?",
)
LANES, LANES_EN = "背街小巷保洁", "Cleaning of back lanes"

TWINS = (
    Twin(
        name="问卷星, by labels",
        data=table(
            ["序号", "提交答卷时间", "所用时间", "来源", "来源详情", "来自IP", f"1、{KNOW}", f"2、{HEAR}",
             f"5、{EACH}—停车秩序", f"5、{EACH}—{LANES}", f"6、{AGE}", f"10、{MORE}"],
            [1, "2026/9/3 10:11:12", "65秒", "微信", "甲", "10.1.2.3(浙江-杭州)", "知道",
             "公告栏、宣传栏┋其他〖小区的喇叭〗", "满意", "说不清", 45, "好"],
            [2, "2026/9/3 10:12:12", "80秒", "微信", "乙", "10.1.2.4", "不知道", "(跳过)", "基本满意", "不满意", 61,
             "(空)"],
            [3, "2026/9/3 10:15:12", "71秒", "手机提交", "", "10.1.2.5", "知道", "微信┋电视", "不满意", "满意", 33,
             "(空)"],
        ),
        left=("来源",),
    ),
    Twin(
        name="问卷星, a column for each option",
        data=table(
            ["序号", "提交答卷时间", f"1、{KNOW}", *(f"2、{HEAR}({one})" for one in ("公告栏、宣传栏", "微信", "电视", "其他")),
             f"5、{EACH}(停车秩序)", f"5、{EACH}({LANES})", f"6、{AGE}", f"10、{MORE}"],
            [1, "2026/9/3 10:11:12", 1, 1, 0, 0, "1〖小区的喇叭〗", 1, 9, 45, "好"],
            [2, "2026/9/3 10:12:12", 2, -3, -3, -3, -3, 2, 3, 61, "(空)"],
            [3, "2026/9/3 10:15:12", 1, 0, 1, 1, 0, 3, 1, 33, "(空)"],
        ),
    ),
    Twin(
        name="腾讯问卷",
        data=table(
            ["编号", "开始答题时间", "结束答题时间", "答题时长", f"1.{KNOW}", f"2.{HEAR}", f"5.{EACH}:停车秩序",
             f"5.{EACH}:{LANES}", f"6.{AGE}", f"10.{MORE}"],
            [309, "2026/9/3 10:10", "2026/9/3 10:11", 65, "知道", "公告栏、宣传栏; 其他：小区的喇叭", "满意", "说不清", 45, "好"],
            [308, "2026/9/3 10:10", "2026/9/3 10:12", 80, "不知道", "", "基本满意", "不满意", 61, ""],
            [307, "2026/9/3 10:10", "2026/9/3 10:15", 71, "知道", "微信; 电视", "不满意", "满意", 33, ""],
        ),
        left=("开始答题时间",),
    ),
    Twin(
        name="Google Forms, words of “other” among the labels",
        data=table(
            ["Timestamp", "Email Address", KNOW_EN, HEAR_EN, f"{EACH_EN} [Parking]", f"{EACH_EN} [{LANES_EN}]", AGE_EN, MORE_EN],
            ["2026/09/03 10:11:12 am GMT+8", "a@example.org", "Yes", "Notice board, 小区的喇叭", "Satisfied", "Cannot say", 45, "好"],
            ["2026/09/03 10:12:12 am GMT+8", "b@example.org", "No", "", "Fairly satisfied", "Dissatisfied", 61, ""],
            ["2026/09/03 10:15:12 am GMT+8", "c@example.org", "Yes", "WeChat, Television", "Dissatisfied", "Satisfied", 33, ""],
        ),
        said={"channels": {"小区的喇叭": "5"}},
    ),
    Twin(
        name="Google Forms in Chinese, parted by semicolons",
        data=table(
            ["时间戳记", KNOW, HEAR, f"{EACH} [停车秩序]", f"{EACH} [{LANES}]", AGE, MORE],
            ["2026-9-3 上午10:11:12", "知道", "公告栏、宣传栏;其他(小区的喇叭)", "满意", "说不清", 45, "好"],
            ["2026-9-3 上午10:12:12", "不知道", "", "基本满意", "不满意", 61, ""],
            ["2026-9-3 下午02:15:12", "知道", "微信;电视", "不满意", "满意", 33, ""],
        ),
    ),
    Twin(
        name="SurveyMonkey, heads in two rows",
        data=table(
            ["RespondentID", "CollectorID", "StartDate", "EndDate", "IP Address", "Email Address", KNOW_EN, HEAR_EN, "", "", "",
             EACH_EN, "", AGE_EN, MORE_EN],
            ["", "", "", "", "", "", "Response", "Notice board", "WeChat", "Television", "Other", "Parking", LANES_EN,
             "Open-Ended Response", "Open-Ended Response"],
            [3292953864, 1, "09/03/2026 10:10", "09/03/2026 10:11", "10.1.2.3", "a@example.org", "Yes", "Notice board", "", "",
             "小区的喇叭", "Satisfied", "Cannot say", 45, "好"],
            [3292953865, 1, "09/03/2026 10:10", "09/03/2026 10:12", "10.1.2.4", "", "No", "", "", "", "", "Fairly satisfied",
             "Dissatisfied", 61, ""],
            [3292953866, 1, "09/03/2026 10:10", "09/03/2026 10:15", "10.1.2.5", "", "Yes", "", "WeChat", "Television", "",
             "Dissatisfied", "Satisfied", 33, ""],
        ),
        left=("CollectorID", "StartDate"),
    ),
    Twin(
        name="SurveyMonkey, heads in one row",
        data=table(
            ["RespondentID", KNOW_EN, *(f"{HEAR_EN} - {one}" for one in ("Notice board", "WeChat", "Television", "Other")),
             f"{EACH_EN} - Parking", f"{EACH_EN} - {LANES_EN}", AGE_EN, MORE_EN],
            ["", "Response", "", "", "", "", "Response", "Response", "Open-Ended Response", "Open-Ended Response"],
            [3292953864, "Yes", "Notice board", "", "", "小区的喇叭", "Satisfied", "Cannot say", 45, "好"],
            [3292953865, "No", "", "", "", "", "Fairly satisfied", "Dissatisfied", 61, ""],
            [3292953866, "Yes", "", "WeChat", "Television", "", "Dissatisfied", "Satisfied", 33, ""],
        ),
    ),
    Twin(
        name="LimeSurvey, by codes",
        data=table(
            ["id", "submitdate", "lastpage", "startlanguage", "ipaddr", "know", "channels[1]", "channels[2]", "channels[3]",
             "channels[5]", "channels[other]", "aspects[parking]", "aspects[lanes]", "age", "opinion"],
            [7, "2026-09-03 10:11:12", 3, "zh-Hans", "10.1.2.3", "1", "Y", "", "", "Y", "小区的喇叭", "1", "9", "45", "好"],
            [9, "2026-09-03 10:12:12", 3, "zh-Hans", "10.1.2.4", "2", "", "", "", "", "", "2", "3", "61", ""],
            [12, "2026-09-03 10:15:12", 3, "zh-Hans", "10.1.2.5", "1", "", "Y", "Y", "", "", "3", "1", "33", ""],
        ),
        left=("lastpage", "startlanguage"),
    ),
    Twin(
        name="LimeSurvey, by texts",
        data=table(
            ["id. Response ID", f"know. {KNOW_EN}", f"channels[1]. {HEAR_EN} [Notice board]", f"channels[2]. {HEAR_EN} [WeChat]",
             f"channels[3]. {HEAR_EN} [Television]", f"channels[5]. {HEAR_EN} [Other]",
             f"aspects[parking]. {EACH_EN} [Parking]", f"aspects[lanes]. {EACH_EN} [{LANES_EN}]", f"age. {AGE_EN}",
             f"opinion. {MORE_EN}"],
            [7, "Yes", "Yes", "No", "No", "Yes", "Satisfied", "Cannot say", "45.0", "好"],
            [9, "No", "N/A", "N/A", "N/A", "N/A", "Fairly satisfied", "Dissatisfied", "61.0", ""],
            [12, "Yes", "No", "Yes", "Yes", "No", "Dissatisfied", "Satisfied", "33.0", ""],
        ),
        truth=(ONE, TWO, THREE),
        left=("id. Response ID",),
    ),
    Twin(
        name="KoboToolbox, in groups, several in one cell and once more tick by tick",
        data=table(
            ["start", "end", "main/know", "main/channels", "main/channels/1", "main/channels/2", "main/channels/3",
             "main/channels/5", "main/channels/other", "main/aspects/parking", "main/aspects/lanes", "main/age", "main/opinion",
             "_id", "_uuid", "_submission_time", "_validation_status", "_index"],
            ["2026-09-03T10:10:00", "2026-09-03T10:11:00", 1, "1 5", 1, 0, 0, 1, "小区的喇叭", 1, 9, 45, "好", 1001, "ab-1",
             "2026-09-03T10:11:12", "", 1],
            ["2026-09-03T10:10:00", "2026-09-03T10:11:00", 2, "", "", "", "", "", "", 2, 3, 61, "", 1002, "ab-2",
             "2026-09-03T10:12:12", "", 2],
            ["2026-09-03T10:10:00", "2026-09-03T10:11:00", 1, "2 3", 0, 1, 1, 0, "", 3, 1, 33, "", 1003, "ab-3",
             "2026-09-03T10:15:12", "", 3],
            delimiter=";",
        ),
        left=("start", "end", "main/channels/1", "main/channels/5", "_id", "_index"),
    ),
    Twin(
        name="ODK Central",
        data=table(
            ["SubmissionDate", "main-know", "main-channels", "main-channels_other", "main-aspects-parking",
             "main-aspects-lanes", "main-age", "main-opinion", "meta-instanceID", "KEY", "SubmitterID", "SubmitterName"],
            ["2026-09-03T02:11:12.000Z", 1, "1 5", "小区的喇叭", 1, 9, 45, "好", "uuid:a", "uuid:a", 24, "enumerator"],
            ["2026-09-03T02:12:12.000Z", 2, "", "", 2, 3, 61, "", "uuid:b", "uuid:b", 24, "enumerator"],
            ["2026-09-03T02:15:12.000Z", 1, "2 3", "", 3, 1, 33, "", "uuid:c", "uuid:c", 24, "enumerator"],
        ),
        left=("KEY",),
    ),
    Twin(
        name="Qualtrics, heads in three rows",
        data=table(
            ["StartDate", "IPAddress", "Duration (in seconds)", "ResponseId", "Q1", "Q2", "Q2_5_TEXT", "Q5_1", "Q5_2", "Q6", "Q10"],
            ["Start Date", "IP Address", "Duration (in seconds)", "Response ID", KNOW_EN, f"{HEAR_EN} - Selected Choice",
             f"{HEAR_EN} - Other - Text", f"{EACH_EN} - Parking", f"{EACH_EN} - {LANES_EN}", AGE_EN, MORE_EN],
            [f'{{"ImportId":"{one}"}}' for one in "abcdefghijk"],
            ["2026-09-03 10:10:12", "10.1.2.3", 65, "R_a", "Yes", "Notice board,Other", "小区的喇叭", "Satisfied", "Cannot say", 45, "好"],
            ["2026-09-03 10:11:12", "10.1.2.4", 80, "R_b", "No", "", "", "Fairly satisfied", "Dissatisfied", 61, ""],
            ["2026-09-03 10:12:12", "10.1.2.5", 71, "R_c", "Yes", "WeChat,Television", "", "Dissatisfied", "Satisfied", 33, ""],
        ),
        left=("Start Date",),
    ),
    Twin(
        name="a web page called .xls, answers in letters",
        data=(
            "<html><meta charset=gb2312><table border=1><tr><th>编号<th>"
            + "<th>".join([KNOW, HEAR, f"{EACH}—停车秩序", f"{EACH}—{LANES}", AGE, MORE])
            + "</tr><tr><td>1<td>A<td>AD<td>A<td>D<td>45<td>好</tr><tr><td>2<td>B<td><td>B<td>C<td>61<td></tr>"
            "<tr><td>3<td>A<td>BC<td>C<td>A<td>33<td></tr></table></html>"
        ).encode("gb18030"),
        truth=(ONE, TWO, THREE),
    ),
    # ------------------------------------------------------------------ refused, each with one reason
    Twin(
        name="LimeSurvey saved once more with row numbers under no head",
        data=table(["", "know", "age"], [0, "1", "45"], [1, "2", "61"]),
        refused="A 列有 2 格内容，却没有列名",
    ),
    Twin(
        name="SurveyMonkey after somebody removed the second row of heads",
        data=table(["RespondentID", HEAR_EN, "", AGE_EN], [3292953864, "Notice board", "", 45], [3292953865, "", "WeChat", 61]),
        refused="C 列有 1 格内容，却没有列名",
    ),
    Twin(
        name="a page that asks to sign in, saved as the export",
        data="<!DOCTYPE html><html><body>请先登录</body></html>".encode(),
        refused="没有表格",
    ),
    Twin(
        name="SurveyMonkey's summary instead of its answers",
        data=b"MIME-Version: 1.0\nContent-Type: multipart/related; boundary=x",
        refused="网页存档",
    ),
)  # fmt: skip
