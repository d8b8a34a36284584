"""Benchmarks: what the budgets promise, measured beside peers and beside the raw driver on the same rows."""
