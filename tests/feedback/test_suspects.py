import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from rnnops.feedback.suspects import rank_suspects

NUMBER = 1000


def train_and_score(vectors, labels, others):
    return LogisticRegression().fit(vectors, labels).predict_proba(others)


def corpus(seed):
    """Messages of two labels whose features tell them apart, one in ten badly."""
    random = np.random.default_rng(seed)
    is_spam = random.random(NUMBER) < 0.3
    features = random.normal(np.where(is_spam, 1.2, -1.2)[:, None], 1.5, (NUMBER, 4))
    labels = np.where(is_spam, "spam", "ham").astype(object)
    messages = pd.DataFrame({"label": labels, "cluster": np.arange(NUMBER).astype(str)})
    return messages, sparse.csr_array(features)


def test_planted_wrong_labels_are_among_the_most_suspect():
    found = []
    for seed in range(5):
        messages, vectors = corpus(seed)
        flipped = np.random.default_rng(seed).choice(NUMBER, NUMBER // 50, replace=False)
        messages.loc[flipped, "label"] = messages.loc[flipped, "label"].map(
            {"ham": "spam", "spam": "ham"}
        )
        messages["flipped"] = np.isin(np.arange(NUMBER), flipped)
        ranked = rank_suspects(messages, vectors, ["ham", "spam"], train_and_score)
        found.append(ranked["flipped"].head(NUMBER // 20).sum() / len(flipped))
    assert np.mean(found) >= 0.7


def test_a_suspect_has_the_probability_of_its_label_and_another_suggestion():
    messages, vectors = corpus(0)
    ranked = rank_suspects(messages, vectors, ["ham", "spam"], train_and_score)
    assert ranked["probability"].is_monotonic_increasing
    assert (ranked["suggested"] != ranked["label"]).head(20).all()
    assert (ranked["suggested"] == ranked["label"]).tail(20).all()


def test_near_duplicates_do_not_vouch_for_each_other():
    """A campaign under the wrong label, with a word that no other message has, is suspect."""
    messages, vectors = corpus(0)
    is_campaign = np.arange(NUMBER) < 20
    features = np.where(is_campaign[:, None], -1.2, vectors.toarray())
    word = np.where(is_campaign, 5.0, 0.0)[:, None]
    wide = sparse.csr_array(np.hstack([features, word]))
    messages.loc[is_campaign, "label"] = "spam"
    suspected = []
    for clusters in (messages["cluster"], messages["cluster"].where(~is_campaign, "campaign")):
        messages["is_campaign"] = is_campaign
        ranked = rank_suspects(
            messages.assign(cluster=clusters), wide, ["ham", "spam"], train_and_score
        )
        suspected.append((ranked["is_campaign"] & (ranked["suggested"] == "ham")).sum())
    assert suspected == [0, 20]


def test_a_label_that_a_fold_lacks_gets_no_probability():
    messages, vectors = corpus(0)
    messages.loc[:2, ["label", "cluster"]] = ["rare", "one"]
    ranked = rank_suspects(messages, vectors, ["ham", "rare", "spam"], train_and_score)
    assert (ranked.loc[ranked["label"] == "rare", "probability"] == 0).all()
