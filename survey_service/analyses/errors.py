"""What keeps a wave's figures from being computed by its plan."""

from __future__ import annotations

from http import HTTPStatus

from survey_service.errors import DomainError


class PlanFails(DomainError):
    """Weights cannot be made by the plan that is in force; the page of the plan says where, and the way out."""

    code = "E127"
    status = HTTPStatus.CONFLICT
    zh = "按现在的分析方案算不出权数。请看这一期的“分析方案”一页：哪里算不出、怎么改，都写在上面。"
    en = (
        "Weights cannot be made by the present analysis plan. The wave's page of the plan says where it fails and what "
        "to change."
    )
