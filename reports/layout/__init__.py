"""From blocks to pages: each block becomes frames of marks, frames are stacked on pages.

``setting`` sets words, one module per kind of block makes frames, ``pages`` breaks them over pages.
"""
