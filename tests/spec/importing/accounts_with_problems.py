"""For every kind of problem of a list of people who get accounts, a file that has it."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from questionnaires.text import Text
from survey_service.account_lists import account_file
from survey_service.account_lists.words import InAccounts
from survey_service.tabular.problems import ProblemKind
from tests.spec.importing.read_here import Meets, read_here

CITY, STREET, TWIN = UUID(int=1), UUID(int=2), UUID(int=3)
GROUND = account_file.Ground(
    own=[STREET, TWIN],
    called={"street": [STREET], "city": [CITY], "twins": [STREET, TWIN]},
    places={
        one: account_file.Place(
            id=one, code=code, name=Text(code), parent_id=above, is_community=False, of_communities=one != CITY
        )
        for one, code, above in ((CITY, "11", None), (STREET, "1101", CITY), (TWIN, "1102", CITY))
    },
    people={},
)


def accounts(*rows: str) -> Meets:
    """Rows of name, user, role, area, works_for, works_for_area."""
    content = "\n".join(["name,user,role,area,works_for,works_for_area", *rows]).encode()
    return lambda: account_file.judge_accounts(read_here(content, account_file.COLUMNS), GROUND).problems


IN_ACCOUNTS: Mapping[ProblemKind, Meets] = {
    InAccounts.NO_NAME: accounts(",ann,,street,,"),
    InAccounts.NO_USER: accounts("Ann,a n n,,street,,"),
    InAccounts.USER_TWICE: accounts("Ann,ann,,street,,", "Ann,ANN,,street,,"),
    InAccounts.NO_ROLE: accounts("Ann,ann,emperor,street,,"),
    InAccounts.NO_AREA: accounts("Ann,ann,,elsewhere,,"),
    InAccounts.MANY_AREAS: accounts("Ann,ann,,twins,,"),
    InAccounts.WHICH_AREA: accounts("Ann,ann,,,,"),
    InAccounts.NO_TIE: accounts("Ann,ann,,street,friends,"),
    InAccounts.TIE_OF_NO_INTERVIEWER: accounts("Ann,ann,keyer,street,street,"),
    InAccounts.AREA_WITHOUT_TIE: accounts("Ann,ann,,street,none,street"),
    InAccounts.NO_TIE_AREA: accounts("Ann,ann,,street,community,"),
}
