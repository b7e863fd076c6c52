"""Numbers over time with a label: read, classified in order, measured and reported."""
