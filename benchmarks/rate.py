"""How much of what this processor can do the encoder does: `python -m benchmarks.rate PASSAGES.jsonl [ROUNDS]`.

Owns the counting of arithmetic and the rate of a plain matrix product. Both are measured in one process, in turns, each
by one thread per core: products of two matrices that fit the cache, by NumPy's library and by ONNX Runtime's own, of
which the faster counts (each knows other processors well), and the passages as `qa index` gives them to the encoder,
tokenising and pooling included. Work on padding is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.drive import own_output
from benchmarks.measure import spread

SIDE = 768  # of a matrix: three take 7 MB of float32, and rates at 512 and 2048 differ by 5 %
SECONDS = 0.6  # of products in a round, by each library
PASSAGES = 256  # in a round; fewer are taken again


def flops(tokens: int, layers: int, width: int, inner: int) -> int:
    """Multiplications and additions in the matrix products of a BERT encoder for a text of ``tokens``.

    In each layer query, key, value and output (width x width), both halves of the feed-forward step (width x inner),
    and two products of attention that grow with the square of the text (Vaswani et al., 2017).
    """
    weights = 4 * width * width + 2 * width * inner
    return layers * (2 * tokens * weights + 4 * tokens * tokens * width)


def product(runtime: Any) -> Callable[[Any, Any], object]:  # noqa: ANN401 - onnxruntime
    """A matrix product by ONNX Runtime, by one thread."""
    from index.encode import graph

    a, b, c = (graph._value(name, ("n", "n"), graph._FLOAT) for name in "abc")
    node = graph._blob(1, "a") + graph._blob(1, "b") + graph._blob(2, "c") + graph._blob(4, "MatMul")
    fields = ((1, node), (2, "product"), (11, a), (11, b), (12, c))
    body = b"".join(graph._blob(number, value) for number, value in fields)
    opset = graph._blob(8, graph._blob(1, "") + graph._number(2, graph._OPSET))
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model = graph._number(1, graph._IR_VERSION) + graph._blob(7, body) + opset
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    return lambda left, right: session.run(None, {"a": left, "b": right})


def products(multiply: Callable[[Any, Any], object], matrices: Any, threads: int) -> dict[str, float]:  # noqa: ANN401
    """The rate of ``threads`` that multiply for a while, each for itself: GFLOP a second, and a second of all cores."""

    def work(a: Any) -> int:  # noqa: ANN401
        until, done = time.perf_counter() + SECONDS, 0
        while time.perf_counter() < until:
            multiply(a, a)
            done += 1
        return done

    with ThreadPoolExecutor(threads) as pool:
        wall, cpu = time.perf_counter(), time.process_time()
        done = sum(pool.map(work, matrices))
    return rates(done * 2 * SIDE**3, time.perf_counter() - wall, time.process_time() - cpu, threads)


def rates(work: float, wall: float, cpu: float, threads: int) -> dict[str, float]:
    """By the clock, and as it would be if no other process used the cores."""
    return {"clock": work / wall / 1e9, "cores": work / cpu * threads / 1e9}


def measured(texts: list[str], rounds: int) -> dict[str, Any]:
    """Rates and shares, round by round."""
    import numpy as np

    from index.encode import minilm

    encoder = minilm.DefaultEncoder()
    threads, runtime = minilm._threads(), minilm._runtime()
    taken = list(islice(cycle(texts), PASSAGES))
    tokens = [min(count + 2, minilm.MAX_PIECES) for count in encoder.count_tokens(taken)]
    work = sum(flops(count, minilm.LAYERS, minilm.DIM, 4 * minilm.DIM) for count in tokens)
    matrices = np.random.default_rng(0).standard_normal((threads, SIDE, SIDE), dtype=np.float32)
    libraries = (np.matmul, product(runtime))
    found: list[tuple[dict[str, float], dict[str, float]]] = []
    for _ in range(rounds + 1):
        matrix = max((products(each, matrices, threads) for each in libraries), key=lambda rate: rate["cores"])
        wall, cpu = time.perf_counter(), time.process_time()
        encoder.passages(taken)
        found.append((matrix, rates(work, time.perf_counter() - wall, time.process_time() - cpu, threads)))
    del found[0]  # it warms up
    return {
        "threads": threads,
        "tokens per passage": round(sum(tokens) / len(tokens)),
        "matrix GFLOP/s": spread([matrix["cores"] for matrix, _ in found]),
        "encoder GFLOP/s": spread([encoding["cores"] for _, encoding in found]),
        "share": spread([encoding["cores"] / matrix["cores"] for matrix, encoding in found]),
        "share by the clock": spread([encoding["clock"] / matrix["clock"] for matrix, encoding in found]),
    }


def main(passages: str, rounds: str = "4") -> None:
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # read when NumPy is imported: its threads are ours
    out = own_output()
    texts = [json.loads(line)["text"] for line in Path(passages).read_text(encoding="utf-8").splitlines()]
    print(json.dumps(measured(texts, int(rounds))), file=out, flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
