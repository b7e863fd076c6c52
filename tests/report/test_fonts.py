import matplotlib as mpl
import pytest
from matplotlib import font_manager

from rnnops.report import fonts
from rnnops.report.fonts import OWN_FAMILY, find_fonts

CHINESE = ("垃圾邮件", "正常邮件")
IN_NO_FONT = "\U000f0000"  # for private use


def installed_with(text):
    """Whether an installed font has every character of `text`."""
    return find_fonts([text]).undrawable == {}


@pytest.fixture
def only_matplotlibs_fonts(monkeypatch):
    own = [e for e in font_manager.fontManager.ttflist if mpl.get_data_path() in str(e.fname)]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", own)
    monkeypatch.setattr(font_manager, "findSystemFonts", list)


def test_labels_of_matplotlibs_own_font_are_looked_up_nowhere_else(monkeypatch):
    monkeypatch.setattr(fonts, "_installed", pytest.fail)
    for labels in (["ham", "spam"], ["да", "нет"], ["رسالة", "דואר"]):
        found = find_fonts(labels)
        assert found.style == {"font.family": [OWN_FAMILY], "figure.titleweight": "bold"}
        assert (found.undrawable, found.footnote) == ({}, "")


@pytest.mark.skipif(not installed_with("垃圾正常邮件"), reason="apt-get install fonts-noto-cjk")
def test_chinese_labels_are_drawn_in_an_installed_font():
    found = find_fonts(CHINESE)
    own, other = found.style["font.family"]
    assert own == OWN_FAMILY
    face = font_manager.get_font(font_manager.findfont(other))
    assert set(map(ord, "".join(CHINESE))) <= set(face.get_charmap())
    assert find_fonts(CHINESE) == found


@pytest.mark.usefixtures("only_matplotlibs_fonts")
def test_without_a_font_a_label_is_called_by_its_number():
    found = find_fonts(["ham", *CHINESE])
    assert found.names == {"ham": "ham", "垃圾邮件": "label 2", "正常邮件": "label 3"}
    assert found.footnote.splitlines()[0] == (
        "label 2: U+5783 U+573E U+90AE U+4EF6, in no installed font"
    )


def test_what_no_font_has_is_called_by_its_number_with_any_fonts_installed():
    assert find_fonts(["ham", IN_NO_FONT]).undrawable == {IN_NO_FONT: "label 2"}
