"""How residents hear of a wave: the poster of a community's open code, and the letter that holds one case's code."""
