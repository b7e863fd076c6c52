import numpy as np

from rnnops.feedback.picks import pick

TEXTS = [
    "shall we meet for lunch at noon by the river",
    "the report on the third quarter is attached below",
    "you have won a prize of one thousand pounds today",
    "a new patch for the kernel was released this morning",
]


def probabilities(*of_spam):
    spam = np.array(of_spam)
    return np.stack([1 - spam, spam], axis=1)


def test_the_most_uncertain_come_first():
    chosen = pick([], TEXTS, probabilities(0.9, 0.45, 0.2, 0.6), 3, 0.5)
    assert chosen.tolist() == [1, 3, 2]


def test_of_near_duplicates_the_most_uncertain_alone_is_picked():
    texts = [*TEXTS, f"{TEXTS[0]} again", f"{TEXTS[0]} then"]
    chosen = pick([], texts, probabilities(0.4, 0.1, 0.1, 0.1, 0.5, 0.45), 6, 0.5)
    assert chosen.tolist() == [4, 1, 2, 3]


def test_what_is_like_a_known_message_is_not_picked():
    chosen = pick([f"{TEXTS[1]} again"], TEXTS, probabilities(0.9, 0.5, 0.4, 0.99), 9, 0.5)
    assert chosen.tolist() == [2, 0, 3]


def test_with_more_labels_the_two_most_probable_count():
    three = np.array([[0.5, 0.3, 0.2], [0.4, 0.39, 0.21], [0.34, 0.33, 0.33], [0.8, 0.1, 0.1]])
    assert pick([], TEXTS, three, 4, 0.5).tolist() == [1, 2, 0, 3]
