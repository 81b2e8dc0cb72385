"""What the field's pages refuse."""

from __future__ import annotations

from survey_service.errors import BadInput, Conflict


class FieldOver(Conflict):
    code = "E171"
    zh = "这一期不在收答卷，也不在截止后等审核，结果不能再记。"
    en = "The wave is neither open nor closed and waiting for its review; visits are noted no more."


class NoSuchOutcome(BadInput):
    code = "E172"
    zh = "没有选结果，或者选的结果不在列表里。请从列表里选一个。"
    en = "No outcome was chosen, or one that is not in the list. Choose one of the list."


class WrongMoment(BadInput):
    code = "E173"
    zh = "日期或时间写得不对，或者在现在之后。写成 2026-09-18 和 18:30；时间可以不写。"
    en = "The day or the time cannot be read, or lies ahead. Write 2026-09-18 and 18:30; the time may be left out."


class NoneChosen(BadInput):
    code = "E174"
    zh = "一个也没有选。先在列表里勾上要登记的。"
    en = "No household was chosen. Tick those that it is about."


class WrongAppointment(BadInput):
    code = "E176"
    zh = "约的时间要在现在以后、这一期截止以前。请重新选日期和时间。"
    en = "An appointment lies ahead and before the end of the wave. Choose day and time again."


class NoInterviewer(BadInput):
    code = "E177"
    zh = "没有选调查员，或者选的人不能在这个地区上门。"
    en = "No interviewer was chosen, or one who does not go round in this area."


class NotAsked(BadInput):
    code = "E261"
    zh = "先选有没有人来问过；记得多长时间的，写分钟数，0 到 600 的整数，例如 15。"
    en = "Choose first whether anybody came. If they remember how long, write minutes, a whole number from 0 to 600."


class NoSuchTie(BadInput):
    code = "E263"
    zh = "没有选是哪个社区、哪个街道的人。请从列表里选一个。"
    en = "It was not said which community or street this person works for. Choose one of the list."


class NoTelephone(Conflict):
    code = "E255"
    zh = "这里没有电话号码，或者已经按期销毁。请问项目管理员。"
    en = "There is no telephone number of this household, or it was destroyed on its day. Ask the manager."
