"""
Live sources: a provider's bytes become a frame, the frame is judged, and a new vintage is written.

`fetch` asks, one module a provider reads what came (`gacc`, `comtrade`, `imf`, `worldbank`, `fx`,
and `bulk` for files of many million rows): pure functions from bytes to rows. `judge` compares the
rows with the last vintage, `writer` writes a new one, `refresh` does all of it, one provider after
another, and says what changed.
"""
