"""Random text in scripts that write blanks between words."""

from hypothesis import strategies as st

SPACED = st.text(
    st.sampled_from([" ", "\n", "\t", "\u00a0", "\u200b", ".", "!", "1", "$", "😀", "–"])
    | st.characters(max_codepoint=0x24F)  # Latin
    | st.characters(min_codepoint=0x370, max_codepoint=0x6FF)  # Greek, Cyrillic, Hebrew, Arabic
    | st.characters(min_codepoint=0x900, max_codepoint=0x97F)  # Devanagari
    | st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)  # Korean
)
