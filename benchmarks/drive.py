"""Drives one peer in its own process: index passages, answer one question, or answer them one after another.

Owns how each peer is used: as its own documentation shows it, with its defaults, on one CPU machine. Refuses to know
this project: it is run by path, in the peer's environment, with nothing but the standard library and the peer.

    python -P drive.py PEER index MODEL FOLDER PASSAGES.jsonl
    python -P drive.py PEER ask MODEL FOLDER QUESTION
    python -P drive.py PEER serve MODEL FOLDER          # {"question": …} a line in, {"seconds": …, "results": …} out

PASSAGES.jsonl holds {"id": 1, "text": "…"} a line; a result is [id, score], best first. The model is loaded and run
once before the clock of `index` starts; a peer that only knows words gets the words of a question, and no model.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol, TextIO, TypeVar

Results = list[tuple[int, float]]
T = TypeVar("T")
TOP = 10
STOP_WORDS = "en"


class Driver(Protocol):
    """What is asked of a peer. ``index`` is timed and ends with the index on disk, ``ask`` with the answer in hand."""

    def __init__(self, model: str, folder: Path) -> None: ...
    def warm(self) -> None: ...
    def index(self, ids: list[int], texts: list[str]) -> None: ...
    def save(self) -> None: ...
    def open(self) -> None: ...
    def ask(self, question: str) -> Results: ...


class SentenceTransformers:
    """`semantic_search` over saved embeddings. It keeps no texts and no words: the least that can be called search."""

    def __init__(self, model: str, folder: Path) -> None:
        library = import_module("sentence_transformers")
        self._numpy, self._search = import_module("numpy"), library.util.semantic_search
        self._model = library.SentenceTransformer(model, device="cpu", local_files_only=True)
        self._ids, self._rows = folder / "ids.npy", folder / "rows.npy"
        self._new: Any = None

    def warm(self) -> None:
        self._model.encode(["Warm."])

    def index(self, ids: list[int], texts: list[str]) -> None:
        self._new = ids, self._model.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    def save(self) -> None:
        for path, new in zip((self._ids, self._rows), self._new, strict=True):
            self._numpy.save(path, self._numpy.concatenate([self._numpy.load(path), new] if path.exists() else [new]))

    def open(self) -> None:
        self._saved, self._names = self._numpy.load(self._rows), self._numpy.load(self._ids).tolist()

    def ask(self, question: str) -> Results:
        row = self._model.encode([question], normalize_embeddings=True, show_progress_bar=False)
        hits = self._search(row, self._saved, top_k=TOP)[0]
        return [(self._names[hit["corpus_id"]], float(hit["score"])) for hit in hits]


class Txtai:
    """Its hybrid: the same model in FAISS, and BM25, mixed half and half. It keeps no texts here (content is off)."""

    def __init__(self, model: str, folder: Path) -> None:
        self._folder = str(folder / "index")
        self._embeddings = import_module("txtai").Embeddings(path=model, hybrid=True, gpu=False)
        self._there = self._embeddings.exists(self._folder)

    def warm(self) -> None:
        if self._there:
            self._embeddings.load(self._folder)
        self._embeddings.transform("Warm.")

    def index(self, ids: list[int], texts: list[str]) -> None:
        rows = list(zip(ids, texts, strict=True))
        (self._embeddings.upsert if self._there else self._embeddings.index)(rows)
        self._embeddings.save(self._folder)

    def save(self) -> None:
        """Saving is part of indexing here, as it is for us."""

    def open(self) -> None:
        self._embeddings.load(self._folder)

    def ask(self, question: str) -> Results:
        return [(int(name), float(score)) for name, score in self._embeddings.search(question, TOP)]


class Haystack:
    """Its hybrid pipeline: BM25 and the same model over its in-memory store, joined by reciprocal ranks."""

    def __init__(self, model: str, folder: Path) -> None:
        self._model, self._file = model, folder / "store.json"
        self._library = import_module("haystack")
        memory = import_module("haystack.document_stores.in_memory").InMemoryDocumentStore
        self._store = memory.load_from_disk(str(self._file)) if self._file.exists() else memory()

    def _embedder(self, kind: str) -> Any:  # noqa: ANN401 - one of its components
        library = import_module("haystack_integrations.components.embedders.sentence_transformers")
        cpu = self._library.utils.ComponentDevice.from_str("cpu")
        made = getattr(library, kind)(model=self._model, device=cpu, progress_bar=False, local_files_only=True)
        made.warm_up()
        return made

    def warm(self) -> None:
        self._documents = self._embedder("SentenceTransformersDocumentEmbedder")
        self._documents.run([self._library.Document(content="Warm.")])

    def index(self, ids: list[int], texts: list[str]) -> None:
        rows = [self._library.Document(id=str(id_), content=text) for id_, text in zip(ids, texts, strict=True)]
        self._store.write_documents(self._documents.run(rows)["documents"])
        self._store.save_to_disk(str(self._file))

    def save(self) -> None:
        """Saving is part of indexing here, as it is for us."""

    def open(self) -> None:
        retrievers = import_module("haystack.components.retrievers.in_memory")
        joiner = import_module("haystack.components.joiners").DocumentJoiner
        self._pipeline = self._library.Pipeline()
        for name, component in {
            "embedder": self._embedder("SentenceTransformersTextEmbedder"),
            "meaning": retrievers.InMemoryEmbeddingRetriever(self._store, top_k=TOP),
            "words": retrievers.InMemoryBM25Retriever(self._store, top_k=TOP),
            "joiner": joiner(join_mode="reciprocal_rank_fusion", top_k=TOP),
        }.items():
            self._pipeline.add_component(name, component)
        self._pipeline.connect("embedder.embedding", "meaning.query_embedding")
        self._pipeline.connect("meaning", "joiner")
        self._pipeline.connect("words", "joiner")

    def ask(self, question: str) -> Results:
        told = self._pipeline.run({"embedder": {"text": question}, "words": {"query": question}})
        return [(int(found.id), float(found.score)) for found in told["joiner"]["documents"]]


class LangChain:
    """Its FAISS vector store with its Hugging Face embeddings. It keeps the texts, and knows no words."""

    def __init__(self, model: str, folder: Path) -> None:
        self._folder = str(folder)
        self._faiss = import_module("langchain_community.vectorstores").FAISS
        options = {"device": "cpu", "local_files_only": True}
        self._model = import_module("langchain_huggingface").HuggingFaceEmbeddings(
            model_name=model, model_kwargs=options
        )
        self._there = any(folder.iterdir())

    def warm(self) -> None:
        if self._there:
            self.open()
        self._model.embed_query("Warm.")

    def index(self, ids: list[int], texts: list[str]) -> None:
        named = [{"id": id_} for id_ in ids]
        if self._there:
            self._saved.add_texts(texts, named)
        else:
            self._saved = self._faiss.from_texts(texts, self._model, named)
        self._saved.save_local(self._folder)

    def save(self) -> None:
        """Saving is part of indexing here, as it is for us."""

    def open(self) -> None:
        self._saved = self._faiss.load_local(self._folder, self._model, allow_dangerous_deserialization=True)

    def ask(self, question: str) -> Results:
        found = self._saved.similarity_search_with_score(question, TOP)
        return [(text.metadata["id"], -float(distance)) for text, distance in found]


class Bm25s:
    """BM25 computed when indexing (Lù, "BM25S", 2024), with the stemmer and stop words of its own example."""

    def __init__(self, model: str, folder: Path) -> None:
        self._library, self._stemmer = import_module("bm25s"), import_module("Stemmer").Stemmer("english")
        self._folder, self._names = str(folder / "index"), folder / "ids.json"

    def warm(self) -> None:
        """Nothing to load."""

    def _tokens(self, texts: list[str]) -> Any:  # noqa: ANN401 - its Tokenized
        return self._library.tokenize(texts, stopwords=STOP_WORDS, stemmer=self._stemmer, show_progress=False)

    def index(self, ids: list[int], texts: list[str]) -> None:
        self._retriever = self._library.BM25()
        self._retriever.index(self._tokens(texts), show_progress=False)
        self._retriever.save(self._folder)
        self._names.write_text(json.dumps(ids))

    def save(self) -> None:
        """Saving is part of indexing here, as it is for us."""

    def open(self) -> None:
        self._retriever = self._library.BM25.load(self._folder)
        self._ids = json.loads(self._names.read_text())

    def ask(self, question: str) -> Results:
        k = min(TOP, len(self._ids))
        found, scores = self._retriever.retrieve(self._tokens([question]), k=k, show_progress=False)
        return [(self._ids[at], float(score)) for at, score in zip(found[0], scores[0], strict=True) if score > 0]


class Tantivy:
    """Lucene's design in Rust, by its Python binding, with its English stemmer."""

    def __init__(self, model: str, folder: Path) -> None:
        self._library, self._folder = import_module("tantivy"), folder / "index"

    def warm(self) -> None:
        """Nothing to load."""

    def index(self, ids: list[int], texts: list[str]) -> None:
        schema = self._library.SchemaBuilder()
        schema.add_unsigned_field("id", stored=True)
        schema.add_text_field("text", stored=False, tokenizer_name="en_stem")
        self._folder.mkdir()
        writer = self._library.Index(schema.build(), path=str(self._folder)).writer()
        for id_, text in zip(ids, texts, strict=True):
            writer.add_document(self._library.Document(id=id_, text=text))
        writer.commit()
        writer.wait_merging_threads()

    def save(self) -> None:
        """Saving is part of indexing here, as it is for us."""

    def open(self) -> None:
        self._index = self._library.Index.open(str(self._folder))
        self._searcher = self._index.searcher()

    def ask(self, question: str) -> Results:
        query, _ = self._index.parse_query_lenient(question, ["text"])
        hits = self._searcher.search(query, TOP).hits
        return [(self._searcher.doc(address)["id"][0], float(score)) for score, address in hits]


