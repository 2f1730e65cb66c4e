"""Rerankers: what they promise, any cross-encoder by folder, and what becomes of the hits."""

import json
import re

import numpy as np
import pytest
from safetensors.numpy import save_file

from index.build import update
from index.encode import load_reranker
from index.errors import ModelMissingError, ModelRefusedError
from index.types import Document, Passage, Span
from qa.answer import ask
from qa.cli import main
from qa.rerank import READ, rerank
from qa.types import Hit
from tests.test_encode import BERT, weights, write_model
from tests.toy import ToyEncoder


class Counting:
    """A reranker without a model: how often the question's first word stands in the text."""

    name = "counting"

    def scores(self, question, texts):
        word = question.split()[0].casefold()
        return np.array([text.casefold().split().count(word) for text in texts], dtype=np.float32)


def hits_of(texts, scores):
    """One hit for each text, all of one document."""
    whole, spans = "\n".join(texts), []
    for text in texts:
        start = spans[-1].end + 1 if spans else 0
        spans.append(Span(start, start + len(text)))
    document = Document("d", "/d.txt", whole, ())
    passages = [Passage("d", span, (span,), 1, id=i) for i, span in enumerate(spans, 1)]
    hits = [Hit(passage, score, {"dense": score}) for passage, score in zip(passages, scores, strict=True)]
    return hits, {"d": document}


def numbers(hits):
    return [hit.passage.id for hit in hits]


def test_what_the_model_prefers_comes_first_and_says_so():
    hits, documents = hits_of(["no fish", "fish and fish", "fish"], [0.9, 0.8, 0.7])
    found = rerank(Counting(), "fish", hits, documents)
    assert found[0].passage.id == 2
    assert [hit.scores["rerank"] for hit in found] == [{1: 1, 2: 2, 3: 1}[n] for n in numbers(found)]
    assert all(hit.scores["dense"] for hit in found)


def test_where_the_model_sees_no_difference_the_order_stays():
    hits, documents = hits_of(["a", "b", "c"], [0.9, 0.8, 0.7])
    assert numbers(rerank(Counting(), "fish", hits, documents)) == [1, 2, 3]


def test_where_the_ranking_saw_no_difference_the_model_decides():
    hits, documents = hits_of(["none", "fish"], [0.5, 0.5])
    assert numbers(rerank(Counting(), "fish", hits, documents)) == [2, 1]


def test_scores_fall_stay_on_their_scale_and_hits_behind_the_read_ones_stay_behind():
    n = READ + 5
    hits, documents = hits_of(["fish " * (i % 7) + "." for i in range(n)], [1 - i / n for i in range(n)])
    found = rerank(Counting(), "fish", hits, documents)
    scores = [hit.score for hit in found]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] <= hits[0].score
    assert found[READ:] == hits[READ:]
    assert sorted(numbers(found)) == sorted(numbers(hits))


def test_no_hits_are_none():
    assert rerank(Counting(), "fish", [], {}) == []


@pytest.fixture
def harbour(folder, store):
    """Four paragraphs that share a topic, indexed."""
    for i, place in enumerate(("pier", "quay", "mole", "lighthouse")):
        (folder / f"{i}.txt").write_text(
            f"The harbour plan for the {place} was published on Monday in the town hall.\n"
        )
    update(store, [folder], ToyEncoder())
    return store


def test_an_answer_follows_the_reranker_and_is_the_same_twice(harbour):
    class Likes:
        def __init__(self, place):
            self.name, self.place = "likes", place

        def scores(self, question, texts):
            return np.array([self.place in text for text in texts], dtype=np.float32)

    for place in ("quay", "mole", "lighthouse"):
        first, again = (
            ask(harbour, "What about the harbour plan?", encoder=ToyEncoder(), reranker=Likes(place)) for _ in range(2)
        )
        best = (first.citations or first.nearest)[0]
        assert place in best.passage.span.of(best.document.text)
        assert (first.citations, first.nearest) == (again.citations, again.nearest)


# --- A cross-encoder through sentence-transformers --------------------------------------------------------------------


