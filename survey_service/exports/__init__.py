"""Exports: the cases of a closed wave as one table that R, SPSS, Stata and Excel read, with its codebook."""
