"""How far a statement can be trusted: the rule that found it, and how its speaker was resolved.

Owns the two tables of numbers and their combination. ``RULES`` is the share of a rule's finds that were right in content and
speaker as written; ``RESOLVED`` the share of speakers rightly resolved given that.
"""

from __future__ import annotations

from typing import Final

RULES: Final[dict[str, float]] = {}
RESOLVED: Final[dict[str, float]] = {}


def confidence(rule: str, how: str, clues: frozenset[str]) -> float:
    """The chance that content and speaker are right, in [0, 1]."""
    return round(RULES.get(rule, 0.7) * RESOLVED.get(how, 0.9), 3)
