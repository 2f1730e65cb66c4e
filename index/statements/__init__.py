"""Statements: what was said in an article, by whom, with which verb, through whom.

``extract`` is a pure function of a Document: rules over tagged sentences, no model, no network, nothing remembered.
"""

from __future__ import annotations

from index.statements.article import extract
from index.statements.cast import canonical_key

__all__ = ["canonical_key", "extract"]
