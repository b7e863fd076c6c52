"""Time series: forecasts of their next values, with intervals, by a network and by statistics."""
