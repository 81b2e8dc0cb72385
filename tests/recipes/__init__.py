"""The recipes of docs/how-to-add.md, each followed in a scratch copy of the tree."""
