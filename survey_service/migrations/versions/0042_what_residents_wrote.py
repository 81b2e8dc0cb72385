"""what residents wrote: how it was judged, what was struck, the themes of a survey"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_openings import install_guards_of_openings
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_rectification import install_guards_of_rectification
from survey_service.migrations.guards_of_sealed_files import install_guards_of_sealed_files
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _themes()
    _remarks()
    _strikes()
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
    install_guards_of_rectification(op.get_bind())
    install_guards_of_openings(op.get_bind())
    install_guards_of_sealed_files(op.get_bind())


def _themes() -> None:
    op.create_table(
        "remark_theme",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("zh", sa.String(length=20), nullable=False),
        sa.Column("en", sa.String(length=60), nullable=False),
        sa.Column("rest", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_remark_theme_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_remark_theme")),
    )
    op.create_index("uq_remark_theme_number", "remark_theme", ["survey_id", "number"], unique=True)


def _remarks() -> None:
    op.create_table(
        "remark",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("response_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=80), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.Column(
            "state",
            sa.String(length=30),
            sa.CheckConstraint("state IN ('read', 'chosen', 'left', 'never')", name=op.f("ck_remark_remarkstate")),
            nullable=False,
        ),
        sa.Column("theme_id", sa.Uuid(), nullable=True),
        sa.Column("on_community", sa.Boolean(), nullable=False),
        sa.Column("on_street", sa.Boolean(), nullable=False),
        sa.Column("on_city", sa.Boolean(), nullable=False),
        sa.Column("acts", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON().with_variant(JSONB(), "postgresql"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'chosen') = (on_community OR on_street OR on_city)", name=op.f("ck_remark_chosen_for_a_sheet")
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_remark_survey_id_survey")),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"], ["wave.survey_id", "wave.id"], name=op.f("fk_remark_survey_id_wave_id_wave")
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "response_id"],
            ["response.survey_id", "response.id"],
            name=op.f("fk_remark_survey_id_response_id_response"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "capture_id"],
            ["capture.survey_id", "capture.id"],
            name=op.f("fk_remark_survey_id_capture_id_capture"),
        ),
        sa.ForeignKeyConstraint(
            ["survey_id", "theme_id"],
            ["remark_theme.survey_id", "remark_theme.id"],
            name=op.f("fk_remark_survey_id_theme_id_remark_theme"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_remark")),
    )
    op.create_index("uq_remark_answer", "remark", ["survey_id", "response_id", "question"], unique=True)
    op.create_index("ix_remark_wave", "remark", ["survey_id", "wave_id", "question"], unique=False)


def _strikes() -> None:
    op.create_table(
        "remark_strike",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("remark_id", sa.Uuid(), nullable=False),
        sa.Column("begins", sa.Integer(), nullable=False),
        sa.Column("ends", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(length=60), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("begins >= 0 AND ends > begins", name=op.f("ck_remark_strike_some_characters")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_remark_strike_account_id_account")),
        sa.ForeignKeyConstraint(
            ["survey_id", "remark_id"],
            ["remark.survey_id", "remark.id"],
            name=op.f("fk_remark_strike_survey_id_remark_id_remark"),
        ),
        sa.ForeignKeyConstraint(["survey_id"], ["survey.id"], name=op.f("fk_remark_strike_survey_id_survey")),
        sa.PrimaryKeyConstraint("survey_id", "id", name=op.f("pk_remark_strike")),
    )
    op.create_index("ix_remark_strike_remark", "remark_strike", ["survey_id", "remark_id"], unique=False)
