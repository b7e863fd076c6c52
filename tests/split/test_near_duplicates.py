import re

import numpy as np
import pytest
from corpus import WORDS
from hypothesis import given
from spaced_text import SPACED

from rnnops.split.near_duplicates import (
    BAND_ROWS,
    earlier_near_duplicates,
    number_of_bands,
)
from rnnops.split.params import LEAST_SIMILARITY
from rnnops.split.shingles import Shingles, word_shingles
from rnnops.text import segmentation

CAMPAIGNS = {
    "Chinese": (
        "恭喜您获得本公司周年庆一等奖，奖金八万元，请在今天之内联系客服王小姐领取，过期作废。",
        "恭喜您获得本公司周年庆二等奖，奖金五万元，请在今天之内联系客服李小姐领取，过期作废。",
        "王经理您好，附件是上个月的销售报表，请您查收，如有问题请随时和我联系，谢谢。",
    ),
    "Japanese": (
        "おめでとうございます。あなたは百万円のプレゼントに当選しました。今すぐ登録してください。",
        "おめでとうございます。あなたは十万円のプレゼントに当選しました。本日中に登録してください。",
        "お世話になっております。来週の打ち合わせの資料をお送りします。ご確認をお願いいたします。",
    ),
    "Thai": (
        "ยินดีด้วย คุณได้รับรางวัลเงินสดหนึ่งแสนบาท กรุณาติดต่อกลับภายในวันนี้เพื่อรับรางวัล",
        "ยินดีด้วย คุณได้รับรางวัลเงินสดห้าแสนบาท กรุณาติดต่อกลับภายในคืนนี้เพื่อรับรางวัล",
        "สวัสดีครับ ผมส่งรายงานการประชุมเมื่อวานมาให้แล้ว ช่วยตรวจดูก่อนประชุมครั้งหน้าด้วย",
    ),
    "Lao": (
        "ຍິນດີນຳ ທ່ານໄດ້ຮັບລາງວັນເງິນສົດສິບລ້ານກີບ ກະລຸນາໂທກັບມາພາຍໃນມື້ນີ້",
        "ຍິນດີນຳ ທ່ານໄດ້ຮັບລາງວັນເງິນສົດຊາວລ້ານກີບ ກະລຸນາໂທກັບມາພາຍໃນມື້ນີ້",
        "ສະບາຍດີ ຂ້ອຍສົ່ງເອກະສານການປະຊຸມໃຫ້ແລ້ວ ຊ່ວຍກວດເບິ່ງກ່ອນວັນຈັນ",
    ),
    "Khmer": (
        "អបអរសាទរ អ្នកបានឈ្នះរង្វាន់ប្រាក់មួយពាន់ដុល្លារ សូមទាក់ទងមកយើងនៅថ្ងៃនេះ",
        "អបអរសាទរ អ្នកបានឈ្នះរង្វាន់ប្រាក់ប្រាំពាន់ដុល្លារ សូមទាក់ទងមកយើងនៅថ្ងៃនេះ",
        "សួស្តី ខ្ញុំបានផ្ញើរបាយការណ៍ប្រជុំទៅអ្នកហើយ សូមពិនិត្យមើលមុនថ្ងៃច័ន្ទ",
    ),
}


@pytest.mark.parametrize("texts", CAMPAIGNS.values(), ids=CAMPAIGNS)
def test_a_campaign_changed_in_a_few_characters_is_found(texts):
    assert earlier_near_duplicates(Shingles.of(texts), 0.5) == [[], [0], []]


def pairs_at(similarity, pairs):
    """Texts two by two: each pair has exactly that similarity, and little with any other."""
    size = 117  # shingles a text; of x shared ones the similarity is x / (2 * size - x)
    shared = round(2 * size * similarity / (1 + similarity))
    assert shared / (2 * size - shared) == pytest.approx(similarity)
    random = np.random.default_rng(0)
    texts = []
    for _ in range(pairs):
        words = random.choice(WORDS, size + 2)
        other = np.append(words[: shared + 2], random.choice(WORDS, size - shared))
        texts += [" ".join(words), " ".join(other)]
    return texts


@pytest.mark.parametrize("similarity", [LEAST_SIMILARITY, 0.5, 0.8])
def test_pairs_at_the_similarity_are_found(similarity):
    neighbours = earlier_near_duplicates(Shingles.of(pairs_at(similarity, 1000)), similarity)
    assert neighbours[::2] == [[]] * 1000
    missed = [row for row in range(1, 2000, 2) if neighbours[row] != [row - 1]]
    assert len(missed) <= 3  # 0.2 are expected; half of the bands would miss 14


@pytest.mark.parametrize("similarity", [LEAST_SIMILARITY, 0.4, 0.5, 0.7, 0.9, 0.999, 1])
def test_bands_miss_fewer_than_one_in_a_thousand_pairs_at_the_similarity(similarity):
    missed = (1 - similarity**BAND_ROWS) ** number_of_bands(similarity)
    assert missed < 0.001


def test_one_band_finds_equal_texts():
    assert number_of_bands(1) == 1


def test_hashes_have_64_bits_whatever_their_values():
    hashes = Shingles.of(["one", "two", "three", "four", "five", "six", ""]).hashes
    assert {each.dtype for each in hashes} == {np.dtype("uint64")}


def test_in_text_without_blanks_each_segment_is_a_word():
    text = CAMPAIGNS["Thai"][0]
    segments = {part for is_segment, part in segmentation.split(text) if is_segment}
    words = {word for shingle in word_shingles(text) for word in shingle.split(" ")}
    assert len(segments) > 10
    assert segments <= words


@given(SPACED)
def test_shingles_of_text_with_blanks_are_runs_of_three_words(text):
    words = re.findall(r"\w+", re.sub(r"\d+", "0", text.lower())) or [text.strip()]
    expected = {" ".join(words[start : start + 3]) for start in range(max(1, len(words) - 2))}
    assert word_shingles(text) == expected
