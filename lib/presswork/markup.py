"""Markup of a page: ids of headings, tables that scroll and name their headers, and no ballast."""

import re
from collections.abc import Callable
from html import unescape

_HEADING = re.compile(r"<h([23])>(.*?)</h\1>", re.DOTALL)
_TABLE = re.compile(r"<table\b.*?</table>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b.*?</t[hd]>", re.DOTALL)
_CAPTION = re.compile(r"<caption\b[^>]*>(.*?)</caption>", re.DOTALL)
_NOTE = re.compile(r"(<caption\b[^>]*>(?:[^<;&]|&\w+;)*)(; [^<]*)(?=</caption>)")
_TAG = re.compile(r"<[^>]+>")
_STYLED = re.compile(r'<style type="text/css">(.*?)</style>\s*(<table id="T_\w+".*?</table>)', re.S)
# What pandas puts around a table that nobody styled: a style where HTML allows none, and a border.
_UNSTYLED = re.compile(
    r'<style scoped(?:="")?>\s*\.dataframe.*?</style>\s*|(?<=<table) border="1"', re.S
)
_RULE = re.compile(r"([^{}]+)\{\s*text-align: left;\s*\}")
_MARKS = {"c1": "i", "k": "b", "kn": "b", "kc": "b", "s1": "u", "s2": "u"}
_SUMMARY = re.compile(r"<summary>(.*?)</summary>", re.DOTALL)
_KINDS = {"chart": "figure", "table": "table"}
_FIGURE = re.compile(
    r'<h2 id="([^"]+)"[^>]*>|<figure class="(chart|table)"([^>]*)>(.*?)</figure>', re.DOTALL
)
_SWITCH = re.compile(
    r'<figure class="chart"[^>]* id="([^"]+)"|(<label class="switch"><input) ([^>]*>([^<]*))'
)
# Where the title of a figure or a table stands: the first of these that it has.
_TITLES = [
    re.compile(rf"(<{start}>)(.*?)</{end}>", re.DOTALL)
    for start, end in ((r'p class="chart-title"', "p"), (r"figcaption\b[^>]*", "figcaption"),
                       (r"caption\b[^>]*", "caption"))
]  # fmt: skip
_QUOTE = re.compile(
    r"(<(?:script|style|pre|code)\b.*?</(?:script|style|pre|code)>|<!--.*?-->"
    r"|<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>)"
    r"|(?<=\w)(?:'|&#(?:39|x27);)(?=\w)|(?<=s)(?:'|&#(?:39|x27);)(?=\s)"
    r"|(?P<double>\"|&#34;|&quot;)"
    r"|(?P<space>(?<=\d) (?=%|(?:bn|mn|billion|million|trillion|points?|times)\b))", re.DOTALL
)  # fmt: skip
# A formula and the mark that ends its clause: browsers would begin a line with the mark.
_FORMULA = re.compile(
    r'(<math\b[^>]*\bdisplay="inline"(?:(?!</math>).)*</math>[.,:;)]+)', re.DOTALL
)
_PROSE = 60  # characters: what is longer needs a column of some width
_TOKEN = re.compile(r'<span(?: class="(\w+)")?>([^<]*)</span>')


def anchored(html: str) -> str:
    """Give every heading an id made of its words."""
    taken: set[str] = set()

    def with_id(match: re.Match[str]) -> str:
        level, text = match.groups()
        slug = _free(_slug(text), taken)
        return f'<h{level} id="{slug}">{text}</h{level}>'

    return _HEADING.sub(with_id, html)


def tabled(html: str) -> str:
    """Let tables scroll by themselves and tell screen readers which cells are headers."""
    in_chart = "<figure" in html
    html = _UNSTYLED.sub("", html)

    def wrapped(match: re.Match[str]) -> str:
        table = re.sub(r"<th\b([^>]*)>(\s|&nbsp;)*</th>", r"<td\1></td>", match.group())
        head, split, rest = table.partition("</thead>")
        if not split:
            head, rest = "", table
        table = _scoped(_one_row(head), "col") + split + _scoped(rest, "row")
        table = re.sub(r">\s+<", "><", table)
        region = f'<div class="scroll" role="region" tabindex="0">{table}</div>'
        own = "<caption" in table and not in_chart
        region = _NOTE.sub(r"\1<small>\2</small>", region) if own else region
        return f'<figure class="table">{region}</figure>' if own else region

    return _TABLE.sub(wrapped, _STYLED.sub(_plain_table, html))


def regions_named(html: str) -> str:
    """Name the regions that tables scroll in, each otherwise than the others of its page."""
    taken: set[str] = set()

    def labelled(match: re.Match[str]) -> str:
        caption = _CAPTION.search(match[2])
        said = _TAG.sub("", caption[1]) if caption else "Table"
        label = _free(said.replace('"', "&quot;"), taken, " ({})")
        return f'{match[1]} aria-label="{label}">{match[2]}'

    region = r'(<div class="scroll" role="region" tabindex="0")>(<table\b.*?</table>)'
    return re.sub(region, labelled, html, flags=re.DOTALL)


