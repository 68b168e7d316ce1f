"""Formulas: Markdown with LaTeX between dollar signs becomes HTML with MathML, and no script."""

import re
from collections.abc import Iterable
from html import escape
from typing import ClassVar

from latex2mathml import converter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath, MathInlineParser

# Definitions, with braces within braces within braces.
_MACRO = re.compile(
    r"\\(?:newcommand|def|DeclareMathOperator)\*?\s*\{?(\\[A-Za-z]+)\}?\s*(?:\[\d\])?\s*"
    r"\{(?:[^{}]|\{(?:[^{}]|\{[^{}]*\})*\})*\}"
)
_defined: dict[str, str] = {}  # by the page that is being made
_LABEL = re.compile(r"\\label\s*\{[^{}]*\}")  # of a paper, where something referred to it
# What the converter passes through because it does not know it.
_UNKNOWN = re.compile(r"<mi>(\\\w*|[&{}])</mi>")


def markdown_html(source: str) -> str:
    """Render Markdown, formulas as MathML."""
    # Money is no formula. As in pandoc, the opening dollar sign has something other than space
    # right after it, the closing one something other than space right before it and no digit after
    # it. Beyond pandoc, the opening one has no letter or digit before it ("US$5 a US$6") and no
    # closing mark after it ("coal ($) and gas ($)"). A backslash before a dollar sign makes it
    # plain.
    # MacFarlane, J. Pandoc User's Guide, extension tex_math_dollars.
    renderer = _Renderer(escape=False, exclude_anchor_links=True)
    return MarkdownWithMath(renderer=renderer, inline=_Inline(hard_wrap=False)).render(source)


def define(sources: Iterable[str]) -> None:
    """Take note of the macros that formulas of a notebook define: all its formulas know them."""
    _defined.clear()
    _defined.update((m[1], m[0]) for source in sources for m in _MACRO.finditer(source))


def mathml(formula: str, display: str = "inline") -> str:
    """Turn one formula into MathML."""
    formula = _LABEL.sub("", formula).strip()
    try:
        known = "".join(_defined.values()) if any(name in formula for name in _defined) else ""
        made = converter.convert(known + formula, display=display)
    except Exception as error:  # it has a dozen kinds, most without a message
        reason = str(error) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(error).__name__).lower()
        raise _unreadable(formula, reason.removesuffix(" error")) from None
    if unknown := _UNKNOWN.search(made):
        raise _unreadable(formula, f"{unknown[1]} is unknown here")
    opening = f'<math display="{display}" alttext="{escape(formula)}">'
    return re.sub(r"<math\b[^>]*>", lambda _: opening, made, count=1)


class _Inline(MathInlineParser):
    """The notebook's own Markdown, but money is no formula."""

    SPECIFICATION: ClassVar[dict[str, str]] = {
        **MathInlineParser.SPECIFICATION,
        "inline_math_tex": (
            r"(?<![$\\\w])\$(?=[^\s$),.;:])(?P<math_inline_tex>(?:[^$\\\n]|\\.|\n(?!\s*\n))+?)"
            r"(?<!\s)\$(?![\d$])"
        ),
    }


class _Renderer(IPythonRenderer):
    """The notebook's own HTML, with MathML for formulas."""

    def _embed_image_or_attachment(self, src: str) -> str:
        """Leave pictures where they are: `cleaning.clean` puts them in."""
        return src

    def block_mermaidjs(self, code: str) -> str:
        """Show a diagram as it was written."""
        return f"<pre>{escape(code.strip())}</pre>"

    def inline_math(self, body: str) -> str:
        """Render a formula within a line."""
        return mathml(body)

    def block_math(self, body: str) -> str:
        """Render a formula of its own."""
        return mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        """Render a LaTeX environment, such as aligned equations."""
        return mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


def _unreadable(formula: str, reason: str) -> ValueError:
    """Say which formula cannot be read, and what to do."""
    return ValueError(
        f"formula must be LaTeX that becomes MathML, got ${formula}$: {reason}: correct it, or "
        r"write \$ for a plain dollar sign"
    )
