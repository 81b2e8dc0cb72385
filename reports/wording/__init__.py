"""The only place where numbers become words.

``figures`` rounds and writes numbers, ``phrases`` holds every fixed sentence in Chinese and English, ``verdicts``
says what was shown and how firmly, ``facts`` names the fieldwork, the method and the release, ``notes`` tells what the
statistics noted.
"""
