"""Lines of mixed Chinese and Latin text: where they break, how marks close up, what hangs.

``characters`` knows the classes and rules of single characters, ``composer`` sets lines and paragraphs.
"""