def referable(html: str) -> str:
    """Give each figure and table an id made of its section, and a link to itself."""
    taken = set(re.findall(r'\bid="([^"]+)"', html))
    section = ""

    def linked(match: re.Match[str]) -> str:
        nonlocal section
        heading, kind, attributes, inner = match.groups()
        if heading:
            section = f"{heading}-"
            return match.group()
        known = re.search(r'\bid="([^"]+)"', attributes)
        name = known[1] if known else _free(f"{section}{_KINDS[kind]}", taken)
        attributes += "" if known else f' id="{name}"'
        return f'<figure class="{kind}"{attributes}>{_with_link(inner, name)}</figure>'

    return _SUMMARY.sub(_told_apart(), _SWITCH.sub(_named(taken), _FIGURE.sub(linked, html)))


def _named(taken: set[str]) -> Callable[[re.Match[str]], str]:
    """Give each switch of a chart an id, by which a link turns it on."""
    chart = ""

    def named(found: re.Match[str]) -> str:
        nonlocal chart
        if found[1]:
            chart = found[1]
            return found[0]
        name = _free(f"{chart}-{_slug(found[4])}", taken)
        return f'{found[2]} id="{name}" {found[3]}'

    return named


def _told_apart() -> Callable[[re.Match[str]], str]:
    """Give a number to each fold that says what another of its page says."""
    taken: set[str] = set()

    def numbered(match: re.Match[str]) -> str:
        said = _TAG.sub("", match[1])
        number = _free(said, taken, " ({})").removeprefix(said)
        mark = f'<span class="unseen">{number}</span>' if number else ""
        return f"<summary>{match[1]}{mark}</summary>"

    return numbered


def _with_link(inner: str, name: str) -> str:
    """Put a link to a figure or a table at the end of its title, and its title on its fold."""
    title = next(filter(None, (one.search(inner) for one in _TITLES)), None)
    if title is None:
        return inner
    said = " ".join(_TAG.sub("", title[2]).split()).replace('"', "&quot;")
    # A space that does not break: the mark never stands on a line alone.
    mark = f'\u00a0<a class="perma" href="#{name}" aria-label="Link to: {said}">¶</a>'
    fold = f'<summary>Data<span class="unseen">: {said}</span></summary>'
    whole = inner[: title.end(2)] + mark + inner[title.end(2) :]
    return whole.replace("<summary>Data</summary>", fold)


def typeset(html: str) -> str:
    """Write apostrophes and quotation marks as print does, and keep a number with its unit."""

    def printed(found: re.Match[str]) -> str:
        if found["double"]:
            at, end = found.span()
            before, after = html[at - 1] if at else " ", html[end : end + 1]
            opens = before in "> \n\xa0([–—" and not after.isspace()
            return "“" if opens else "”"
        return "\xa0" if found["space"] else found[1] or "’"

    return _FORMULA.sub(r'<span class="whole">\1</span>', _QUOTE.sub(printed, html))


def plain_code(html: str) -> str:
    """Leave of highlighted code only what the style sheet colours, in short marks."""

    def short(match: re.Match[str]) -> str:
        tag = _MARKS.get(match[1])
        return f"<{tag}>{match[2]}</{tag}>" if tag else match[2]

    pre = re.sub(
        r'<div class="[^"]*highlight[^"]*">(<pre>.*?)\s*</pre></div>', r"\1</pre>", html, flags=re.S
    )
    return _TOKEN.sub(short, pre)


def _slug(text: str) -> str:
    """Make an id of a heading's words."""
    plain = unescape(_TAG.sub("", text)).lower().replace("’", "").replace("'", "")
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "section"


def _free(name: str, taken: set[str], form: str = "-{}") -> str:
    """Take a name, with a number if it is taken."""
    free, number = name, 2
    while free in taken:
        free, number = name + form.format(number), number + 1
    taken.add(free)
    return free


def _plain_table(match: re.Match[str]) -> str:
    """Turn what pandas styles by an id in every cell into a class; leave styles we do not know."""
    rules, table = match.groups()
    if _RULE.sub("", rules).strip():
        return match.group()
    left = set(re.findall(r"#(T_\w+)(?=\s*[,{])", rules))

    def plain(cell: re.Match[str]) -> str:
        tag, attributes, long = cell.groups()
        identity = re.search(r'\bid="(\w+)"', attributes)
        aligned = (identity and identity[1] in left) or "index_name" in attributes
        kept = re.sub(r'\s*\b(?:id|class)="[^"]*"', "", attributes).rstrip()
        classes = ' class="left long"' if long and aligned else " class=left" if aligned else ""
        return f"<{tag}{kept}{classes}>"

    return re.sub(rf"<(t[hd]|table)\b([^>]*)>(?=([^<]{{{_PROSE},}})?)", plain, table)


def _one_row(head: str) -> str:
    """Move the names of the index, which pandas puts on a row of their own, to the corner above."""
    rows = _ROW.findall(head)
    upper, lower = (_CELL.findall(row) for row in rows) if len(rows) == 2 else ([], [])
    blank = [_TAG.sub("", cell).strip() == "" for cell in upper]
    names = [_TAG.sub("", cell).strip() != "" for cell in lower]
    if len(upper) != len(lower) or not any(names) or blank != names:
        return head
    cells = [b if is_name else a for a, b, is_name in zip(upper, lower, names, strict=True)]
    return head.replace(rows[0], f"<tr>{''.join(cells)}</tr>").replace(rows[1], "")


def _scoped(html: str, scope: str) -> str:
    """Add a scope to the header cells that have none."""
    return re.sub(r"<th\b(?![^>]*\bscope=)", f'<th scope="{scope}"', html)
