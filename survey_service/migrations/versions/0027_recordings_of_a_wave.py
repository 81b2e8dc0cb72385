"""recordings of a wave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards_of_drafts import install_guards_of_drafts

revision = "0027"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "wave_recording",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("voice", sa.String(length=20), nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("blob_sha256", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("size > 0 AND seconds > 0", name=op.f("ck_wave_recording_holds_something")),
        sa.CheckConstraint("voice <> ''", name=op.f("ck_wave_recording_voice")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_wave_recording_survey_id_wave_id_wave"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "question", "voice", name=op.f("pk_wave_recording")),
    )
    op.create_index(op.f("ix_wave_recording_blob_sha256"), "wave_recording", ["blob_sha256"])
    install_guards_of_drafts(op.get_bind(), "wave_recording")
