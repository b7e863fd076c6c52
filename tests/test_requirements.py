"""requirements.lock: pip installs these files and no others, whatever is released after them."""

from importlib.metadata import PackageNotFoundError, requires

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import ROOT

from rnnops.core import layout


def pinned_requirements() -> dict[str, Requirement]:
    """The lock's requirements for this Python and platform, by name."""
    lines = (ROOT / layout.REQUIREMENTS).read_text().splitlines()
    pins = [
        Requirement(line.rstrip(" \\")) for line in lines if "==" in line and line[0] not in " #"
    ]
    return {canonicalize_name(pin.name): pin for pin in pins if holds(pin.marker, set())}


def holds(marker: Marker | None, extras: set[str]) -> bool:
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras | {""})


def test_every_extra_that_a_package_asks_for_is_pinned():
    # pip takes an extra without a pin for a requirement without one, and refuses it by its hash
    # as soon as a newer release is out.
    pins = pinned_requirements()
    missing = []
    for name, pin in [*pins.items(), ("rnnops", Requirement("rnnops[dev]"))]:
        try:
            required = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:  # for another platform only
            continue
        for wanted in (each for each in required if holds(each.marker, pin.extras)):
            found = pins.get(canonicalize_name(wanted.name))
            if found is None or not wanted.extras <= found.extras:
                missing.append(f"{name}: {wanted}")
    assert len(pins) > 100
    assert missing == []
