"""
A press: notebooks in, pages out.

It knows no subject: the library whose notebooks it runs hands it one `project.Project`, and enters
its words where a notebook needs them too (`cures.CALLED`, `cures.INSTEAD`, `wording.UNITS`). What
to run (plan), run it (engine), show it (render, site), say how (provenance).
"""
