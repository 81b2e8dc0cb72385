"""How what was released reaches people: a leader's first page, links for those without an account, who opened what."""
