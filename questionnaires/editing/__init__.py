"""Changing a definition file without an editor of text: every edit touches its own characters and nothing else."""
