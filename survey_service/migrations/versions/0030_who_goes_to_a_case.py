"""who goes to a case, and passes that open an interview"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0030"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "assignment",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_assignment_survey_id_survey")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_assignment_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_assignment_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "case_id"], ["case.survey_id", "case.id"], name=op.f("fk_assignment_survey_id_case_id_case")
        ),
        sa.PrimaryKeyConstraint("survey_id", "case_id", name=op.f("pk_assignment")),
    )
    op.create_index(
        op.f("ix_assignment_survey_id_wave_id_account_id"), "assignment", ["survey_id", "wave_id", "account_id"]
    )
    op.create_table(
        "interview_pass",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_interview_pass_survey_id_survey")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_interview_pass_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "case_id"],
            ["case.survey_id", "case.id"],
            name=op.f("fk_interview_pass_survey_id_case_id_case"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_interview_pass")),
        sa.UniqueConstraint(
            "survey_id", "case_id", "account_id", name=op.f("uq_interview_pass_survey_id_case_id_account_id")
        ),
    )
    op.create_index("uq_interview_pass_code_sha256", "interview_pass", ["code_sha256"], unique=True)
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
