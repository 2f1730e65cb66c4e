"""Labelled questions are read in both forms, and the measures say what they claim."""

import json
from dataclasses import replace

import pytest

from index.errors import ModelMissingError, UsageError
from index.types import Document, Passage, Span, Statement
from qa.evaluate import Labelled, Outcome, auroc, calibration_error, evaluate, load, risk, strangers, table
from qa.types import Answer, Citation, Hit, Question, Searched

TEXT = "The pier is old. “Boats will sink,” Roe said. It rained."
QUOTE = Span(17, 35)
SPANS = {"question": "What did Roe say?", "gold": [{"article": "pier", "start": 17, "end": 35, "speaker": "Jane Roe"}]}
WORDS = {"question": "What is old?", "answer": ["pier"], "gold_articles": ["news/pier"]}


def lines(tmp_path, *rows):
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return load(path)


def answer(*citations, confidence=0.9, refusal=None):
    searched = Searched(1, 1, 1, 0, "s")
    return Answer(Question("?"), citations, confidence, searched, refusal)


def citation(highlight, speaker=None, name="pier", rank=1):
    document = Document("d", f"/a/{name}.txt", TEXT, ())
    passage = Passage("d", Span(0, len(TEXT)), (Span(0, 16), Span(17, 45), Span(46, 56)), 1)
    said = Statement("d", (QUOTE,), "direct", speaker=speaker) if speaker else None
    return Citation(rank, document, Hit(passage, 1.0, statement=said), (highlight,), "strong")


def test_a_perfect_answer_scores_one_in_every_measure(tmp_path):
    result = evaluate(lambda _: answer(citation(QUOTE, "Roe")), lines(tmp_path, SPANS))
    assert {m.name: m.value for m in result.measures} == {
        "P@1": 1.0, "success@5": 1.0, "recall@10": 1.0, "speaker@1": 1.0, "highlight F1": 1.0, "kept": 1.0,
    }  # fmt: skip


def test_the_right_words_of_the_wrong_speaker_are_not_right(tmp_path):
    result = evaluate(lambda _: answer(citation(QUOTE, "Annan")), lines(tmp_path, SPANS))
    assert result["P@1"].value == 1.0
    assert result["speaker@1"].value == 0.0


def test_a_man_with_junior_behind_his_name_is_known_by_his_surname(tmp_path):
    result = evaluate(lambda _: answer(citation(QUOTE, "James Roe Jr.")), lines(tmp_path, SPANS))
    assert result["speaker@1"].value == 1.0


def test_a_span_counts_from_half_of_the_shorter(tmp_path):
    questions = lines(tmp_path, SPANS)
    assert evaluate(lambda _: answer(citation(Span(26, 45))), questions)["P@1"].value == 1.0  # 9 of 18
    assert evaluate(lambda _: answer(citation(Span(27, 45))), questions)["P@1"].value == 0.0  # 8 of 18


def test_a_right_answer_further_down_counts_where_it_should(tmp_path):
    wrong, right = citation(Span(0, 16)), citation(QUOTE, rank=2)
    result = evaluate(lambda _: answer(wrong, right), lines(tmp_path, SPANS))
    assert (result["P@1"].value, result["success@5"].value, result["recall@10"].value) == (0.0, 1.0, 1.0)


def test_words_count_in_the_passage_and_when_marked(tmp_path):
    questions = lines(tmp_path, WORDS | {"gold_articles": ["pier"]})
    marked = evaluate(lambda _: answer(citation(Span(0, 16))), questions)
    unmarked = evaluate(lambda _: answer(citation(Span(46, 56))), questions)
    assert (marked["answer@1"].value, marked["shown@1"].value) == (1.0, 1.0)
    assert (unmarked["answer@1"].value, unmarked["shown@1"].value) == (1.0, 0.0)


def test_the_right_words_in_another_article_do_not_count(tmp_path):
    questions = lines(tmp_path, WORDS | {"gold_articles": ["harbour"]})
    assert evaluate(lambda _: answer(citation(Span(0, 16))), questions)["answer@5"].value == 0.0


def test_an_error_is_a_miss_and_is_told(tmp_path):
    def broken(_):
        raise ModelMissingError("no model")

    result = evaluate(broken, lines(tmp_path, SPANS))
    assert result["P@1"].value == 0.0
    assert "no model" in table(result)


