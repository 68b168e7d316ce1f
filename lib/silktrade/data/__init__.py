"""The one gate to the figures: snapshots on disk, cut at a day, as tidy frames."""
