"""What models lose on the same rows, with intervals: of tasks whose answers are no labels."""
