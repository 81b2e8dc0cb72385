"""The catalogue of questionnaires, drafts that are changed on pages, and what two versions differ by."""
