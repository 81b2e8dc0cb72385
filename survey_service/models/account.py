"""Staff accounts, what they may do and where, and their sign-ins."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from survey_service.ids import new_id
from survey_service.models.base import Base, Json, UtcDateTime, words


class Role(StrEnum):
    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    KEYER = "keyer"
    INTERVIEWER = "interviewer"
    STATISTICIAN = "statistician"
    LEADER = "leader"


class WorksFor(StrEnum):
    """Whose an interviewer is: those who are judged by the answers, or somebody else."""

    COMMUNITY = "community"
    STREET = "street"
    OTHER = "other"  # another office, a company, a school
    NONE = "none"  # hired for this survey alone


class Account(Base):
    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint(
            "(works_for_area_id IS NOT NULL) = (works_for IS NOT NULL AND works_for IN ('community', 'street'))",
            name="works_for_area",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    user: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))  # as shown: 刘洋
    password_hash: Mapped[str] = mapped_column(String(200))
    demonstration: Mapped[bool] = mapped_column(default=False)  # works only while `serve` binds to loopback
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # Set while the password is one that an administrator gave: it must be changed at the first sign-in, before this.
    start_password_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    second_factor: Mapped[str | None] = mapped_column(
        String(200)
    )  # the TOTP secret, sealed with the installation's key
    second_factor_since: Mapped[datetime | None] = mapped_column(UtcDateTime)  # None: begun, not yet confirmed
    second_factor_step: Mapped[int | None]  # the newest time step whose code was used: none is taken twice
    # Found at a sign-in: too short or too easily guessed, to be changed before anything else is open.
    password_to_change: Mapped[bool] = mapped_column(default=False)
    # Ids of those who held its keys since it was last agreed to: who made it, reset it, or linked an identity to it.
    hands: Mapped[list[str]] = mapped_column(Json, default=list)
    touched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # when the last of them did
    # A second person agreed that whoever holds this account reads contacts; void as soon as somebody touches it.
    contacts_agreed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    contacts_agreed_by: Mapped[UUID | None]
    # Whose this person is, where it is known; the community or street of those who work for one.
    works_for: Mapped[WorksFor | None] = mapped_column(words(WorksFor))
    works_for_area_id: Mapped[UUID | None] = mapped_column(ForeignKey("area.id"))


class RecoveryCode(Base):
    """Opens the second factor once when the telephone is lost; 80 bits, of which only the hash is kept."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    code_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class FailedAttempt(Base):
    """Wrong passwords and codes by whom they were tried for and from where, hashed; shared by all processes."""

    __tablename__ = "failed_attempt"
    __table_args__ = (Index(None, "last_at"),)

    key_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcDateTime)


class AccountIdentity(Base):
    """Whom the city's OpenID Connect provider has to name for somebody to be let in as this account.

    An administrator writes ``name``; the first sign-in that brings it binds the provider's ``subject``, which never
    changes there. From then on the name decides nothing: it may pass to somebody else.
    """

    __tablename__ = "account_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)  # the value of the claim that settings name
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(255))
    bound_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Grant(Base):
    """A role on an area, valid for everything below it."""

    __tablename__ = "grant"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    role: Mapped[Role] = mapped_column(words(Role), primary_key=True)
    area_id: Mapped[UUID] = mapped_column(ForeignKey("area.id"), primary_key=True)


class SignIn(Base):
    """One staff session; the browser holds the token, the database its hash."""

    __tablename__ = "sign_in"
    __table_args__ = (Index(None, "account_id"),)

    token_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    csrf_token: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # The password was right, the code of the second factor is still asked: until then this opens nothing else.
    waits_for_code: Mapped[bool] = mapped_column(default=False)
    # Signed in through the city's provider, which may have asked for a second factor itself.
    by_provider: Mapped[bool] = mapped_column(default=False)
    second_factor_by_provider: Mapped[bool] = mapped_column(default=False)
