"""which register counted the people of an area

What is said of a count as a whole (its source, and now the kind of register) gets a row of its own, so that an area
has one kind and one source for a day. Of counts that are there nobody was asked: they are undeclared until somebody
says it.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KINDS = ("usual_residents", "actual_population", "household_register", "undeclared")
OLD_KEY = "fk_area_population_area_id_area"
NEW_KEY = "fk_area_population_area_id_as_of_area_count"


def upgrade() -> None:
    op.create_table(
        "area_count",
        sa.Column("area_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column(
            "register",
            sa.Enum(*KINDS, name="registerkind", native_enum=False, create_constraint=True, length=30),
            nullable=False,
        ),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["area_id"], ["area.id"], name=op.f("fk_area_count_area_id_area")),
        sa.PrimaryKeyConstraint("area_id", "as_of", name=op.f("pk_area_count")),
    )
    op.execute(
        "INSERT INTO area_count (area_id, as_of, register, source)"
        " SELECT area_id, as_of, 'undeclared', min(source) FROM area_population GROUP BY area_id, as_of"
    )
    with op.batch_alter_table("area_population", schema=None) as batch:
        batch.drop_constraint(OLD_KEY, type_="foreignkey")
        batch.create_foreign_key(NEW_KEY, "area_count", ["area_id", "as_of"], ["area_id", "as_of"])
        batch.drop_column("source")
    install_guards(op.get_bind())
