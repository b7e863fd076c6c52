"""What people call each metric and what it tells them; {positive} and {rest} are filled in."""

# What settings are chosen by; without a positive label accuracy, MCC and log loss stand beside the
# means over labels of the rest, whose names begin with `macro_`.
HEADLINES = ("accuracy", "f1", "mcc", "roc_auc", "recall_at_0_5_percent_fpr", "log_loss")

METRICS = {
    "roc_auc": ("ROC-AUC", "a {positive} message scores higher than a {rest} one"),
    "one_minus_auc_percent": ("1 - ROC-AUC, %", "how often it does not"),
    "pr_auc": ("PR-AUC", "average precision over all thresholds"),
    "accuracy": ("Accuracy", "messages with the right label"),
    "precision": ("Precision", "of what is called {positive}, rightly so"),
    "recall": ("Recall", "of {positive}, found"),
    "f1": ("F1", "harmonic mean of precision and recall"),
    "mcc": ("MCC", "correlation of decisions and labels"),
    "false_positive_rate": ("False-positive rate", "of {rest}, called {positive}"),
    "false_negative_rate": ("False-negative rate", "of {positive}, missed"),
    "recall_at_0_5_percent_fpr": ("Recall at 0.5% FPR", "at the best threshold for these messages"),
    "recall_at_0_1_percent_fpr": ("Recall at 0.1% FPR", "at the best threshold for these messages"),
    "log_loss": ("Log loss", "surprise at the right label"),
    "brier": ("Brier score", "squared error of the probabilities"),
    "expected_calibration_error": ("Calibration error", "probability against observed share"),
}
