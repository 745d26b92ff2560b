"""Checks of delivered pictures: measured here, judged by `judge`, flagged in `domain.flags`.

Measuring never fails: what cannot be measured is said so. A picture is measured once, whatever the
limits are; the numbers are kept beside the store and can be made again at any time.
"""
