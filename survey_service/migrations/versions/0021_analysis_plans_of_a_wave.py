"""analysis plans of a wave

A wave whose figures were opened before this holds none: it goes by the default plan, which is kept when the plan is
first changed or the figures are opened.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "analysis_plan",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("after_lock", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=True),
        sa.CheckConstraint("reason IS NOT NULL OR NOT after_lock", name=op.f("ck_analysis_plan_reason")),
        sa.CheckConstraint("number > 0", name=op.f("ck_analysis_plan_number")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_analysis_plan_account_id_account")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_analysis_plan_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_analysis_plan_survey_id_wave_id_wave"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "number", name=op.f("pk_analysis_plan")),
    )
    install_guards(op.get_bind())
    install_guards_of_plans(op.get_bind())
