"""A page as its elements, scripts and words."""

from __future__ import annotations

import re
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr"}


class Page(HTMLParser):
    """Elements with their attributes, the text of each script, and what was left open."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.scripts, self.open, self.words = [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append("")

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        elif not self.open or self.open[-1] != "style":
            self.words.append(data)

    def having(self, name, value=None):
        return [(tag, attrs) for tag, attrs in self.elements if name in attrs and value in (None, attrs[name])]

    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))
