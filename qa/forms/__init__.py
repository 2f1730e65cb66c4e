"""In which builds does English ask about somebody's words? A question without its dates -> how it may be read.

Owns the verbs, nouns and adjectives of speaking and holding, the fixed forms, and the order of words around them. Pure: who
speaks in the corpus it does not know, so a reading that other questions have too says so, and is for the caller to check.

Two accounts. The *fixed forms* are patterns, tried in order. What fits none is read as a *clause*, by its verbs. What fits
neither may do so in another *order* of its words.

The files, each importing only those before it: reading (the noun), and, apart from each other, fixed, clauses and order.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.forms.clauses import ROLES, clauses, holds_a_verb
from qa.forms.fixed import fixed
from qa.forms.order import reordered
from qa.forms.reading import Reading

__all__ = ["ROLES", "Reading", "holds_a_verb", "readings"]


def readings(bare: str) -> Iterator[Reading]:
    """How the question ``bare``, one line without its mark, may be read; the likeliest first."""
    yield from fixed(bare)
    yield from clauses(bare)
    for again, known in reordered(bare):
        for reading in (*fixed(again), *clauses(again)):
            yield reading._replace(known=reading.known or known)
