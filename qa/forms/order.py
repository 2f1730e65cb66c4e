"""The same question in an order of words that the other accounts know: what leads to it, or stands before it, comes into it.

Owns these orders. Refuses to read the question that comes of one.
"""

from __future__ import annotations

from collections.abc import Iterator

from qa.forms.reading import AUX, compiled

_PAPER = (
    r"(?:interview|speech|statement|tweet|post|letter|book|memoir|op-ed|article|column|essay|podcast|briefing|address|"
    r"(?:press|news) conference|testimony|memo|email|message|video)"
)
_ASKED = rf"(?:what|how|why|when|where|whom?|{AUX})"
# How it is typed, how it reads then, and whether it counts only where the speaker is one of the corpus.
_ORDERS = (
    (r"who(?: else)? all (?P<r>.+)", r"who \g<r>", False),
    (r"who(?: else)? (?:is|was|are|were) it (?:that|who) (?P<r>.+)", r"who \g<r>", False),
    (
        r"(?:(?:name|list|who are) )?(?:all (?:of )?)?(?:those|people|everyone|everybody|the people) (?:who|that) (?P<r>.+)",
        r"who \g<r>",
        False,
    ),
    (rf"in (?:an?|his|her|their|its|the) (?:[\w-]+ )?{_PAPER}(?: [^,]+?)?, (?P<r>{_ASKED}\b.+)", r"\g<r>", False),
    (
        rf"(?:(?:what|how) about |and )?(?P<s>[^,:]{{2,60}}?)(?:,|:| [-–—]) (?P<q>{_ASKED}\b.*?) (?:he|she|they)\b(?P<r>.*)",
        r"\g<q> \g<s>\g<r>",
        True,
    ),
    (
        r"(?:on|about|regarding|concerning|as for) (?P<t>.+?)(?:,|:| [-–—]) (?P<r>(?:what|how) .+)",
        r"\g<r> about \g<t>",
        True,
    ),
)


def reordered(bare: str) -> Iterator[tuple[str, bool]]:
    """Other orders of a question, and whether it then counts only where the speaker is one of the corpus.

    >>> list(reordered("Roe: what did he say about the pier"))
    [('what did Roe say about the pier', True)]
    """
    for typed, read, known in _ORDERS:
        if match := compiled(f"^{typed}$").match(bare):
            yield match.expand(read), known
