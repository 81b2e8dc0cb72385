"""Timings as JSON lines, with peers in the same run."""
