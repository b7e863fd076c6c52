"""Train, compare and register recurrent text classifiers."""
