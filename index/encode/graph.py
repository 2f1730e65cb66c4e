"""The computation of a BERT encoder as an ONNX model of a few kilobytes, its weights left where they are.

Owns the graph and the few lines of protobuf it takes to write it. Refuses to know tokens, pooling and files' meaning.

The weights are named as "external data": file, offset and length of each tensor inside the safetensors file. ONNX
Runtime maps that file into memory, so nothing is converted, copied or cached, and the embedding table (half of the
file) is read only where words are looked up. Operators of the domain com.microsoft are those ONNX Runtime's own
optimiser would arrive at: attention and activation as one step each. Layer normalisation is not: its one step takes the
numbers one by one and cost a tenth of all time; plain steps, which use whole registers, cost a thirtieth.

Field numbers are those of onnx.proto (onnx/onnx, IR version 8).
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

from index.errors import ModelRefusedError

_IR_VERSION = 8
_OPSET = 17
_FLOAT, _INT32 = 1, 6
_MICROSOFT = "com.microsoft"
_MAX_HEADER = 1 << 24
"""Bytes of a safetensors header: a file with 100 tensors has some ten thousand."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """Where a float32 tensor lies in a file."""

    shape: tuple[int, ...]
    offset: int
    length: int


def tensors(path: Path) -> dict[str, Tensor]:
    """The float32 tensors of a safetensors file. Raises ModelRefusedError where its header makes no sense."""
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if size > _MAX_HEADER:
            raise ModelRefusedError(f"{path} is not a safetensors file: its header would have {size} bytes")
        header = json.loads(file.read(size))
    return {
        name: Tensor(
            tuple(entry["shape"]),
            8 + size + entry["data_offsets"][0],
            entry["data_offsets"][1] - entry["data_offsets"][0],
        )
        for name, entry in header.items()
        if name != "__metadata__" and entry["dtype"] == "F32"
    }


def bert(weights: dict[str, Tensor], file: str, layers: int, heads: int, epsilon: float) -> bytes:
    """An ONNX model: ``ids``, ``types``, ``positions`` (batch, tokens) int32 and ``mask`` (batch, tokens, tokens) int32 ->
    ``hidden`` (batch, tokens, d) float32.

    Where the mask is 1, the token of its third dimension is seen from that of its second. ``weights`` under the names that
    Hugging Face's BertModel gives them, lying in ``file`` (a name without folder).
    """
    graph = _Graph(weights)
    graph.plain("Constant", [], "epsilon", value_float=epsilon)
    read = ["ids", "types", *graph.embeddings(), "", "positions"]  # no mask: it would only be counted
    graph.add("EmbedLayerNormalization", read, ["hidden0", "unused"], epsilon=epsilon)
    for layer in range(layers):
        graph.layer(layer, heads, last=layer == layers - 1)
    parts = [_blob(1, node) for node in graph.nodes]
    parts.append(_blob(2, "bert"))
    parts += [_blob(5, _external(name, weights[name], file)) for name in dict.fromkeys(graph.used)]
    parts += [_blob(11, _value(name, ("batch", "tokens"), _INT32)) for name in ("ids", "types", "positions")]
    parts.append(_blob(11, _value("mask", ("batch", "tokens", "tokens"), _INT32)))
    parts.append(_blob(12, _value("hidden", ("batch", "tokens", weights[graph.used[0]].shape[1]), _FLOAT)))
    opsets = [_blob(8, _blob(1, domain) + _number(2, version)) for domain, version in (("", _OPSET), (_MICROSOFT, 1))]
    return _number(1, _IR_VERSION) + _blob(7, b"".join(parts)) + b"".join(opsets)


class _Graph:
    """Nodes in order, and the names of the weights they use."""

    def __init__(self, weights: dict[str, Tensor]) -> None:
        self.nodes: list[bytes] = []
        self.used: list[str] = []
        self._weights = weights

    def weight(self, name: str) -> str:
        if name not in self._weights:
            raise ModelRefusedError(f"the weights have no tensor {name}")
        self.used.append(name)
        return name

    def embeddings(self) -> list[str]:
        tables = ("word_embeddings", "position_embeddings", "token_type_embeddings")
        return [self.weight(f"embeddings.{table}.weight") for table in tables] + self.norm("embeddings.LayerNorm")

    def norm(self, name: str) -> list[str]:
        return [self.weight(f"{name}.weight"), self.weight(f"{name}.bias")]

    def add(
        self,
        kind: str,
        inputs: list[str],
        outputs: list[str],
        domain: str = _MICROSOFT,
        **attributes: float | list[int],
    ) -> None:
        fields = [_blob(1, name) for name in inputs] + [_blob(2, name) for name in outputs] + [_blob(4, kind)]
        fields += [_blob(5, _attribute(name, value)) for name, value in attributes.items()]
        self.nodes.append(b"".join(fields) + (_blob(7, domain) if domain else b""))

    def plain(self, kind: str, inputs: list[str], output: str, **attributes: float | list[int]) -> str:
        """An operator of ONNX itself, with one result. Gives its name."""
        self.add(kind, inputs, [output], domain="", **attributes)
        return output

    def linear(self, source: str, name: str, target: str) -> None:
        """Without the bias: the operator that comes next adds it. Weights lie as (out, in)."""
        self.add("FusedMatMul", [source, self.weight(f"{name}.weight")], [target], transB=1)

    def layer(self, number: int, heads: int, last: bool) -> None:
        """Attention and the feed-forward step, each added to what came in and normalised."""
        at, source = f"encoder.layer.{number}", f"hidden{number}"
        query, key, value, biases = (f"{name}{number}" for name in ("query", "key", "value", "biases"))
        for name, target in (("query", query), ("key", key), ("value", value)):
            self.linear(source, f"{at}.attention.self.{name}", target)
        all_three = [self.weight(f"{at}.attention.self.{name}.bias") for name in ("query", "key", "value")]
        self.plain("Concat", all_three, biases, axis=0)
        self.add("MultiHeadAttention", [query, key, value, biases, "mask"], [f"seen{number}"], num_heads=heads)
        self.residual(f"seen{number}", source, f"{at}.attention.output", f"attended{number}")
        self.linear(f"attended{number}", f"{at}.intermediate.dense", f"wide{number}")
        self.add("BiasGelu", [f"wide{number}", self.weight(f"{at}.intermediate.dense.bias")], [f"active{number}"])
        self.residual(
            f"active{number}", f"attended{number}", f"{at}.output", "hidden" if last else f"hidden{number + 1}"
        )

    def residual(self, source: str, skipped: str, name: str, target: str) -> None:
        """normalised(linear(source) + bias + skipped)"""
        self.linear(source, f"{name}.dense", f"{target}.linear")
        added = self.plain("Add", [f"{target}.linear", skipped], f"{target}.added")
        whole = self.plain("Add", [added, self.weight(f"{name}.dense.bias")], f"{target}.whole")
        self.normalised(whole, f"{name}.LayerNorm", target)

    def normalised(self, source: str, name: str, target: str) -> None:
        """(x - mean) / root(variance + epsilon), then weighted and moved as the model has learned."""
        weight, bias = self.norm(name)
        mean = self.plain("ReduceMean", [source], f"{target}.mean", axes=[-1])
        centred = self.plain("Sub", [source, mean], f"{target}.centred")
        squares = self.plain("Mul", [centred, centred], f"{target}.squares")
        variance = self.plain("ReduceMean", [squares], f"{target}.variance", axes=[-1])
        root = self.plain("Sqrt", [self.plain("Add", [variance, "epsilon"], f"{target}.safe")], f"{target}.root")
        scaled = self.plain("Mul", [centred, self.plain("Reciprocal", [root], f"{target}.factor")], f"{target}.scaled")
        self.plain("Add", [self.plain("Mul", [scaled, weight], f"{target}.weighted"), bias], target)


def _varint(value: int) -> bytes:
    out = bytearray()
    value %= 1 << 64  # a negative number as protobuf has it
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _blob(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | 2) + _varint(len(data)) + data


def _attribute(name: str, value: float | list[int]) -> bytes:
    """AttributeProto: a float (type 1), an int (type 2) or ints (type 7)."""
    if isinstance(value, list):
        return _blob(1, name) + b"".join(_number(8, number) for number in value) + _number(20, 7)
    if isinstance(value, int):
        return _blob(1, name) + _number(3, value) + _number(20, 2)
    return _blob(1, name) + _varint(2 << 3 | 5) + struct.pack("<f", value) + _number(20, 1)


def _external(name: str, tensor: Tensor, file: str) -> bytes:
    """TensorProto whose data lies in a file (data_location 1)."""
    where = (("location", file), ("offset", str(tensor.offset)), ("length", str(tensor.length)))
    dims = b"".join(_number(1, dim) for dim in tensor.shape)
    entries = b"".join(_blob(13, _blob(1, key) + _blob(2, value)) for key, value in where)
    return dims + _number(2, _FLOAT) + _blob(8, name) + entries + _number(14, 1)


def _value(name: str, dims: tuple[str | int, ...], kind: int) -> bytes:
    """ValueInfoProto of a tensor; a dimension with a name may have any size."""
    shape = b"".join(_blob(1, _blob(2, dim) if isinstance(dim, str) else _number(1, dim)) for dim in dims)
    return _blob(1, name) + _blob(2, _blob(1, _number(1, kind) + _blob(2, shape)))
