"""Measures of trade: growth, shares, composition, exposure, and the other side's account."""
