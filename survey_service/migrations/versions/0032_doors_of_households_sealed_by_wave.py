"""doors of households, sealed by wave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0032"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_seal",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("key_check", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("destroyed_why", sa.String(length=20), nullable=True),
        sa.CheckConstraint(
            "(destroyed_at IS NULL) = (destroyed_why IS NULL)", name=op.f("ck_wave_seal_destroyed_has_why")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_wave_seal_survey_id_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", name=op.f("pk_wave_seal")),
    )
    op.create_table(
        "case_door",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("place >= 0", name=op.f("ck_case_door_place")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_case_door_survey_id_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "number", name=op.f("pk_case_door")),
    )
    op.create_table(
        "letter_file",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("job_id", sa.Uuid(), nullable=False),
        sa.Column("by_account_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("letters", sa.Integer(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("(made_at IS NULL) = (letters IS NULL)", name=op.f("ck_letter_file_made_has_letters")),
        sa.CheckConstraint("language IN ('zh', 'en')", name=op.f("ck_letter_file_language")),
        sa.ForeignKeyConstraint(["by_account_id"], ["account.id"], name=op.f("fk_letter_file_by_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "job_id"], ["job.survey_id", "job.id"], name=op.f("fk_letter_file_survey_id_job_id_job")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_letter_file_survey_id_wave_id_wave")
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "language", name=op.f("pk_letter_file")),
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
