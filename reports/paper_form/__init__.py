"""The blank questionnaire as a printable form that a scanner reads back.

``geometry`` is the one value of where every box stands: ``layout`` makes it together with the marks that ``drawing``
prints, and whoever reads a scan asks the same value. ``content`` and ``skips`` write the words.
"""
