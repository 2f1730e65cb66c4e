"""A document's paragraphs -> sentences -> passages. All of them are spans; no text is copied or changed.

Owns where a sentence ends, and which of them are found and embedded together. Refuses to know files, encoders and speakers.

The files, each importing only those before it: boundaries (of sentences), packing (into passages).
"""

from index.split.boundaries import sentences
from index.split.packing import Counter, passages

__all__ = ["Counter", "passages", "sentences"]
