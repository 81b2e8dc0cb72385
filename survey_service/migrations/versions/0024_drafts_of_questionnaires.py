"""drafts of questionnaires"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
VERSION = ["questionnaire_version.survey_id", "questionnaire_version.id"]


def upgrade() -> None:
    op.create_table(
        "questionnaire_draft",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title_zh", sa.String(length=400), nullable=False),
        sa.Column("title_en", sa.String(length=400), nullable=False),
        sa.Column("origin", sa.String(length=120), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("sound_number", sa.Integer(), nullable=True),
        sa.Column("sound_definition", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", sa.Uuid(), nullable=False),
        sa.Column("changed_name", sa.String(length=60), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=True),
        sa.Column("version_number", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(sound_number IS NULL) = (sound_definition IS NULL)", name=op.f("ck_questionnaire_draft_sound")
        ),
        sa.CheckConstraint(
            "(version_id IS NULL) = (version_number IS NULL)", name=op.f("ck_questionnaire_draft_version")
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_questionnaire_draft_number")),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_questionnaire_draft_survey_id_survey")),
        sa.ForeignKeyConstraint(["changed_by"], ["account.id"], name=op.f("fk_questionnaire_draft_changed_by_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "version_id"],
            VERSION,
            name=op.f("fk_questionnaire_draft_survey_id_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_questionnaire_draft")),
    )
    op.create_table(
        "questionnaire_draft_save",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("change", sa.String(length=40), nullable=False),
        sa.Column("edits", JSON, nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["survey_id"], ["survey.id"], name=op.f("fk_questionnaire_draft_save_survey_id_survey")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_questionnaire_draft_save_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "draft_id"],
            ["questionnaire_draft.survey_id", "questionnaire_draft.id"],
            name=op.f("fk_questionnaire_draft_save_survey_id_draft_id_questionnaire_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("survey_id", "draft_id", "number", name=op.f("pk_questionnaire_draft_save")),
    )
    op.create_table(
        "questionnaire_source",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_questionnaire_source_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "version_id"],
            VERSION,
            name=op.f("fk_questionnaire_source_survey_id_version_id_questionnaire_version"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "version_id", name=op.f("pk_questionnaire_source")),
    )
