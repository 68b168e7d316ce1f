"""Season and breaks of one series."""
