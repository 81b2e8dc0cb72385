"""call-backs, whose interviewers are, and what was computed of an open wave's interviews"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0036"
down_revision = "0032"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("works_for", sa.String(length=30), nullable=True))
        account.add_column(sa.Column("works_for_area_id", sa.Uuid(), nullable=True))
        account.create_check_constraint(
            op.f("ck_account_worksfor"), "works_for IN ('community', 'street', 'other', 'none')"
        )
        account.create_check_constraint(
            op.f("ck_account_works_for_area"),
            "(works_for_area_id IS NOT NULL) = (works_for IS NOT NULL AND works_for IN ('community', 'street'))",
        )
        account.create_foreign_key(op.f("fk_account_works_for_area_id_area"), "area", ["works_for_area_id"], ["id"])
    op.add_column("wave", sa.Column("bars_own_staff", sa.Boolean(), server_default=sa.false(), nullable=False))
    _call_backs()
    op.create_table(
        "field_figures",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("rows_key", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("figures", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_field_figures_survey_id_wave_id_wave"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", name=op.f("pk_field_figures")),
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())


def _call_backs() -> None:
    op.create_table(
        "call_back",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("found_by", sa.String(length=60), server_default="", nullable=False),
        sa.Column("visited", sa.String(length=30), nullable=True),
        sa.Column("right_person", sa.Boolean(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.CheckConstraint("visited IN ('came', 'nobody_came', 'unsure')", name=op.f("ck_call_back_visited")),
        sa.CheckConstraint("(found_at IS NULL) = (visited IS NULL)", name=op.f("ck_call_back_found_or_waiting")),
        sa.CheckConstraint("minutes IS NULL OR (minutes >= 0 AND minutes <= 600)", name=op.f("ck_call_back_minutes")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_call_back_survey_id_survey")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_call_back_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_call_back_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "case_id"], ["case.survey_id", "case.id"], name=op.f("fk_call_back_survey_id_case_id_case")
        ),
        sa.PrimaryKeyConstraint("survey_id", "case_id", name=op.f("pk_call_back")),
    )
    op.create_index(
        op.f("ix_call_back_survey_id_wave_id_account_id"), "call_back", ["survey_id", "wave_id", "account_id"]
    )
