"""Projections of all flows together, their sums, and what would change them."""
