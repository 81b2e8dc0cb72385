"""The field: visits, what they make of a case, who goes where, and what is found out of interviews."""

INTERVIEWS_JOB = "interview_figures"
"""Computes again what is told of each interviewer's interviews. Comes every few minutes, and is shown on no list."""
