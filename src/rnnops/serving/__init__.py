"""The server: messages over HTTP to labels and probabilities."""
