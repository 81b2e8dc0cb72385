"""Who, what, when and why, in the same transaction as the change."""

from survey_service.audit.chain import Actor, BrokenChain, record, verify

__all__ = ["Actor", "BrokenChain", "record", "verify"]
