"""Answers that offices have already, taken in from CSV, Excel and 问卷星: mapped, judged, all of a file or nothing."""
