"""What an administrator does to the accounts of others, and the pages for it."""
