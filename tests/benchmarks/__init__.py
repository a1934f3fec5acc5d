"""Ratios of two sides, measured in one interleaved run each. `make bench` prints the tables."""
