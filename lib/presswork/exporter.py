"""nbconvert's exporter of HTML, without the second reading of what it has written."""

from typing import Any

from nbconvert.exporters import HTMLExporter, TemplateExporter
from nbconvert.filters import Highlight2HTML
from nbconvert.filters.widgetsdatatypefilter import WidgetsDataTypeFilter


class PageExporter(HTMLExporter):
    """
    The exporter of pages.

    nbconvert parses each page once more, to put an apology where a picture has no alternative text
    and to make the boxes of its own templates focusable. A page of ours is refused where a text is
    missing, has no such boxes, and closes what each cell leaves open by itself. Nor is a notebook
    that has run checked against its schema, as JupyterLab does not refuse one for that.
    """

    def from_notebook_node(
        self, nb: Any, resources: dict[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Write a notebook as HTML."""
        resources = self._init_resources(resources)
        lexer = nb.metadata.get("language_info", {}).get("pygments_lexer", "ipython3")
        self.register_filter("highlight_code", Highlight2HTML(pygments_lexer=lexer, parent=self))
        self.register_filter("filter_data_type", WidgetsDataTypeFilter(
            notebook_metadata=self._nb_metadata, parent=self, resources=resources,
        ))  # fmt: skip
        return TemplateExporter.from_notebook_node(self, nb, resources, **options)

    def _validate_preprocessor(self, nbc: Any, preprocessor: Any) -> None:
        """Take a notebook as it has run."""
