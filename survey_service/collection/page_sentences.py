"""Sentences of the resident's page that are made in Python, as messages that a further language translates.

What templates say is taken from the templates. A value stands as ``%(name)s``; what the script fills in stays in
braces. A test puts every sentence that a kind of question can say to this list.
"""

from __future__ import annotations

from typing import Final

from survey_service.captures import errors as captures
from survey_service.collection import errors as collection
from survey_service.collection.replies import HEADINGS, NOT_STORED, NOT_TAKEN, NOT_THESE, SOMEBODY_ELSES
from survey_service.errors import BadInput, DomainError, TooBusy, TooLarge
from survey_service.surveys import errors as surveys

_ERRORS: Final[tuple[type[DomainError], ...]] = (
    surveys.UnknownCode,
    collection.RevokedCode,
    surveys.MistypedCode,
    surveys.TypingPaused,
    surveys.TypingOver,
    surveys.NotLookedUp,
    captures.AlreadyAnswered,
    captures.WaveClosed,
    captures.ContentConflict,
    captures.Withdrawn,
    collection.UnknownReceipt,
    collection.NothingAnswered,
    collection.TooManyFromHere,
    TooBusy,
    BadInput,
    TooLarge,
)
# What is expected of an answer, and what to do about one: sentence by sentence, some of them clause by clause.
_OF_QUESTIONS: Final = (
    "选一项。",
    "选一个数。",
    "每一行选一项。",
    "每一行选一个数。",
    "请选一项。",
    "请选一个数。",
    "请每一行选一项。",
    "请每一行选一个数。",
    "可选多项。",
    "请至少选一项。",
    "选%(count)s项。",
    "选%(least)s到%(most)s项。",
    "最多选%(most)s项。",
    "至少选%(least)s项。",
    "现在选了 {count} 项，请去掉 {over} 项。",
    "现在选了 {count} 项，还差 {short} 项。",
    "现在选了 %(count)s 项，请去掉 %(over)s 项。",
    "现在选了 %(count)s 项，还差 %(short)s 项。",
    "请再看一眼选项。",
    "这道题只选一项。",
    "选了“%(label)s”，就不用再选别的；要选别的，请去掉“%(label)s”。",
    "“%(seen)s”不是选项。可选：%(listed)s。",
    "用数字写%(what)s",
    "用数字写",
    "%(low)s 到 %(high)s 之间",
    "不小于 %(low)s",
    "不大于 %(high)s",
    "小数点后最多 %(digits)s 位",
    "写整数",
    "例如 %(example)s",
    "不愿回答，请留空。",
    "写年月日",
    "%(first)s到%(last)s之间",
    "%(first)s或以后",
    "%(last)s或以前",
    "写几点几分",
    "%(first)s 或以后",
    "%(last)s 或以前",
    "24 小时制。",
    "24 小时制，%(first)s 到 %(last)s。",
    "请写几个字。",
    "请用文字写。",
    "没有答的，请留空。",
    "可以不写。",
    "请不要写姓名、电话或门牌号。",
    "最多写 %(limit)s 个字，现在是 %(length)s 个字，请删去一些。",
    "照前面的答案，这道题不用答，这里却有答案。",
    "请再看一眼前面的题和这道题。",
    "这几道题的答案对不上，请再看一眼。",
    "这份答卷太大，收不下。",
    "请重新打开页面再答。",
    "请把各项都排出先后，每项只排一次。",
    "请按先后选出前%(count)s项，每项只排一次。",
    "把各项都排出先后，每项只排一次。",
    "按先后选出前%(count)s项，每项只排一次。",
    "写纬度和经度",
    "先纬度",
    "小数点后至少写 %(digits)s 位。",
    "纬度不超过 90 度，经度不超过 180 度。",
    "传%(kinds)s",
    "最多 %(most)s 个",
    "不超过 %(size)s MB",
    "每个不超过 %(size)s MB",
    "现在有 %(count)s 个文件，请去掉一些。",
    "文件没有收下。",
    "%(count)s 个文件",
    "%(size)s KB",
    "只在手机和设备上传",
    "不在纸上答",
    "写条形码或二维码的内容",
    "照着码下面印的写",
    "条形码或二维码的内容。",
    "位置%(grain)s。",
    "位置%(grain)s：%(reason)s",
    "“%(label)s”排了两次。",
    "现在排了 %(count)s 项。",
    "已经排满 %(count)s 项。",
    "要换的，先点一下排好的，让它空出来。",
    "第 %(number)s 题选了“%(label)s”，没有写是什么。",
    "可以按“修改”补上，不写也可以提交。",
)
_OF_THE_HOUSE: Final = (
    "打开问卷",
    "您刚才答的这一份没有提交。",
    "这次调查还没有开始，请过几天再来。",
    "这次调查已经提前截止，现在不再收答卷。谢谢您。",
    "这次调查到 %(day)s 24:00 截止，现在不再收答卷。谢谢您。",
    "现在打不开问卷，答案也还没有提交。请稍等片刻再试，已经填好的不要关闭。",
    "问卷换了新版，这一份没有提交。请重新扫码，再答一次。",
    "从您这个网络来的错误回执码太多了。请等 %(minutes)s 分钟再试。",
    "现在提交的人很多，还没有删除。请稍等片刻，返回上一页再删一次。",
)

SENTENCES: Final = tuple(
    dict.fromkeys(
        [
            *_OF_QUESTIONS,
            *_OF_THE_HOUSE,
            *(error.zh for error in _ERRORS),
            surveys.WRONG_LENGTH.zh,
            *(one.zh for one in (*HEADINGS.values(), NOT_STORED, NOT_TAKEN, NOT_THESE, SOMEBODY_ELSES)),
        ]
    )
)
