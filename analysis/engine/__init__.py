"""One engine: a plan and columns in, every figure with the record of how it was made out. Nothing here knows whether
the rows are of a wave or of a file."""

from analysis.engine.run import Analysis, run

__all__ = ["Analysis", "run"]
