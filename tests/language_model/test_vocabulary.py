"""Text as words, and words as numbers."""

import pytest

from rnnops.core.errors import InputError
from rnnops.language_model.vocabulary import END, UNKNOWN, Vocabulary
from rnnops.language_model.words import split_into_sentences

TEXTS = ["The dog sees the cat.\nThe cat sleeps.", "A dog, the dog!"]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It's 3.5 well-known dogs, no?", [["it's", "3.5", "well-known", "dogs", ",", "no", "?"]]),
        ("One\n\n  \nTwo.", [["one"], ["two", "."]]),
        ("«Où?» -- U.S.", [["«", "où", "?", "»", "-", "-", "u.s", "."]]),
        (" \n\t\n", []),
    ],
)
def test_a_line_is_a_sentence_and_a_mark_a_word(text, sentences):
    assert split_into_sentences(text, is_tokenized=False) == sentences


def test_words_that_blanks_separate_already_are_left_as_they_are():
    assert split_into_sentences("Mr. Ed 's `` hat ''", is_tokenized=True) == [
        ["mr.", "ed", "'s", "``", "hat", "''"]
    ]


def test_chinese_is_cut_into_segments():
    (words,) = split_into_sentences("今天天气很好。", is_tokenized=False)
    assert len(words) > 1
    assert "".join(words) == "今天天气很好。"


def test_the_most_frequent_words_are_known_the_others_one_unknown_word():
    vocabulary = Vocabulary.fit(TEXTS, 6, is_tokenized=False)
    assert vocabulary.words == ["<end>", "<unknown>", "the", "dog", ".", "cat"]
    assert vocabulary.ids("The mouse.\ncat").tolist() == [2, UNKNOWN, 4, END, 5, END]
    assert vocabulary.ids("The mouse", is_whole=False).tolist() == [2, UNKNOWN]
    assert vocabulary.ids("").tolist() == []


def test_ids_are_written_as_text_again():
    vocabulary = Vocabulary.fit(TEXTS, 100, is_tokenized=False)
    assert vocabulary.text(vocabulary.ids("A dog .\nthe cat")) == "a dog .\nthe cat"


def test_no_word_is_an_error():
    with pytest.raises(InputError, match="no word"):
        Vocabulary.fit(["", "  "], 10, is_tokenized=False)


def test_it_is_saved_and_loaded(tmp_path):
    vocabulary = Vocabulary.fit(TEXTS, 8, is_tokenized=True)
    vocabulary.save(tmp_path)
    assert Vocabulary.load(tmp_path) == vocabulary