def test_a_crash_is_a_miss_and_the_others_go_on(tmp_path):
    asked = iter((True, False))

    def sometimes(_):
        if next(asked):
            raise ZeroDivisionError("by nought")
        return answer(citation(QUOTE))

    result = evaluate(sometimes, lines(tmp_path, SPANS, SPANS))
    assert (result["P@1"].value, result["kept"].value) == (0.5, 0.5)
    assert "by nought" in table(result)


def test_articles_are_ranked_by_average_precision(tmp_path):
    cited = [citation(QUOTE, name=name) for name in ("one", "two", "three", "one")]
    result = evaluate(lambda _: answer(*cited), lines(tmp_path, {"question": "?", "gold_articles": ["two", "three"]}))
    assert result["MAP"].value == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert result["MRR"].value == 0.5


def test_the_sentence_is_judged_where_the_article_is_right(tmp_path):
    other = {"question": "?", "answer": ["pier"], "gold_articles": ["elsewhere"]}
    result = evaluate(
        lambda _: answer(citation(Span(0, 16))), lines(tmp_path, WORDS | {"gold_articles": ["pier"]}, other)
    )
    assert (result["sentence@1"].value, result["sentence@1"].n) == (1.0, 1)
    assert (result["shown@1"].value, result["shown@1"].n) == (0.5, 2)


def outcomes(*confidences_and_right):
    question = Labelled("1", "?", ())
    return [Outcome(question, {}, confidence, right=right) for confidence, right in confidences_and_right]


def test_a_confidence_that_comes_true_has_no_error():
    assert calibration_error(outcomes(*[(1.0, True)] * 20, *[(0.0, False)] * 20)) == 0.0
    assert calibration_error(outcomes(*[(0.9, False)] * 20)) == pytest.approx(0.9)


def test_risk_is_least_where_the_wrong_ones_are_the_least_sure():
    best, worst = ((0.9, True), (0.1, False)), ((0.1, True), (0.9, False))
    assert risk(outcomes(*best)) == pytest.approx((0 + 1 / 2) / 2)
    assert risk(outcomes(*worst)) == pytest.approx((1 + 1 / 2) / 2)


def test_a_table_tells_stages_and_forms_apart(tmp_path):
    rows = [SPANS | {"form": "say"}, SPANS | {"form": "who"}, {"question": "?", "gold": [], "answerable": False}]
    told = table(evaluate(lambda _: answer(citation(QUOTE, "Roe")), lines(tmp_path, *rows)))
    for heading in ("retrieval:", "highlight:", "abstention:", "say (1)", "who (1)", "ECE", "AURC"):
        assert heading in told


def test_a_refusal_is_right_only_where_there_is_no_answer(tmp_path):
    refuse = lambda _: answer(refusal="Nothing found.", confidence=0.1)  # noqa: E731
    result = evaluate(refuse, lines(tmp_path, SPANS, {"question": "?", "gold": [], "answerable": False}))
    assert (result["kept"].value, result["refused"].value) == (0.0, 1.0)


def test_auroc_is_the_chance_that_the_answerable_gets_more():
    assert auroc([0.9, 0.8], [0.1]) == 1.0
    assert auroc([0.1], [0.9]) == 0.0
    assert auroc([0.5, 0.9], [0.5]) == 0.75
    assert auroc([0.5], []) is None


