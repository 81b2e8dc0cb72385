"""visits, and the outcome of a case as a code"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0029"
down_revision = "0024"
branch_labels = None
depends_on = None

MODES = ("in_person", "web", "mail", "telephone")


def upgrade() -> None:
    in_modes = ", ".join(f"'{mode}'" for mode in MODES)
    with op.batch_alter_table("case") as case:
        case.add_column(sa.Column("outcome_code", sa.String(length=6), nullable=True))
        case.add_column(sa.Column("outcome_mode", sa.String(length=30), nullable=True))
        case.add_column(sa.Column("last_visit_at", sa.DateTime(timezone=True), nullable=True))
        case.create_check_constraint(op.f("ck_case_outcomemode"), f"outcome_mode IN ({in_modes})")
    op.create_table(
        "visit",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("mode", sa.String(length=30), nullable=False),
        sa.Column("code", sa.String(length=6), nullable=False),
        sa.Column("appointment_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_visit_withdrawn_by_somebody")
        ),
        sa.CheckConstraint("source IN ('door', 'office', 'file', 'program')", name=op.f("ck_visit_visitsource")),
        sa.CheckConstraint(f"mode IN ({in_modes})", name=op.f("ck_visit_outcomemode")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_visit_survey_id_survey")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_visit_by_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_visit_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "case_id"], ["case.survey_id", "case.id"], name=op.f("fk_visit_survey_id_case_id_case")
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_visit")),
    )
    op.create_index(op.f("ix_visit_survey_id_case_id_at"), "visit", ["survey_id", "case_id", "at"])
    op.create_index(op.f("ix_visit_survey_id_wave_id_at"), "visit", ["survey_id", "wave_id", "at"])
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
