"""who held an account's keys

Contact readers are agreed to by somebody who neither made nor reset their account. What the log says of the past is
taken over, so that whoever made an account long ago does not agree to it either.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from survey_service.migrations.guards import install_guards

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")

_HELD_BY = (
    "account.created",
    "account.password_reset",
    "account.second_factor_off",
    "account.identity_linked",
    "account.identity_unlinked",
)


def upgrade() -> None:
    with op.batch_alter_table("account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("password_to_change", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("hands", JSON, nullable=False, server_default="[]"))
        batch_op.add_column(sa.Column("touched_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("contacts_agreed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("contacts_agreed_by", sa.Uuid(), nullable=True))
    _take_over(op.get_bind())
    install_guards(op.get_bind())


def _take_over(connection: sa.Connection) -> None:
    account = sa.table("account", sa.column("id", sa.Uuid()), sa.column("hands", JSON))
    entry = sa.table(
        "audit_entry",
        sa.column("action", sa.String()),
        sa.column("record", sa.String()),
        sa.column("by_account_id", sa.Uuid()),
    )
    held: dict[str, set[str]] = {}
    for record, by in connection.execute(
        sa.select(entry.c.record, entry.c.by_account_id).where(entry.c.action.in_(_HELD_BY))
    ):
        if by is not None and record != f"account {by}":
            held.setdefault(record, set()).add(str(by))
    for (account_id,) in connection.execute(sa.select(account.c.id)).all():
        if hands := held.get(f"account {account_id}"):
            connection.execute(sa.update(account).where(account.c.id == account_id).values(hands=sorted(hands)))
