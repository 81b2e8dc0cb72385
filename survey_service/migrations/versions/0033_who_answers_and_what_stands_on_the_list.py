"""who of a household answers, and what stands on the list that was drawn from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0033"
down_revision = "0031"
branch_labels = None
depends_on = None

WITHIN = "'next_birthday', 'kish', 'any'"
UNITS = "'household', 'shop', 'staff', 'organisation', 'client'"


def upgrade() -> None:
    # The check comes with its column: SQLite would make the table anew for it, and triggers of other tables name it.
    for name, usual, known in (
        ("selection_within", "next_birthday", WITHIN),
        ("listed_unit", "household", UNITS),
    ):
        check = sa.CheckConstraint(f"{name} IN ({known})", name=op.f(f"ck_wave_{name.replace('_', '')}"))
        op.add_column("wave", sa.Column(name, sa.String(length=30), check, nullable=False, server_default=usual))
    for table in ("case", "reserve_case"):
        op.add_column(table, sa.Column("kish_table", sa.String(length=2), nullable=True))
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
