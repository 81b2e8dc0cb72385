"""lists of a wave"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards_of_lists import install_guards_of_lists

revision = "0025"
down_revision = "0029"
branch_labels = None
depends_on = None

VERSION = ["questionnaire_version.survey_id", "questionnaire_version.id"]


def upgrade() -> None:
    op.create_table(
        "wave_list_entry",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("list_id", sa.String(length=40), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("label_zh", sa.String(length=200), nullable=False),
        sa.Column("label_en", sa.String(length=400), nullable=False),
        sa.Column("parent", sa.String(length=40), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.CheckConstraint("place >= 0", name=op.f("ck_wave_list_entry_place")),
        sa.CheckConstraint("code <> '' AND label_zh <> ''", name=op.f("ck_wave_list_entry_says_something")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_wave_list_entry_survey_id_wave_id_wave"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "list_id", "code", name=op.f("pk_wave_list_entry")),
    )
    op.create_table(
        "filled_version",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("made_of_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("version_id <> made_of_id", name=op.f("ck_filled_version_of_another")),
        sa.ForeignKeyConstraint(
            ["survey_id", "version_id"],
            VERSION,
            name=op.f("fk_filled_version_survey_id_version_id_questionnaire_version"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "made_of_id"],
            VERSION,
            name=op.f("fk_filled_version_survey_id_made_of_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "version_id", name=op.f("pk_filled_version")),
    )
    install_guards_of_lists(op.get_bind())
