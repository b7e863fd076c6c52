"""From sources to leak-free splits."""
