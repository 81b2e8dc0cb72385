"""Why what is sealed does not open."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import Conflict, DomainError


class SealGone(DomainError):
    code = "E240"
    status = HTTPStatus.GONE
    zh = "这一期的门牌已经按期销毁：密钥没有了，谁也打不开，备份里的也一样。编号、网格、走访顺序和权数都在。"
    en = (
        "The addresses of this wave were destroyed on their day: the key is gone, and nobody opens them, not from a "
        "backup either. Numbers, grids, order of walking and weights are there."
    )


class SealAway(Conflict):
    code = "E241"
    zh = (
        "这台机器上没有这一期的密钥，门牌打不开。请项目管理员在“门牌和密钥”页贴入另存的密钥，"
        "或由运维把 wave-keys 文件夹放回来。"
    )
    en = (
        "The key of this wave is not on this machine, so that no address opens. Let a manager paste the kept key on "
        "the page of addresses, or the operator put the folder wave-keys back."
    )


class WrongKey(DomainError):
    code = "E242"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    zh = "这不是这一期的密钥，或者抄漏了；也可能这台机器的主密钥（secret.key）不是原来那一个。没有改动。"
    en = (
        "This is not the key of this wave, or a part is missing; or the main key of this machine (secret.key) is "
        "another. Nothing was changed."
    )
