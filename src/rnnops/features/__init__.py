"""From text to the vectors that classifiers read."""
