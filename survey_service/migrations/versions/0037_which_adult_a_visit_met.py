"""which adult of the roll a visit met"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0037"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("visit") as visit:
        visit.add_column(sa.Column("roll_id", sa.Uuid(), nullable=True))
        visit.add_column(sa.Column("met", sa.Integer(), nullable=True))
        visit.create_check_constraint(op.f("ck_visit_met_of_a_roll"), "(roll_id IS NULL) = (met IS NULL)")
        visit.create_foreign_key(
            op.f("fk_visit_survey_id_roll_id_roll"), "roll", ["survey_id", "roll_id"], ["survey_id", "id"]
        )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
