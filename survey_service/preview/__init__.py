"""A stored questionnaire on every surface, before anybody is asked."""
