import numpy as np
import pytest

from rnnops.core.params import load_params
from rnnops.features.featurizer import Featurizer
from rnnops.features.params import Features
from rnnops.features.terms import PIECE
from rnnops.linear.classifiers import fit_classifier
from rnnops.linear.params import Baseline

WORK = [
    "请把上周的会议记录发给我。",
    "明天上午十点在会议室开会。",
    "附件是本月的项目报告，请查收。",
    "客户希望下周讨论合同的细节。",
    "项目的进度报告已经更新了。",
    "会议改到星期五下午两点。",
    "请大家在周三之前提交报告。",
    "合同已经签好，原件寄给客户了。",
]
SPAM = [
    "恭喜您中奖了，请马上领取奖金！",
    "免费领取红包，点击下面的链接！",
    "投资一万，月赚十万，机会难得！",
    "限时优惠，全场免费，立即点击！",
    "您的账户中奖，点击链接领取大奖！",
    "低息贷款，无需抵押，马上到账！",
    "加我微信，免费领取投资秘籍！",
    "今日大奖等您领取，机会不容错过！",
]
NEW_WORK = ["请查收会议报告。", "下周和客户开会讨论项目。", "合同的报告明天提交。"]
NEW_SPAM = ["免费大奖马上领取！", "点击链接领取奖金！", "投资机会难得，立即点击！"]


def featurizer(word_ngrams=2):
    params = Features(
        method="bow",
        vocabulary_size=1000,
        min_count=1,
        terms={
            "word_ngrams": word_ngrams, "character_ngrams": 3, "min_documents": 1, "size": 10_000,
        },
        word2vec={"dimension": 8, "window": 2, "negative": 2, "epochs": 1, "seed": 0},
    )  # fmt: skip
    return Featurizer.fit(WORK + SPAM, ["work"] * 8 + ["spam"] * 8, params)


@pytest.mark.parametrize("name", ["multinomial_naive_bayes", "logistic_regression"])
def test_chinese_messages_are_classified(name):
    fitted = featurizer()
    params = load_params()[Baseline]

    def vectors(texts):
        return fitted.represent(fitted.transform(texts), "word_tfidf")

    labels = np.repeat([0, 1], 8)
    classifier = fit_classifier(name, vectors(WORK + SPAM), labels, params)
    probabilities = classifier.probabilities(vectors(NEW_WORK + NEW_SPAM))
    assert probabilities.argmax(axis=1).tolist() == [0, 0, 0, 1, 1, 1]


def test_the_network_reads_new_sentences_as_known_words():
    fitted = featurizer()
    assert all(len(known) >= 5 for known in fitted.transform(NEW_WORK + NEW_SPAM).sequences)
    unknown = fitted.vocabulary.encode(["no such word"])[0]
    read = np.concatenate(fitted.transform(NEW_WORK).sequences)
    assert (read == unknown).mean() < 0.2


def test_neighbouring_characters_are_terms():
    pairs = {"会 议", "领 取"}
    assert pairs <= set(featurizer(word_ngrams=2).terms.names)
    pieces = {f"{PIECE}会议", f"{PIECE}领取", f"{PIECE}的链接"}
    assert pieces <= set(featurizer(word_ngrams=1).terms.names)
