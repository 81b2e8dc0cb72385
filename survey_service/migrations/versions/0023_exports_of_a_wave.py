"""exports of a wave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0023"
down_revision = "0021"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def upgrade() -> None:
    op.create_table(
        "data_export",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("by_account_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("formats", JSON, nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("texts", sa.Boolean(), nullable=False),
        sa.Column("waits_as", sa.String(length=64), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.Column("files", JSON, nullable=False),
        sa.Column("erased_before", sa.Integer(), nullable=True),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("gone_why", sa.String(length=30), nullable=True),
        sa.CheckConstraint("(made_at IS NULL) = (rows IS NULL)", name=op.f("ck_data_export_made_has_rows")),
        sa.CheckConstraint("(gone_at IS NULL) = (gone_why IS NULL)", name=op.f("ck_data_export_gone_has_why")),
        sa.CheckConstraint("gone_why IN ('deleted', 'expired', 'erased')", name=op.f("ck_data_export_exportend")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_data_export_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_data_export_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "job_id"], ["job.survey_id", "job.id"], name=op.f("fk_data_export_survey_id_job_id_job")
        ),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_data_export_by_account_id_account")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_data_export")),
        sa.UniqueConstraint("survey_id", "waits_as", name=op.f("uq_data_export_survey_id_waits_as")),
    )
    op.create_index(
        op.f("ix_data_export_survey_id_wave_id_asked_at"), "data_export", ["survey_id", "wave_id", "asked_at"]
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
