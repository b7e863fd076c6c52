"""A file with one table of numbers over time."""
