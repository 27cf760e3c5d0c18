"""Benchmarks: ratios to peers, measured in one run. They are run by hand and never fail by the clock."""
