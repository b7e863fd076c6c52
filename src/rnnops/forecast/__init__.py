"""What forecasts are measured to be: metrics with intervals, results and their report."""
