"""The charsets that a client may name.

Python has more, and some take quadratic time (punycode, idna) or are no charset of texts (hex).
"""

from encodings import normalize_encoding
from encodings.aliases import aliases

CODECS = frozenset(
    {
        *("ascii", "utf_8", "utf_8_sig", "latin_1"),
        *(f"utf_{bits}{order}" for bits in (16, 32) for order in ("", "_le", "_be")),
        *(f"iso8859_{part}" for part in range(2, 17) if part != 12),  # there is no part 12
        *(f"cp{page}" for page in (874, *range(1250, 1259))),
        *("koi8_r", "koi8_u"),
        *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950"),
        *("shift_jis", "cp932", "euc_jp", "iso2022_jp", "euc_kr", "cp949", "iso2022_kr"),
    }
)
_BY_NAME = {alias: codec for alias, codec in aliases.items() if codec in CODECS}
_BY_NAME |= {codec: codec for codec in CODECS}


def codec_of(charset: str) -> str | None:
    """Python's codec of a charset, None when it is none that a client may name."""
    return _BY_NAME.get(normalize_encoding(charset[:40]).lower())
