"""the adults of a household as told at the door, and which of them was chosen"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0034"
down_revision = "0036"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
SOURCES = "'door', 'office', 'file', 'program'"
RULES = "'next_birthday', 'kish', 'any'"


def upgrade() -> None:
    op.create_table(
        "roll",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_account_id", sa.Uuid(), nullable=True),
        sa.Column("by_name", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=30), nullable=False),
        sa.Column("rule", sa.String(length=30), nullable=False),
        sa.Column("adults", sa.Integer(), nullable=False),
        sa.Column("listed", JSON, nullable=False),
        sa.Column("chosen", sa.Integer(), nullable=True),
        sa.Column("kish_table", sa.String(length=2), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(length=60), nullable=True),
        sa.CheckConstraint("adults >= 1 AND adults <= 20", name=op.f("ck_roll_adults")),
        sa.CheckConstraint("chosen IS NULL OR (chosen >= 1 AND chosen <= adults)", name=op.f("ck_roll_chosen")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name=op.f("ck_roll_withdrawn_by_somebody")
        ),
        sa.CheckConstraint(f"source IN ({SOURCES})", name=op.f("ck_roll_visitsource")),
        sa.CheckConstraint(f"rule IN ({RULES})", name=op.f("ck_roll_selectionwithin")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_roll_survey_id_survey")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_roll_by_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_roll_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "case_id"], ["case.survey_id", "case.id"], name=op.f("fk_roll_survey_id_case_id_case")
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_roll")),
    )
    op.create_index(
        "uq_roll_in_force",
        "roll",
        ["survey_id", "case_id"],
        unique=True,
        sqlite_where=sa.text("withdrawn_at IS NULL"),
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_index(op.f("ix_roll_survey_id_wave_id"), "roll", ["survey_id", "wave_id"])
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
