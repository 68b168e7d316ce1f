"""Words of the field: linked where a page first uses them, and said in plain English at its end."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from html import escape, unescape

PLACE = "<!--words-->"
Words = Mapping[tuple[str, ...], str]
_PART = re.compile(
    r"<(script|style|svg|math|code|pre|button|label|details)\b.*?</\1>|<!--.*?-->"
    r"|<(?:\"[^\"]*\"|'[^']*'|[^>\"'])*>", re.DOTALL
)  # fmt: skip
# What is read, and is no place for a link within it.
_CLOSED = ("h1", "h2", "h3", "a", "caption", "figcaption", "tbody")
_CONTENTS = '<li><a href="#how-this-was-made">'


def glossed(html: str, words: Words) -> str:
    """Link the first use of each word on a page to what it means, which is said at its end."""
    before, place, after = html.partition(PLACE)
    if not place or not words:
        return html
    head, main, answer = before.partition("<main")
    used: dict[str, bool] = {}  # of each word: whether it has its link
    linked = "".join(_parts(main + answer, words, used))
    if not used:
        return before + after
    said = {forms[0]: text for forms, text in words.items()}
    entries = "".join(
        f'<div><dt id="{_id(word)}">{_unbroken(_capital(word))}</dt>'
        f"<dd>{_unbroken(said[word])}</dd></div>"
        for word in sorted(used, key=str.lower)
    )
    item = f'<li><a href="#words-used-here">Words used here</a></li>\n{_CONTENTS}'
    return (
        f'{head}{linked}<section class="words" aria-labelledby="words-used-here">'
        f'<h2 id="words-used-here">Words used here</h2><dl>{entries}</dl></section>'
        f"{after.replace(_CONTENTS, item, 1)}"
    )


def _parts(html: str, words: Words, used: dict[str, bool]) -> Iterator[str]:
    """Give the parts of a page, the first use of each word as a link."""
    at, closed = 0, 0
    for found in [*_PART.finditer(html), None]:
        text = html[at : found.start() if found else len(html)]
        yield _linked(text, words, used, link=not closed) if text.strip() else text
        if found is None:
            return
        name = re.match(r"</?(\w*)", found[0])
        if name and name[1] in _CLOSED:
            closed += -1 if found[0].startswith("</") else 1
        yield found[0]
        at = found.end()


def _linked(text: str, words: Words, used: dict[str, bool], *, link: bool) -> str:
    """Link the words of a text that have no link yet, or note that they are used."""
    pattern, names = _sought(tuple(words))

    def marked(found: re.Match[str]) -> str:
        word = names[_plain(found[0])]
        done = used.setdefault(word, False)
        if done or not link:
            return found[0]
        used[word] = True
        return f'<a class="term" href="#{_id(word)}">{found[0]}</a>'

    return pattern.sub(marked, text)


@cache
def _sought(words: tuple[tuple[str, ...], ...]) -> tuple[re.Pattern[str], dict[str, str]]:
    """Make one pattern of all forms of all words, the longest first, and tell whose each is."""
    names = {_plain(form): forms[0] for forms in words for form in forms}
    forms = sorted({f for one in words for f in one}, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(_form, forms))})(?![\w-])"), names


def _form(form: str) -> str:
    """Let a form stand at the head of a sentence, in the plural, and with spaces of any kind."""
    written = r"[\s\xa0]".join(re.escape(part) for part in escape(form, quote=False).split())
    if len(form) == 1 or not form[:2].islower():  # an abbreviation, or a name
        return written
    return f"[{form[0]}{form[0].upper()}]{written[1:]}s?"


def _plain(form: str) -> str:
    """Write a form as it is looked up."""
    text = " ".join(unescape(form).replace("\xa0", " ").split())
    return text[:1].lower() + text[1:].removesuffix("s")


def _capital(word: str) -> str:
    """Begin an entry with a capital, unless the word is an abbreviation such as fob or p."""
    return word if len(word) < 4 else word[0].upper() + word[1:]


def _unbroken(text: str) -> str:
    """Escape a text, and keep a number and its percent sign on one line."""
    return escape(text).replace(" %", "\xa0%")


def _id(word: str) -> str:
    """Name the entry of a word."""
    return "word-" + re.sub(r"[^a-z0-9]+", "-", word.lower()).strip("-")
