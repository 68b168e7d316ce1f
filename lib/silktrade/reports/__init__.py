"""Reports: what to run (plan), run it (engine), show it (render, site), say how (provenance)."""
