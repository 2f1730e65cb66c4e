"""Which language an article is in: what its file declares, and what its words tell.

Owns the shape of a code, when a declaration is not believed, and when a guess is good enough. Refuses to know where a
file declares it. Reading a file asks for what is declared only; the guess needs a model, and is made by who indexes.

Codes are those of `index.languages`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable
from functools import cache
from typing import Any

from index.errors import StorageError
from index.languages import code
from index.types import Block, Document

SAMPLE = 1_000  # code points looked at: 0.2 ms; 180 texts of some 300 in 30 languages were all told right
SURE = 0.4  # of a guess; of 1,200 single lines of 25 and more, 91% are told, and 98.5% of these right
CERTAIN, TELLING = 0.99, 300  # a guess so sure, from so many code points, is right against what a page declares

_NO_NEWS = frozenset("vo eo la sa".split())  # what tables of numbers seem to be in; believed where declared
_KIN = tuple(
    frozenset(kin.split()) for kin in ("bs hr sl sr", "da no", "cs sk", "es gl pt", "id ms")
)  # too near to overrule
# Languages that are written in other letters than Latin ones, and those written in both.
_FOREIGN = frozenset(
    """ar fa ur ps he yi el ru uk be bg mk ky tg mn hy ka zh ja ko th lo km my hi mr ne bn as pa gu or ta te kn ml si am
    ti dv bo dz ug""".split()
)
_BOTH = frozenset("sr kk uz az tk tt ku sd ms ha bs ro".split())
_LATIN = re.compile(r"[A-Za-z\u00aa-\u024f\u1e00-\u1eff]")


def believed(declared: str | None, text: str) -> str | None:
    """The declared language of an article of this ``text``; None where it is in other letters than that language, as
    under a template that says "en" over everything."""
    stated = code(declared)
    letters = sum(map(str.isalpha, text))
    if not stated or not letters or stated in _BOTH:
        return stated
    latin = len(_LATIN.findall(text)) / letters
    return stated if (latin < 0.9 if stated in _FOREIGN else latin > 0.5) else None


def opening(text: str, blocks: Iterable[Block]) -> str:
    """The first prose of an article, as much as tells its language; without any, the text as it begins."""
    prose: list[str] = []
    size = 0
    for block in blocks:
        if size >= SAMPLE:
            break
        if block.kind == "paragraph":
            prose.append(block.span.of(text)[: SAMPLE - size])
            size += len(prose[-1])
    return " ".join(prose) or text[:SAMPLE]


def language_of(document: Document) -> str | None:
    """The language of an article: as declared, unless its words are surely of another; where nothing is declared, the one
    it seems to be in, None where that is not sure enough.

    For a process that lives long: the first call reads a model, 0.4 s and 100 MB, unless `get_ready` did; each takes 0.2 ms.
    Raises StorageError where it cannot be unpacked.
    """
    text, stated = opening(document.text, document.blocks), document.language
    if not any(map(str.isalpha, text)):
        return stated
    label, sure = _model().classify(text)
    found = code(label)
    if stated is None:
        return found if sure >= SURE else None
    certain = sure >= CERTAIN and len(text) >= TELLING and stated in map(code, _model().nb_classes)
    return found if certain and not any({stated, found} <= kin for kin in _KIN) else stated


def get_ready() -> None:
    """Reads the model. Any number of threads may: it is read once."""
    _model()


_READING = threading.Lock()


def _model() -> Any:  # noqa: ANN401 - py3langid has no types
    with _READING:
        return _read_model()


@cache
def _read_model() -> Any:  # noqa: ANN401
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    try:  # it unpacks the model into a file for temporary ones
        model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:
        raise StorageError(
            f"the model that tells languages cannot be unpacked into a temporary file: {error.strerror or error}",
            "Free some space there, or name a folder with 100 MB to spare: TMPDIR=FOLDER",
        ) from error
    spoken = [label for label in model.labels if len(label) == 2 and label not in _NO_NEWS]
    model.set_languages(spoken)  # those of three letters are taken for their neighbours, and these for them
    return model
