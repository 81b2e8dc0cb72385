"""Files that answer a question: looked at by a child, sealed, kept until their answers come, and handed out to few."""
