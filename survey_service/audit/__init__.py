"""Who, what, when and why, in the same transaction as the change."""

from survey_service.audit.chain import Actor, BrokenChain, record, verify
from survey_service.audit.changes import changes
from survey_service.audit.rows import Rows, rows_key, signed_key

__all__ = ["Actor", "BrokenChain", "Rows", "changes", "record", "rows_key", "signed_key", "verify"]
