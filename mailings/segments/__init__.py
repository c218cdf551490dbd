"""Segments: conditions on people in plain words, combined with and, or and not, kept as data.

`rules.py` is their form as data, `kinds.py` the conditions that there are; `sets.py` turns them
into sets of people in SQL (`people.py`), `wording.py` into one sentence.
"""

from mailings.segments.rules import BadRules, Condition, Rules

__all__ = ["BadRules", "Condition", "Rules"]
