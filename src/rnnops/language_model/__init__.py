"""Language models: how probable each word is after those before it."""