def test_an_interval_holds_its_mean_and_narrows_with_more_questions(tmp_path):
    def every_other(n):
        calls = iter(range(10_000))
        ask = lambda _: answer(citation(QUOTE if next(calls) % 2 else Span(0, 16)))  # noqa: E731
        return evaluate(ask, lines(tmp_path, *[SPANS] * n))["P@1"]

    few, many = every_other(10), every_other(200)
    assert few.low <= few.value <= few.high
    assert many.high - many.low < few.high - few.low


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "not JSON ("),
        ("[]", "the line is no JSON object"),
        ('{"question": "?"}', "the field 'gold_articles' is missing"),
        ('{"gold": []}', "the field 'question' is missing"),
        ('{"question": 3, "gold": []}', "the field 'question' is no text"),
        ('{"question": "?", "gold_articles": "a"}', "the field 'gold_articles' is no list"),
        ('{"question": "?", "gold_articles": ["a"], "answer": "yes"}', "the field 'answer' is no list"),
        ('{"question": "?", "gold": [{"article": "a"}]}', "the field 'start' is missing"),
        (
            '{"question": "?", "gold_articles": ["a"], "date": "soon"}',
            "the field 'date' is no day like 2022-07-08: 'soon'",
        ),
        ('{"question": " ", "gold_articles": ["a"]}', "the question is empty"),
        ('{"question": null, "gold_articles": ["a"]}', "the field 'question' is missing"),
        (
            '{"question": "?", "gold_articles": []}',
            'no right answer; where the articles have none, it says "answerable": false',
        ),
        ('{"question": "?", "gold_articles": [1]}', "the field 'gold_articles' holds what is no text: 1"),
        ('{"question": "?", "gold_articles": ["a"], "answer": [3]}', "the field 'answer' holds what is no text: 3"),
        (
            '{"question": "?", "gold_articles": ["a"], "answerable": "no"}',
            "the field 'answerable' is neither true nor false",
        ),
        ('{"question": "?", "gold_articles": ["a"], "form": 3}', "the field 'form' is no text"),
        ('{"question": "?", "gold": [7]}', "what is right is no JSON object"),
        (
            '{"question": "?", "gold": [{"article": "a", "start": "x", "end": 2}]}',
            "the field 'start' is no whole number",
        ),
        (
            '{"question": "?", "gold": [{"article": "a", "start": true, "end": 2}]}',
            "the field 'start' is no whole number",
        ),
        ('{"question": "?", "gold": [{"article": "a", "start": 3, "end": 2}]}', "a span needs 0 <= start <= end"),
        ('{"question": "?", "gold": [{"article": 1, "start": 0, "end": 2}]}', "the field 'article' is no text"),
        (
            '{"question": "?", "gold": [{"article": "a", "start": 0, "end": 2, "grade": "x"}]}',
            "the field 'grade' is no whole",
        ),
        (
            '{"question": "?", "gold": [{"article": "a", "start": 0, "end": 2, "parts": [[1]]}]}',
            "no start and end: [1]",
        ),
    ],
)
def test_a_bad_line_is_named_by_its_number_and_what_is_wrong_with_it(tmp_path, line, why):
    path = tmp_path / "q.jsonl"
    path.write_text(json.dumps(SPANS) + "\n" + line, encoding="utf-8")
    with pytest.raises(UsageError, match=r"q\.jsonl:2: not a labelled question: ") as caught:
        load(path)
    assert why in caught.value.message
    assert caught.value.hint == "qa eval --help lists the fields."


def test_what_a_line_leaves_out_or_gives_as_null_is_as_it_is_by_default(tmp_path):
    """Also in a file that begins with a mark, as editors of other systems write it."""
    bare = {"question": "?", "gold": [{"article": "a", "start": 0, "end": 2}]}
    null = dict.fromkeys(("id", "form", "corpus", "date", "answerable"))
    full = bare | null | {"gold": [bare["gold"][0] | dict.fromkeys(("speaker", "grade", "parts"))]}
    path = tmp_path / "q.jsonl"
    path.write_text("\ufeff" + "\r\n\n".join(map(json.dumps, (bare, full))), encoding="utf-8")
    one, other = load(path)
    assert one == replace(other, id="1")


@pytest.mark.parametrize("text", ["", "\n \n"])
def test_a_file_without_questions_is_an_error_and_no_figure(tmp_path, text):
    (tmp_path / "q.jsonl").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match="holds no question"):
        load(tmp_path / "q.jsonl")


def test_a_right_article_that_is_not_there_is_told(tmp_path):
    """By the names that count as the same where results are judged."""
    [labelled] = lines(tmp_path, {"question": "?", "gold_articles": ["note", "nowhere", "a/b"]})
    documents = [Document("1", "/x/note.txt", "", ()), Document("2", "/x/dump.zip", "", (), part="y/a-b.html")]
    assert strangers([labelled, replace(labelled, answerable=False)], documents) == ["nowhere"]
    assert strangers([replace(labelled, answerable=False)], []) == []
    assert strangers([labelled], []) == ["note", "nowhere", "a/b"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"none\.jsonl"):
        load(tmp_path / "none.jsonl")
