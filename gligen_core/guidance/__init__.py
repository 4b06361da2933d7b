"""Guidance beyond the classifier-free one: what steers a run, one after the other."""
