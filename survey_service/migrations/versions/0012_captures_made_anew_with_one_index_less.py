"""captures made anew with one index less for every answer

``uq_capture_client_id`` keeps answers that count apart. That the same other answers are kept once as a conflict needs
an index of conflicts only, which are few; over all captures it cost every answer a page at a random place.
"""

from __future__ import annotations

import re

import sqlalchemy as sa
from alembic import op

from survey_service.migrations.guards import install_guards

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

OLD = "uq_capture_survey_id_client_id_content_sha256"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rebuild(op.get_bind())
    else:
        op.drop_constraint(OLD, "capture", type_="unique")
    op.create_index(
        "uq_capture_conflict",
        "capture",
        ["survey_id", "client_id", "content_sha256"],
        unique=True,
        sqlite_where=sa.text("conflict"),
        postgresql_where=sa.text("conflict"),
    )
    install_guards(op.get_bind())


def _rebuild(connection: sa.Connection) -> None:
    """SQLite drops no constraint. The table is made anew from its own words, so that everything else stays as it was;
    ``migrate`` has put the foreign keys aside."""
    stored = connection.exec_driver_sql(
        "SELECT type, name, sql FROM sqlite_master WHERE tbl_name = 'capture' AND type IN ('table', 'index')"
        " AND sql IS NOT NULL"
    ).all()
    words = next(one.sql for one in stored if one.type == "table")
    without, found = re.subn(rf",\s*CONSTRAINT {OLD} UNIQUE \([^)]*\)", "", words)
    assert found == 1, words
    made, found = re.subn(r"^CREATE TABLE \"?capture\"?", "CREATE TABLE capture_new", without)
    assert found == 1, words
    connection.exec_driver_sql(made)
    connection.exec_driver_sql("INSERT INTO capture_new SELECT * FROM capture")
    connection.exec_driver_sql("DROP TABLE capture")
    connection.exec_driver_sql("ALTER TABLE capture_new RENAME TO capture")
    for index in (one.sql for one in stored if one.type == "index"):
        connection.exec_driver_sql(index)
