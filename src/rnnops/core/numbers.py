"""Numbers as people read them: on the terminal, in reports and in MLflow."""

DECIMALS = 4


def format_number(value: float | None, sign: str = "", decimals: int = DECIMALS) -> str:
    """A count as it is; another number with its decimals or, when tiny, two digits.

    Args:
        value: None, what is undefined, reads `n/a`.
        sign: "+" shows it for positive numbers as well.
    """
    if value is None:
        return "n/a"
    if isinstance(value, int):
        return f"{value:{sign},d}"
    value = round(float(value), 12) + 0.0  # what rounding left of a zero is a zero without a sign
    is_tiny = value != 0 and abs(round(value, decimals)) < 10 ** (1 - decimals)
    return f"{value:{sign}.2g}" if is_tiny else f"{value:{sign}.{decimals}f}"


def format_interval(
    low: float | None, high: float | None, sign: str = "", decimals: int = DECIMALS
) -> str:
    """An interval such as `0.9763 to 0.9928`; empty where it is undefined."""
    if low is None or high is None:
        return ""
    return f"{format_number(low, sign, decimals)} to {format_number(high, sign, decimals)}"


def format_probability(probability: float) -> str:
    """A probability with four decimals, 0.0000 if it is tiny: a column of them lines up."""
    return f"{probability:.{DECIMALS}f}"
