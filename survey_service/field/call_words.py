"""The large buttons of a telephone desk: how calls end, and the codes of AAPOR for the telephone behind them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from analysis.outcome_codes import OutcomeMode
from questionnaires.text import Text
from survey_service.field.door_words import Button, Finding, as_tapped
from survey_service.models import Wave

BUTTONS: Final = (
    Button(
        Text("没人接", "Nobody answers"),
        (
            Finding("3.13", Text("响到底没人接", "It rang, nobody answered")),
            Finding("3.12", Text("占线", "Busy")),
            Finding("3.14", Text("语音信箱，不知是谁家", "Answering machine, whose is not known")),
            Finding("2.22", Text("语音信箱，确实是这一户", "Answering machine of this household")),
            Finding("3.15", Text("被拦截、直接挂断", "Blocked, or cut off at once")),
        ),
    ),
    Button(
        Text("约时间再打", "Call again at a time"),
        (Finding("2.21", Text("约好了", "Agreed"), asks_when=True, asks_whom=True),),
    ),
    Button(
        Text("不愿意答", "Refused"),
        (
            Finding("2.111", Text("住户拒访", "The household refused"), by_another=True),
            Finding("2.112", Text("被选中的人拒访", "The selected person refused"), by_chosen=True),
            Finding("2.12", Text("答到一半不答了", "Broke off half way"), by_chosen=True),
        ),
    ),
    Button(
        Text("答不了", "Cannot answer"),
        (
            Finding("2.21", Text("被选中的人不在或没空", "The selected person is away or busy"), asks_whom=True),
            Finding("2.32", Text("身体或精神原因答不了", "Cannot answer for reasons of health")),
            Finding("2.332", Text("语言不通", "No common language")),
            Finding("2.34", Text("听不清、信号差", "The line is too poor")),
            Finding("2.35", Text("对方在开车、在单位，不方便", "They are driving, or at work")),
        ),
    ),
    Button(
        Text("号码不对", "Wrong number"),
        (
            Finding("4.31", Text("空号", "No such number")),
            Finding("4.32", Text("停机", "Disconnected")),
            Finding("4.41", Text("换了人，不是这一户", "Somebody else's by now")),
            Finding("4.51", Text("是店铺或单位", "A shop or an office")),
            Finding("4.70", Text("家里没有 18 岁以上的人", "Nobody of 18 or over")),
        ),
    ),
    Button(
        Text("其他", "Something else"),
        (
            Finding("3.16", Text("线路故障", "A fault of the line")),
            Finding("2.36", Text("别的原因没做成", "Another reason")),
        ),
    ),
)
CODES: Final = frozenset(one.code for button in BUTTONS for one in button.findings)


def said(wave: Wave) -> Callable[[str, OutcomeMode], Text]:
    return as_tapped(BUTTONS, OutcomeMode.TELEPHONE, wave.listed_unit)
