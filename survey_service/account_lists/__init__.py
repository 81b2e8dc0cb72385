"""Accounts made from a list: a file of people is looked at row by row, then all of them are made at once."""
