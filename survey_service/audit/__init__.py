"""Who, what, when and why, in the same transaction as the change."""

from survey_service.audit.chain import Actor, BrokenChain, record, verify
from survey_service.audit.changes import changes

__all__ = ["Actor", "BrokenChain", "changes", "record", "verify"]
