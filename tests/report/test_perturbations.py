import numpy as np
import pytest
from scipy import sparse

from rnnops.report.perturbations import indicative_words, misspell, pad, perturb, shuffle_words
from rnnops.text import segmentation

TEXT = "the quick brown fox jumps over a lazy dog " * 20
LABEL_WORDS = [["lunch", "meeting"], ["prize", "winner"]]


def random():
    return np.random.default_rng(0)


def test_shuffled_words_are_the_same_in_another_order():
    assert sorted(shuffle_words(TEXT, random()).split()) == sorted(TEXT.split())
    assert shuffle_words(TEXT, random()).split() != TEXT.split()
    assert shuffle_words("", random()) == ""


def test_typos_are_two_letters_swapped_in_about_a_fifth_of_the_long_words():
    before, after = TEXT.split(" "), misspell(TEXT, random()).split(" ")
    changed = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    long = sum(len(word) >= 4 for word in before)
    assert 0.1 < len(changed) / long < 0.3
    for one, other in changed:
        assert sorted(one) == sorted(other)
        assert (one[0], one[-1]) == (other[0], other[-1])


def test_padding_stands_behind_the_message():
    found = pad("hello", ["cash"], random())
    assert found.split() == ["hello", *["cash"] * 20]


def test_each_message_is_padded_with_words_of_another_label():
    perturbed = perturb(["a", "b"], np.array([0, 1]), LABEL_WORDS, seed=0)
    (padding,) = perturbed["padded"]
    assert set(padding[0].split()) == {"a", "prize", "winner"}
    assert set(padding[1].split()) == {"b", "lunch", "meeting"}


def test_the_seed_decides_what_is_drawn():
    one, same, other = (perturb([TEXT], np.array([1]), LABEL_WORDS, seed) for seed in (0, 0, 1))
    assert one == same
    assert one["shuffled"] != other["shuffled"]
    assert len({trial[0] for trial in one["shuffled"]}) == 5
    assert one["capitals"] == [[TEXT.upper()]]


def test_indicative_words_are_those_of_one_label_and_no_other():
    words = ["<price>", "prize", "meeting", "the"]
    counts = sparse.csr_array(np.array([[5, 9, 0, 9], [3, 9, 1, 9], [0, 0, 9, 9], [0, 1, 9, 9]]))
    of_ham, of_spam = indicative_words(counts, np.array([1, 1, 0, 0]), words)
    assert of_ham[0] == "meeting"
    assert of_spam[0] == "prize"
    assert "<price>" not in of_ham + of_spam


CHINESE = "今天下午三点在二楼会议室开会请带上合同和样品" * 10


def test_text_without_blanks_is_shuffled_by_its_characters_and_gets_no_blanks():
    found = shuffle_words(CHINESE, random())
    assert sorted(found) == sorted(CHINESE)
    assert found != CHINESE
    thai = shuffle_words("ที่บ้าน", random())
    assert sorted(segmentation.cut(thai)) == sorted(["ที่", "บ้", "า", "น"])
    mixed = shuffle_words("请看 free money 吗", random())
    words = [piece.strip() for piece in segmentation.cut(mixed)]
    assert sorted(words) == ["free", "money", *sorted("请看吗")]


def test_typos_in_text_without_blanks_swap_neighbouring_characters():
    found = misspell(CHINESE, random())
    assert sorted(found) == sorted(CHINESE)
    starts = range(0, len(CHINESE) - 3, 4)
    changed = [s for s in starts if found[s : s + 4] != CHINESE[s : s + 4]]
    assert 0.1 < len(changed) / len(starts) < 0.3
    for start in changed:
        first, second, third, fourth = CHINESE[start : start + 4]
        assert found[start : start + 4] == first + third + second + fourth


def test_chinese_and_thai_words_can_be_indicative():
    counts = sparse.csr_array(np.array([[9, 9, 0, 0], [0, 0, 9, 9]]))
    of_work, of_spam = indicative_words(counts, np.array([0, 1]), ["会", "<price>", "奖", "ที่"])
    assert of_work[0] == "会"
    assert set(of_spam[:2]) == {"奖", "ที่"}


@pytest.mark.parametrize("text", ["", " ", "a b c", "word", "ß" * 5, "今天", "ที่"])
def test_short_texts_survive(text):
    assert len(misspell(text, random())) == len(text)