def write_cross_encoder(folder, labels=1):
    """A tiny one with random weights, as transformers saves it."""
    write_model(folder)
    for name in ("modules.json", "sentence_bert_config.json", "config_sentence_transformers.json"):
        (folder / name).unlink()
    tensors = {f"bert.{name}": tensor for name, tensor in weights(BERT).items()}
    rng = np.random.default_rng(7)
    tensors["classifier.weight"] = rng.normal(size=(labels, BERT["hidden_size"])).astype(np.float32)
    tensors["classifier.bias"] = np.zeros(labels, np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    names = {str(i): f"LABEL_{i}" for i in range(labels)}
    config = {
        **BERT,
        "architectures": ["BertForSequenceClassification"],
        "id2label": names,
        "label2id": {name: int(i) for i, name in names.items()},
        "sentence_transformers": {"activation_fn": "torch.nn.modules.activation.Sigmoid"},
    }
    (folder / "config.json").write_text(json.dumps(config))
    return folder


@pytest.fixture(scope="session")
def cross(tmp_path_factory):
    return write_cross_encoder(tmp_path_factory.mktemp("models") / "cross")


@pytest.mark.slow
def test_a_cross_encoder_gives_what_sentence_transformers_gives_before_its_activation(cross):
    from sentence_transformers import CrossEncoder

    question, texts = "the treaty", ["a word said", "the treaty", "said the word " * 40]
    theirs = CrossEncoder(str(cross), local_files_only=True, device="cpu").predict([(question, t) for t in texts])
    ours = load_reranker(str(cross)).scores(question, texts)
    assert ours.shape == (3,)
    assert 1 / (1 + np.exp(-ours)) == pytest.approx(theirs, abs=1e-5)
    assert len(set(ours.tolist())) == 3


@pytest.mark.slow
def test_a_cross_encoder_saved_anew_by_sentence_transformers_is_taken_and_gives_the_same(cross, tmp_path):
    from sentence_transformers import CrossEncoder

    CrossEncoder(str(cross), local_files_only=True, device="cpu").save_pretrained(str(tmp_path / "saved"))
    question, texts = "the treaty", ["a word said", "the treaty"]
    ours = load_reranker(str(cross)).scores(question, texts)
    assert load_reranker(str(tmp_path / "saved")).scores(question, texts) == pytest.approx(ours, abs=1e-6)


@pytest.mark.slow
def test_a_cross_encoder_takes_any_text_and_none(cross):
    reranker = load_reranker(str(cross))
    assert reranker.scores("?", []).shape == (0,)
    assert np.isfinite(reranker.scores("", ["", "\ud800", "\0", "нет"])).all()


@pytest.mark.slow
def test_a_model_with_several_outputs_is_refused(tmp_path):
    with pytest.raises(ModelRefusedError, match="gives 3 numbers for a pair"):
        load_reranker(str(write_cross_encoder(tmp_path / "nli", labels=3)))


def test_a_cross_encoder_that_could_run_code_is_refused(tmp_path):
    folder = write_cross_encoder(tmp_path / "m")
    (folder / "modeling.py").write_text("")
    with pytest.raises(ModelRefusedError, match="program code"):
        load_reranker(str(folder))


def test_a_reranker_that_is_not_here_is_said_so():
    with pytest.raises(ModelMissingError, match="Model no-such-model is not on this machine"):
        load_reranker("no-such-model")


@pytest.fixture
def town(tmp_path, capsys):
    """An index folder by the default model."""
    (tmp_path / "a.txt").write_text("“The harbour plan is sound,” Mayor Tom Hill said.\n\nThe storm hurt nobody.\n")
    assert main(["index", "--index", str(tmp_path / ".qa"), str(tmp_path / "a.txt")]) == 0
    capsys.readouterr()
    return str(tmp_path / ".qa")


@pytest.mark.slow
@pytest.mark.parametrize("way", ["flag", "environment", "file"])
def test_the_command_uses_the_reranker_of_the_settings(town, cross, capsys, monkeypatch, tmp_path, way):
    flag = []
    if way == "flag":
        flag = ["--rerank", str(cross)]
    elif way == "environment":
        monkeypatch.setenv("QA_RERANK", str(cross))
    else:
        (tmp_path / "qa").mkdir()
        (tmp_path / "qa" / "config.toml").write_text(f"rerank = '{cross}'\n")
        monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    question = "What did Hill say about the harbour plan?"
    assert main([*flag, "ask", "--index", town, "--explain", "--plain", question]) == 0
    assert re.search(r"rerank -?\d", capsys.readouterr().out)


def test_the_command_says_which_reranker_is_missing(town, capsys):
    assert (
        main(["ask", "--index", town, "--rerank", "no-such-model", "What did Hill say?"]) == ModelMissingError.exit_code
    )
    assert "no-such-model is not on this machine" in capsys.readouterr().err
