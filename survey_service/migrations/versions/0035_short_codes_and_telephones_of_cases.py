"""short codes, wrong ones that were typed, the mode telephone and sealed numbers"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

MODES = "'paper', 'face_to_face', 'telephone', 'web_invited', 'web_open', 'paper_open', 'import_open'"
WITH_MODE = {"case": "first_mode", "reserve_case": "first_mode", "capture": "mode", "response": "mode"}


def upgrade() -> None:
    for table, column in WITH_MODE.items():
        with op.batch_alter_table(table) as changed:
            changed.drop_constraint(op.f(f"ck_{table}_mode"), type_="check")
            changed.create_check_constraint(op.f(f"ck_{table}_mode"), f"{column} IN ({MODES})")
    with op.batch_alter_table("paper_batch") as batch:
        batch.drop_constraint(op.f("ck_paper_batch_mode"), type_="check")
        batch.create_check_constraint(op.f("ck_paper_batch_mode"), f"mode IN ({MODES})")
    op.add_column("access_code", sa.Column("short_hash", sa.String(length=64), nullable=True))
    op.create_index("uq_access_code_short_hash", "access_code", ["short_hash"], unique=True)
    check = sa.CheckConstraint(f"mode IN ({MODES})", name=op.f("ck_interview_pass_mode"))
    op.add_column(
        "interview_pass",
        sa.Column("mode", sa.String(length=30), check, nullable=False, server_default="face_to_face"),
    )
    op.create_table(
        "typed_tries",
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('short_code', 'case_number')", name=op.f("ck_typed_tries_triedas")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_typed_tries_tries")),
        sa.PrimaryKeyConstraint("kind", "hour", name=op.f("pk_typed_tries")),
    )
    op.create_table(
        "case_telephone",
        sa.Column("survey_id", sa.Uuid(), nullable=False),
        sa.Column("wave_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.String(length=30), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(
            ["survey_id", "wave_id"],
            ["wave.survey_id", "wave.id"],
            name=op.f("fk_case_telephone_survey_id_wave_id_wave"),
        ),
        sa.PrimaryKeyConstraint("survey_id", "wave_id", "number", name=op.f("pk_case_telephone")),
    )
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
