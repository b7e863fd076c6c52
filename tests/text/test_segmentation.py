import re
import unicodedata

import pytest
from hypothesis import given
from spaced_text import SPACED

from rnnops.text import segmentation

SENTENCES = {
    "Chinese": "今天下午三点在二楼会议室开会，请带上合同。",
    "Japanese": "明日の会議は午後三時からです。資料をメールで送ってください。",
    "Thai": "พรุ่งนี้มีประชุมที่สำนักงานใหญ่ กรุณานำเอกสารมาด้วย",
    "Lao": "ມື້ອື່ນມີກອງປະຊຸມຢູ່ຫ້ອງການ ກະລຸນາເອົາເອກະສານມານຳ",
    "Khmer": "ថ្ងៃស្អែកមានការប្រជុំនៅការិយាល័យ សូមយកឯកសារមកជាមួយ។",
    "Burmese": "မနက်ဖြန် ရုံးမှာ အစည်းအဝေးရှိတယ်။",
}


@given(SPACED)
def test_text_with_blanks_between_its_words_is_treated_as_ever(text):
    assert not segmentation.is_unspaced(text)
    assert list(segmentation.split(text)) == [(False, text)] * bool(text)
    assert segmentation.cut(text) == re.findall(r"\s*\S+\s*", text)
    assert segmentation.join(text.split()) == " ".join(text.split())
    assert segmentation.runs(text.split()) == []


@pytest.mark.parametrize("sentence", SENTENCES.values(), ids=SENTENCES)
def test_a_sentence_is_cut_between_characters_and_never_before_a_mark(sentence):
    pieces = segmentation.cut(sentence)
    assert "".join(pieces) == sentence
    assert len(pieces) > len(sentence) / 3
    assert not [piece for piece in pieces if unicodedata.category(piece[0]) in ("Mn", "Mc")]
    segments = [part for is_segment, part in segmentation.split(sentence) if is_segment]
    letters = [c for c in sentence if unicodedata.category(c)[0] in "LM"]
    assert "".join(segments) == "".join(letters)


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("ビットコインを買う", ["ビットコイン", "を", "買", "う"]),
        ("ﾋﾞｯﾄｺｲﾝを", ["ﾋﾞｯﾄｺｲﾝ", "を"]),
        ("ที่บ้าน", ["ที่", "บ้", "า", "น"]),
        ("ស្រីស្អាត", ["ស្រី", "ស្អា", "ត"]),  # consonants below others
        ("ខ្ញុំ\u200bទៅ", ["ខ្ញុំ", "ទៅ"]),  # a zero-width blank between two words
        ("人々は〇", ["人", "々", "は", "〇"]),
        ("𠮷野家", ["𠮷", "野", "家"]),
    ],
)
def test_segments_are_characters_with_their_marks_and_katakana_runs(text, segments):
    assert list(segmentation.split(text)) == [(True, segment) for segment in segments]


def test_what_stands_between_segments_stays_whole():
    parts = list(segmentation.split("请看https://example.com/a和bob@mail.example，共$9.99。"))
    others = [part for is_segment, part in parts if not is_segment]
    assert others == ["https://example.com/a", "bob@mail.example，", "$9.99。"]


def test_a_blank_joins_only_words_that_blanks_part():
    assert segmentation.join(["你", "好", "free", "money", "吗"]) == "你好free money吗"
    assert segmentation.join([]) == ""


def test_neighbouring_segments_are_one_run():
    tokens = ["free", "今", "天", "，", "ビットコイン", "を", "3", "<0>"]
    assert segmentation.runs(tokens) == ["今天", "ビットコインを"]
