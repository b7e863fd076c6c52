import pytest

from rnnops.features.tokens import tokenize


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Free M0ney now", ["free", "money", "<obfuscated>", "now"]),
        ("Привет, 世界!", ["привет", ",", "世", "界", "!"]),
        ("今天下午3点开会。", ["今", "天", "下", "午", "3", "<0>", "点", "开", "会", "。"]),
        ("特价¥1,200元！！！", [
            "特", "价", "¥", "1", ",", "200", "<0,000>", "<price>", "元",
            "!", "!", "!", "<repeated>",
        ]),
        ("请加VIP群wx.example.com/路", [
            "请", "加", "vip", "<shout>", "群", "wx", ".", "example", ".", "com", "/", "路",
        ]),
        ("看https://a.example吧", [
            "看", "https", ":", "/", "/", "a", ".", "example", "<url>", "吧",
        ]),
        ("今すぐＦＲＥＥのﾋﾞｯﾄｺｲﾝを", [
            "今", "す", "ぐ", "free", "<shout>", "の", "ビットコイン", "を",
        ]),
        ("จ่าย500บาท", ["จ่", "า", "ย", "500", "<000>", "บ", "า", "ท"]),
        ("ກະລຸນາ", ["ກ", "ະ", "ລຸ", "ນ", "າ"]),
        ("ខ្ញុំ\u200bទៅ", ["ខ្ញុំ", "ទៅ"]),
        ("免 费 领 取", ["免", "费", "领", "取"]),
        ("FREE cash NOW, OK?", ["free", "<shout>", "cash", "now", "<shout>", ",", "ok", "?"]),
        ("BUY 2 OF IT, NOW!\n\nCALL Bob", [
            "buy", "2", "<0>", "of", "it", ",", "now", "!", "call", "<shout>", "bob",
        ]),
        ("AN E-MAIL 今天 FROM NASA", [
            "an", "e", "-", "mail", "今", "天", "from", "nasa", "<shout>",
        ]),
        ("v1agra", ["viagra", "<obfuscated>"]),
        ("w0rld th1ng gr3at c4sino ca5ino", [
            "world", "<obfuscated>", "thing", "<obfuscated>", "great", "<obfuscated>",
            "casino", "<obfuscated>", "casino", "<obfuscated>",
        ]),
        ("vi\u200bag\u00adra", ["viagra", "<obfuscated>"]),
        ("v\u0456\u0430gra", ["viagra", "<obfuscated>"]),  # Cyrillic і and а
        ("V.I.A.G.R.A c-a-s-h w i n s", [
            "viagra", "<obfuscated>", "cash", "<obfuscated>", "wins", "<obfuscated>",
        ]),
        ("\uff26\uff32\uff25\uff25 \ufb01le", ["free", "<shout>", "file"]),  # NFKC
        ("мама и я", ["мама", "и", "я"]),
        ("w3c h1b mp3", ["w3c", "h1b", "mp3"]),
        ("wow!!!!!", ["wow", "!", "!", "!", "<repeated>"]),
        ("$9.99", ["$", "9", ".", "99", "<0.00>", "<price>"]),
        ("a b c\n$\n9.99", ["a", "b", "c", "$", "9", ".", "99", "<0.00>", "<price>"]),
        ("10:30", ["10", ":", "30", "<00:00>"]),
        ("see http://a.example/b now", [
            "see", "http", ":", "/", "/", "a", ".", "example", "/", "b", "<url>", "now",
        ]),
        ("bob@mail.example", ["bob", "@", "mail", ".", "example", "<email>"]),
        ("[[hidden-text]] <b>", ["<hidden-text>", "<", "b", ">"]),
        ("", []),
        (" \n\t", []),
    ],
)  # fmt: skip
def test_tokens_are_words_marks_and_evidence_in_order(text, tokens):
    assert tokenize(text) == tokens


@pytest.mark.parametrize(
    "text",
    [
        "Dear Sir, w1nner of a pr1ze: call at 10:30, or see www.example.com!!!",
        "V.I.A.G.R.A for $9.99, v\u0456\u0430gra, bob@mail.example, w3c [[hidden-text]]",
        "Привет, мир! Straße 今天 tomorrow",
    ],
)
def test_capitals_change_nothing_but_that_the_message_shouts_once(text):
    shouting = tokenize(text.upper())
    shouting.remove("<shout>")
    assert shouting == tokenize(text.replace("ß", "ss"))


def test_encoded_data_is_cut():
    assert [len(token) for token in tokenize("x" * 90)] == [40]


@pytest.mark.parametrize("text", ["a@" * 50_000, "a." * 50_000, "1," * 50_000, "[[" * 50_000])
def test_no_text_takes_long(text):
    assert len(tokenize(text)) >= 2


@pytest.mark.parametrize("script", ["ที่บ้าน", "שלום עולם", "مرحبا بالعالم", "नमस्ते दुनिया", "日本語"])
def test_every_script_has_words(script):
    tokens = tokenize(script)
    assert "".join(tokens).replace("<obfuscated>", "") == "".join(script.split())
    assert not [token for token in tokens if token.startswith("<")]
