"""What a wave needs of people for a while, sealed with a key of its own: a day comes on which nothing opens it again.

The sealed texts lie in the database and in every backup of it; the key lies beside, in no backup, and is destroyed by
the clock of the wave (``clock.py``). The way in is ``keys.py``: ``WaveKeys.begin`` to seal, ``opened`` to open.
"""
