"""The locks: pip installs these files and no others, whatever is released after them."""

from importlib.metadata import PackageNotFoundError, requires

from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from project import ROOT

from rnnops.core import layout

FORECAST = "requirements-forecast.lock"


def pinned_requirements(lock: str = layout.REQUIREMENTS) -> dict[str, Requirement]:
    """The lock's requirements for this Python and platform, by name."""
    lines = (ROOT / lock).read_text().splitlines()
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


def test_the_lock_of_forecasts_completes_the_other_one():
    # Both are installed, the second one without dependencies: what it needs is in one of them, in a
    # version that it allows, but for pandas, whose upper bound is why there are two.
    first, second = pinned_requirements(), pinned_requirements(FORECAST)
    assert first.keys() & second.keys() == set()
    pins, disallowed = first | second, set()
    for name, pin in second.items():
        try:
            required = [Requirement(line) for line in requires(name) or []]
        except PackageNotFoundError:  # this environment is for other tasks
            continue
        for wanted in (each for each in required if holds(each.marker, pin.extras)):
            (version,) = pins[canonicalize_name(wanted.name)].specifier
            if not wanted.specifier.contains(version.version, prereleases=True):
                disallowed.add((name, canonicalize_name(wanted.name)))
    assert disallowed <= {("statsforecast", "pandas"), ("fugue", "pandas")}


def test_what_is_written_by_hand_is_what_is_locked():
    lines = (ROOT / "requirements-forecast.in").read_text().splitlines()
    written = [line for line in lines if line and not line.startswith("#")]
    assert all(" # " in line for line in written)  # each with its reason
    named = {canonicalize_name(Requirement(line.split(" # ")[0]).name) for line in written}
    assert named == pinned_requirements(FORECAST).keys()
