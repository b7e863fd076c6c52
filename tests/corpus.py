"""Messages that look like campaigns of mail, made from a seed."""

import hashlib

import numpy as np
import pandas as pd

WORDS = np.array([f"word{chr(97 + i // 26)}{chr(97 + i % 26)}" for i in range(500)])
TELLING = {
    "spam": np.array(["winner", "prize", "cash", "click", "offer"]),
    "ham": np.array(["meeting", "patch", "report", "lunch", "draft"]),
}


def campaign_messages(campaigns: int, seed: int = 0) -> pd.DataFrame:
    """Campaigns of one to six messages that differ in a few words, in shuffled order.

    Columns text, label, id, source. Every third campaign is spam; a tenth of the words tell.
    """
    random = np.random.default_rng(seed)
    rows = []
    for campaign in range(campaigns):
        label = "spam" if campaign % 3 == 0 else "ham"
        template = random.choice(WORDS, 40)
        template[random.integers(40, size=4)] = random.choice(TELLING[label], 4)
        for _ in range(random.integers(1, 7)):
            words = template.copy()
            words[random.integers(40, size=2)] = random.choice(WORDS, 2)
            rows.append((" ".join(words), label))
    order = random.permutation(len(rows))
    frame = pd.DataFrame([rows[row] for row in order], columns=["text", "label"])
    ids = [hashlib.sha256(text.encode()).hexdigest()[:16] for text in frame["text"]]
    return frame.assign(id=ids, source="generated")


def ordered_messages(number: int, seed: int = 0) -> pd.DataFrame:
    """Messages whose label only the order of two words tells: columns text and label.

    Each holds "question" and "answer" once among words drawn at random; it is spam if the answer
    comes first.
    """
    random = np.random.default_rng(seed)
    rows = []
    for _ in range(number):
        words = random.choice(WORDS, 12)
        places = np.sort(random.choice(12, 2, replace=False))
        is_spam = random.random() < 0.4
        words[places] = ["answer", "question"] if is_spam else ["question", "answer"]
        rows.append((" ".join(words), "spam" if is_spam else "ham"))
    return pd.DataFrame(rows, columns=["text", "label"])
