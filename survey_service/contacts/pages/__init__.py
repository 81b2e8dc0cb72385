"""The pages of contact data: a resident leaves them, the office opens them, a second person agrees to who reads."""