PEERS: dict[str, type[Driver]] = {
    "sentence-transformers": SentenceTransformers,
    "txtai": Txtai,
    "haystack": Haystack,
    "langchain": LangChain,
    "bm25s": Bm25s,
    "tantivy": Tantivy,
}


def timed(work: Callable[[], T]) -> tuple[T, dict[str, float]]:
    """What ``work`` gives, and what it took: seconds by the clock, and of all this process's threads."""
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def serve(ask: Callable[[str], Any]) -> None:
    """Answers questions from standard input until it ends; the first line out says that all is loaded."""
    out = own_output()
    print(json.dumps({"ready": True}), file=out, flush=True)
    for line in sys.stdin:
        results, took = timed(partial(ask, json.loads(line)["question"]))
        print(json.dumps({**took, "results": results}), file=out, flush=True)


def own_output() -> TextIO:
    """Standard output for our lines alone: whatever a library prints goes to standard error."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def main(name: str, command: str, *arguments: str) -> None:
    if command == "versions":
        print(json.dumps({package: importlib.metadata.version(package) for package in arguments}))
        return
    model, folder = arguments[0], Path(arguments[1])
    peer = PEERS[name](model, folder)
    if command == "index":
        out = own_output()
        rows = [json.loads(line) for line in Path(arguments[2]).read_text(encoding="utf-8").splitlines()]
        ids, texts = [row["id"] for row in rows], [row["text"] for row in rows]
        peer.warm()
        _, took = timed(lambda: peer.index(ids, texts))
        peer.save()
        print(json.dumps({**took, "passages": len(rows)}), file=out, flush=True)
        return
    peer.open()
    if command == "serve":
        serve(peer.ask)
    else:
        print(json.dumps(peer.ask(arguments[2])))


if __name__ == "__main__":
    main(*sys.argv[1:])
