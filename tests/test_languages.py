"""Other languages, end to end: offsets, sentences, words that are found, marks, and lines on the screen."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping

import numpy as np
import pytest

from index.build import update
from index.encode import DEFAULT_MODEL, Encoded
from index.letters import fold, pieces, searchable, stem
from index.store import open_store
from qa import render
from qa.answer import ask
from qa.screen import clean, width
from tests.toy import ToyEncoder


class Polyglot(ToyEncoder):
    """Stands in for a model that knows the words of every language, one by one; these it knows in English too."""

    def __init__(self, name: str = "polyglot", english: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.name = self.fingerprint = name
        self.english = english or {}

    def passages(self, texts, parts=(), progress=None) -> Encoded:
        pooled = tuple(
            self.questions([span.of(text) for span in spans]) for text, spans in zip(texts, parts, strict=False)
        )
        return Encoded(self.questions(texts), pooled)

    def questions(self, texts) -> np.ndarray:
        return super().questions([self._understood(text) for text in texts])

    def _understood(self, text: str) -> str:
        words = searchable(text.casefold()).replace(".", " ").split()
        return " ".join(self.english.get(word, word) for word in words)


# Each article: its title, its paragraphs, and how the sentences of these end up.
ARTICLES: dict[str, tuple[str, list[list[str]]]] = {
    "russian": (
        "Переговоры в Женеве",
        [
            [
                "Министр иностранных дел Сергей Лавров заявил в четверг, что санкции против Ирана не помогут переговорам."
            ],
            ["Ёлка на Красной площади будет открыта в декабре, сообщил мэр.", "Вход свободный."],
        ],
    ),
    "chinese": (
        "外长谈伊朗问题",
        [
            [
                "俄罗斯外长拉夫罗夫星期四表示，对伊朗的制裁无助于谈判。",
                "各方应保持克制！",
                "会议何时召开？",
                "没有人知道。",
            ],
            ["农业部说，今年的小麦价格上涨了百分之十。"],
        ],
    ),
    "japanese": (
        "東京都知事の発言",
        [
            [
                "東京都の知事は木曜日、オリンピックの予算を削減すると述べた。",
                "反対する人はいるのか？",
                "まだ分からない。",
            ],
            ["大阪ではガス料金が上がる見通しだ。"],
        ],
    ),
    "arabic": (
        "محادثات جنيف",
        [
            [
                "قال وزير الخارجية إن العقوبات على إيران لن تساعد المفاوضات.",
                "هل ستشارك الأمم المتحدة؟",
                "نعم، قال المتحدث.",
            ],
            ["وارتفعت أسعار القَمْح بنسبة عشرة في المئة بسبب الجفاف."],
        ],
    ),
    "hebrew": ("המחירים", [["מחיר הלחם עלה בעשרה אחוזים, אמר השר ביום חמישי.", "החקלאים מתלוננים על הבצורת."]]),
    "french": (
        "Le café de la gare",
        [["Le maire a déclaré que le café de la gare fermerait en été 🎉👩‍👩‍👧.", "Tout le monde était déçu."]],
    ),
    "greek": ("Η Ελλάδα", [["Η Ελλάδα θα μειώσει τους φόρους, είπε ο υπουργός.", "Οι αγρότες διαμαρτύρονται."]]),
    "german": (
        "Die Straße",
        [["Die große Straße am Hafen bleibt gesperrt, teilte die Stadt mit.", "Das Maß ist voll."]],
    ),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    place = tmp_path_factory.mktemp("languages")
    for name, (title, paragraphs) in ARTICLES.items():
        space = "" if name in ("chinese", "japanese") else " "
        text = "\n\n".join([title, *(space.join(sentences) for sentences in paragraphs)])
        (place / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    with open_store(place / ".qa", create=True) as store:
        update(store, [place], Polyglot())
        yield store


def answered(store, question):
    return ask(store, question, encoder=Polyglot(), k=3)


@pytest.mark.parametrize("name", ARTICLES)
def test_sentences_end_where_a_reader_ends_them_and_are_slices_of_the_file(store, name):
    with store.snapshot() as snapshot:
        documents = snapshot.documents(snapshot.document_ids())
        [document] = [d for d in documents.values() if d.path.endswith(f"{name}.txt")]
        ids = range(1, len(snapshot) + 1)
        found = [s for p in snapshot.passages(ids) if p.document == document.id for s in p.sentences]
    assert [s.of(document.text) for s in found] == [s for paragraph in ARTICLES[name][1] for s in paragraph]


FOUND = [
    ("Что сказал Лавров о санкциях против Ирана?", "russian", 0),
    ("ёлки на площадях", "russian", 1),
    ("елка", "russian", 1),
    ("КРАСНАЯ ПЛОЩАДЬ", "russian", 1),
    ("伊朗 制裁", "chinese", 0),
    ("小麦价格", "chinese", 4),
    ("小麦", "chinese", 4),
    ("東京の予算", "japanese", 0),
    ("ガス料金", "japanese", 3),
    ("ｶﾞｽ料金", "japanese", 3),
    ("العقوبات على ايران", "arabic", 0),
    ("اسعار القمح", "arabic", 3),
    ("מחיר הלחם", "hebrew", 0),
    ("cafe gare", "french", 0),
    ("CAFÉ", "french", 0),
    ("ελλαδα φορους", "greek", 0),
    ("grosse strasse", "german", 0),
]


@pytest.mark.parametrize(("question", "name", "sentence"), FOUND)
def test_words_are_found_in_every_script_and_the_mark_is_on_their_sentence(store, question, name, sentence):
    answer = answered(store, question)
    assert answer.answered
    first = answer.citations[0]
    assert first.document.path.endswith(f"{name}.txt")
    wanted = [s for paragraph in ARTICLES[name][1] for s in paragraph][sentence]
    assert "".join(part.of(first.document.text) for part in first.highlights)[:20] == wanted[:20]


@pytest.mark.parametrize(
    "question", ["奥巴马 气候", "что думает Обама о климате?", "ماذا قال اوباما عن المناخ؟", "Obama climate"]
)
def test_words_no_article_holds_are_not_found_in_any_script(store, question):
    with store.snapshot() as snapshot:
        assert not any(snapshot.frequencies(answered(store, question).question.words).values())
        assert snapshot.lexical(answered(store, question).question.words, 10) == []


@pytest.mark.parametrize("columns", [40, 80])
@pytest.mark.parametrize(("question", "name", "sentence"), FOUND)
def test_no_line_on_the_screen_is_too_wide_and_no_character_is_lost(store, question, name, sentence, columns):
    answer = answered(store, question)
    text = render.to_plain(render.terminal(answer, render.Look(columns)))
    assert max(width(line) for line in text.split("\n")) <= columns
    shown = "".join(text.split())
    for citation in answer.citations[:1]:
        for part in citation.highlights:
            assert "".join(clean(part.of(citation.document.text)).split()) in shown.replace("⟦", "").replace("⟧", "")


@pytest.mark.parametrize("name", ARTICLES)
def test_folding_is_the_same_for_however_a_word_is_composed(name):
    for sentence in (s for paragraph in ARTICLES[name][1] for s in paragraph):
        forms = {fold(unicodedata.normalize(form, sentence)) for form in ("NFC", "NFD", "NFKC", "NFKD")}
        assert forms == {fold(sentence)} == {fold(fold(sentence))}


def test_what_makes_a_word_another_one_is_kept():
    assert fold("ガス") != fold("カス")
    assert fold("한국어") == "한국어"
    assert fold("Й") == "и"
    assert stem("банк") == "банк"
    assert pieces("東京都") == ["東京", "京都"]
    assert pieces("核") == ["核"]


def test_text_in_latin_letters_is_left_to_the_word_index_as_it_is():
    plain = "The café’s owner said: “Żółć costs €5…” — naïve?"
    assert searchable(plain) is plain


def test_a_multilingual_model_finds_an_article_of_another_language_by_meaning(tmp_path):
    words = {"санкции": "sanctions", "ирана": "iran", "против": "against", "переговорам": "talks"}
    english = {searchable(russian): word for russian, word in words.items()}
    model = Polyglot("paraphrase-multilingual-MiniLM-L12-v2", english)
    for name in ("russian", "greek", "arabic"):
        title, paragraphs = ARTICLES[name]
        text = "\n\n".join([title, *(" ".join(p) for p in paragraphs)])
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], model)
        answer = ask(store, "sanctions against Iran talks", encoder=model)
    first = (answer.citations or answer.nearest)[0]
    assert first.document.path.endswith("russian.txt")
    assert first.highlights[0].of(first.document.text) == ARTICLES["russian"][1][0][0]


def test_the_default_model_says_that_it_knows_english_only_where_it_does(tmp_path):
    (tmp_path / "a.txt").write_text(" ".join(ARTICLES["russian"][1][0]), encoding="utf-8")
    (tmp_path / "b.txt").write_text("Lavrov said that the sanctions would not help the talks.", encoding="utf-8")
    model = Polyglot(DEFAULT_MODEL)
    with open_store(tmp_path / ".qa", create=True) as store:
        update(store, [tmp_path], model)
        told = [ask(store, text, encoder=model).notices for text in ("санкции против Ирана", "sanctions talks")]
    assert "knows English only" in told[0][0]
    assert told[1] == ()


def test_every_mark_that_folding_drops_is_where_it_is_looked_for():
    marks = [
        char for char in map(chr, range(0x110000)) if not 0xD800 <= ord(char) < 0xE000 and fold(f"a{char}b") == "ab"
    ]
    assert len(marks) > 700
    assert {"\u0301", "\u05b4", "\u064e"} <= set(marks)
