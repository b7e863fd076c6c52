"""What reports/ingest.json says of sequences."""

from typing import Any

from rnnops.sequences.cleaning import FoundSequences


def summarise(found: FoundSequences, name: str) -> dict[str, Any]:
    """The counts of what a dataset holds: its sequences, and those that cannot be used.

    `filled` are values that the source lacks, interpolated, of all `values`.
    """
    sequences = found.sequences
    reasons = found.rejected["reason"].str.replace(r"\d+", "…", regex=True).value_counts()
    return {
        "dataset": name,
        "read": len(sequences) + len(found.rejected),
        "kept": len(sequences),
        "quarantined": len(found.rejected),
        "reasons": {str(reason): int(count) for reason, count in sorted(reasons.items())},
        "channels": sequences.channels,
        "steps": {"least": int(sequences.steps.min()), "most": int(sequences.steps.max())},
        "values": int(sequences.steps.sum()) * len(sequences.channels),
        "filled": int(found.filled.sum()),
    }
