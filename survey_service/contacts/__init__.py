"""Contact data of residents, where a wave asks for them: apart from answers, sealed, and gone on their day."""
