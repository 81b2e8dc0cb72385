"""sheets of sectors: which sector of an area a document, a link or an opening is of; "" of the area itself

One area has a sheet of its own and one of each sector, so the sector is a part of what tells a document from another.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards
from survey_service.migrations.guards_of_openings import install_guards_of_openings
from survey_service.migrations.guards_of_plans import install_guards_of_plans
from survey_service.migrations.guards_of_rectification import install_guards_of_rectification
from survey_service.migrations.guards_of_sealed_files import install_guards_of_sealed_files
from survey_service.migrations.guards_of_steps import install_guards_of_steps

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE, KEY = "release_document", "pk_release_document"
COLUMNS = ("survey_id", "release_id", "area_id", "language")


def upgrade() -> None:
    for table in (TABLE, "sheet_link", "sheet_opening"):
        op.add_column(table, sa.Column("sector", sa.String(length=60), server_default="", nullable=False))
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(op.get_bind())
    else:
        op.drop_constraint(KEY, TABLE, type_="primary")
        op.create_primary_key(KEY, TABLE, [*COLUMNS, "sector"])
    install_guards(op.get_bind())
    install_guards_of_steps(op.get_bind())
    install_guards_of_plans(op.get_bind())
    install_guards_of_rectification(op.get_bind())
    install_guards_of_openings(op.get_bind())
    install_guards_of_sealed_files(op.get_bind())


def _rebuild(connection: sa.Connection) -> None:
    """SQLite changes no key. The table is made anew from its own words, so that everything else stays as it was."""
    stored = connection.exec_driver_sql(
        "SELECT type, sql FROM sqlite_master WHERE tbl_name = 'release_document' AND type IN ('table', 'index')"
        " AND sql IS NOT NULL"
    ).all()
    words = next(one.sql for one in stored if one.type == "table")
    wider, found = re.subn(
        rf"PRIMARY KEY \({', '.join(COLUMNS)}\)", f"PRIMARY KEY ({', '.join(COLUMNS)}, sector)", words
    )
    assert found == 1, words
    made, found = re.subn(rf'^CREATE TABLE "?{TABLE}"?', f"CREATE TABLE {TABLE}_new", wider)
    assert found == 1, words
    connection.exec_driver_sql(made)
    connection.exec_driver_sql("INSERT INTO release_document_new SELECT * FROM release_document")
    connection.exec_driver_sql("DROP TABLE release_document")
    connection.exec_driver_sql("ALTER TABLE release_document_new RENAME TO release_document")
    for index in (one.sql for one in stored if one.type == "index"):
        connection.exec_driver_sql(index)
