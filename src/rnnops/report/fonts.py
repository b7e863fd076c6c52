"""Fonts that draw labels of any script, as far as they are installed.

matplotlib brings DejaVu Sans: Latin, Greek, Cyrillic, Arabic and Hebrew, but neither Chinese,
Japanese, Korean nor Thai. Characters that it lacks come from an installed font. A label for which
none is found is called by its number: plots show no boxes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.font_manager import FontEntry, FontPath

OWN_FAMILY = "DejaVu Sans"
NORMAL, BOLD = 400, 700


@dataclass(frozen=True)
class LabelFonts:
    """`style`: matplotlib's settings of family and weight. `names`: the labels' names in plots."""

    style: dict[str, Any]
    names: dict[str, str]

    @property
    def undrawable(self) -> dict[str, str]:
        """By label, the names of those that no installed font draws."""
        return {label: name for label, name in self.names.items() if name != label}

    @property
    def footnote(self) -> str:
        """The undrawable labels by code points, a line each, in ASCII; empty without any."""
        points = {
            name: " ".join(f"U+{ord(character):04X}" for character in label)
            for label, name in self.undrawable.items()
        }
        return "\n".join(f"{name}: {each}, in no installed font" for name, each in points.items())


def find_fonts(labels: Sequence[str]) -> LabelFonts:
    """The font families that draw most of `labels`; the same fonts installed, the same families.

    While characters are missing, the family that has most of them is taken; of several, sans-serif
    ones before others, the first face of a font file before its other faces, then by name.
    """
    families, has_bold = [OWN_FAMILY], True
    missing = set("".join(labels)) - _characters(FontPath(font_manager.findfont(OWN_FAMILY), 0))
    installed = _installed() if missing else {}
    characters = {family: _characters(faces[NORMAL]) for family, faces in installed.items()}
    while missing and characters:
        best = max(characters, key=lambda family: len(missing & characters[family]))
        if not missing & characters[best]:
            break
        families.append(best)
        has_bold = has_bold and BOLD in installed[best]
        missing -= characters[best]
    names = {
        label: f"label {number}" if missing & set(label) else label
        for number, label in enumerate(labels, start=1)
    }
    weight = "bold" if has_bold else "normal"
    return LabelFonts({"font.family": families, "figure.titleweight": weight}, names)


def _installed() -> dict[str, dict[str | int, FontPath]]:
    """By family, its upright faces by weight; only families with one of normal weight."""
    manager = font_manager.fontManager
    known = {str(entry.fname) for entry in manager.ttflist}
    for path in sorted(set(font_manager.findSystemFonts()) - known):  # newer than its cache
        try:
            manager.addfont(path)
        except (OSError, RuntimeError):  # damaged, or a format that matplotlib cannot draw
            continue
    families: dict[str, dict[str | int, FontPath]] = {}
    for entry in sorted(filter(_is_usable, manager.ttflist), key=_preference):
        path = FontPath(entry.fname, entry.index)
        families.setdefault(entry.name, {}).setdefault(entry.weight, path)
    return {name: faces for name, faces in families.items() if NORMAL in faces}


def _is_usable(entry: FontEntry) -> bool:
    """Upright, and not of matplotlib's own: one of those draws a box for every character."""
    own = Path(mpl.get_data_path()) in Path(entry.fname).parents
    return not own and entry.style == "normal" and entry.size == "scalable"


def _preference(entry: FontEntry) -> tuple[bool, bool, int, str, str]:
    return "Sans" not in entry.name, "Mono" in entry.name, entry.index, entry.name, entry.fname


def _characters(face: FontPath) -> set[str]:
    return set(map(chr, font_manager.get_font(face).get_charmap()))
