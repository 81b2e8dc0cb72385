"""What can keep a release from being signed or printed."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class RowsChanged(DomainError):
    """Between looking at the figures and signing them, the rows changed."""

    code = "E060"
    status = HTTPStatus.CONFLICT
    zh = "您看数字的时候，答卷有了变动，没有签发。请重新看一遍数字再签。"
    en = "The answers changed while you were looking at the figures; nothing was released. Look again, then sign."


class NotRecomputable(DomainError):
    """The figures computed from the rows now are not those that were signed."""

    code = "E061"
    status = HTTPStatus.CONFLICT
    zh = "按现在的答卷重新计算，数字和签发时不一致，没有生成报告。请找系统管理员核对数据快照和软件版本。"
    en = (
        "Computed again from the rows, the figures differ from those that were signed, so no report was made. "
        "Ask the administrator to compare the snapshot and the software version."
    )


class NothingToRelease(DomainError):
    """Nobody of the sample has answered."""

    code = "E062"
    status = HTTPStatus.CONFLICT
    zh = "样本里还没有一份有效答卷，没有数字可看。"
    en = "Nobody in the sample has answered yet, so there is no figure to look at."
