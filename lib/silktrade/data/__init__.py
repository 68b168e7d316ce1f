"""
The one gate to the figures: every loader gives what was public on the day `as_of`, checked.

A loader raises ValueError where a code is unknown or not held, or where `as_of` is no day or lies
before the first release.
"""
