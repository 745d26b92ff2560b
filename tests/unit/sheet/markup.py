"""Read a page back: its elements, links, ids and texts, as a browser without script has them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "img", "input", "br", "hr"}


@dataclass
class Markup(HTMLParser):
    """A parsed page.

    Attributes:
        elements: (tag, attributes) in document order.
        texts: all text but style and script, in document order.
        raw: texts of style and script elements, by tag and type.
        scripts: texts of those scripts that are run, one by one.
        unclosed: tags that are open at the end.
    """

    elements: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    raw: dict[tuple[str, str | None], str] = field(default_factory=dict)
    scripts: list[str] = field(default_factory=list)
    unclosed: list[str] = field(default_factory=list)
    _inside: tuple[str, str | None] | None = None

    def __post_init__(self):
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag, attrs):
        names = [name for name, _ in attrs]
        assert len(names) == len(set(names)), f"{tag} repeats an attribute: {names}"
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.unclosed.append(tag)
        if tag in ("style", "script"):
            self._inside = (tag, dict(attrs).get("type"))
            self.raw.setdefault(self._inside, "")
            if self._inside == ("script", None):
                self.scripts.append("")

    def handle_endtag(self, tag):
        assert self.unclosed.pop() == tag
        self._inside = None

    def handle_data(self, data):
        if self._inside:
            self.raw[self._inside] += data
            if self._inside == ("script", None):
                self.scripts[-1] += data
        else:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    @property
    def ids(self) -> list[str]:
        return [found["id"] for _, found in self.elements if found.get("id")]

    @property
    def links(self) -> list[str]:
        return [
            link
            for _, found in self.elements
            for link in (found.get("href"), found.get("src"))
            if link
        ]


def read(html: str) -> Markup:
    page = Markup()
    page.feed(html)
    page.close()
    assert page.unclosed == []
    return page
