"""How well is the article of a web page found? `python -m benchmarks.pages FOLDER [--pages 40] [--samples FOLDER]`.

FOLDER holds articles of which the text is known. Each becomes a page of its own layout: navigation, related stories, captions,
comments, banners and paywall boxes around it, its facts in JSON-LD, in meta tags, or in what is visible alone. What is read of
it is compared with what went in, beside what trafilatura's own `extract` gives. No page is fetched and none is kept.

Text is compared as a bag of words, as in Bevendorff et al., "An Empirical Comparison of Web Content Extraction Algorithms"
(SIGIR 2023): F1 is over words, counted as often as they stand. A title, day or author counts where it is the one put in.
The pages are made, not met: they say which parts of a page are mistaken for the article, not how well the web is read.
--samples: a folder of HTML files without labels, of which only whether both find a text, and how much they agree, is told.
"""

from __future__ import annotations

import argparse
import html
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

from index.errors import ReadError
from index.read import parse, read

LEAST_WORDS, MOST_WORDS = 150, 2000  # of an article: shorter ones are notes, longer ones are galleries and live pages
AUTHORS = ("Jane Roe", "Anna Berg", "Tomás Vela", "Mei Lin", "Omar Haddad")
WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Story:
    """What goes into a page."""

    title: str
    day: str
    author: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """What an extractor makes of a page."""

    text: str
    title: str | None
    day: str | None
    author: str | None


def stories(folder: Path, number: int, chance: random.Random) -> list[Story]:
    """Some articles of a folder, each with an author made up for it."""
    paths = sorted(path for path in folder.iterdir() if path.suffix in (".md", ".txt"))
    found: list[Story] = []
    for path in chance.sample(paths, len(paths)):
        if len(found) == number:
            break
        try:
            [document] = read(path).documents
        except (ReadError, ValueError):
            continue
        paragraphs = tuple(" ".join(span.of(document.text).split()) for span in document.paragraphs())
        if document.title and document.date and LEAST_WORDS <= len(" ".join(paragraphs).split()) <= MOST_WORDS:
            title = re.split(r" [|-] ", document.title)[0]
            found.append(Story(title, document.date[:10], chance.choice(AUTHORS), paragraphs))
    return found


# ---------------------------------------------------------------------------------------------------------- the pages


def page(story: Story, others: Sequence[Story], chance: random.Random) -> str:
    """A story as a page: every part of the layout is drawn by itself."""
    body = _body(story, others, chance)
    wrap = chance.choice(
        (
            "<article>{}</article>",
            "<main><div class='story-body'>{}</div></main>",
            "<div id='content'><div class='post entry-content'>{}</div></div>",
            "<div class='c-1'><div class='c-2'><div class='c-3'>{}</div></div></div>",
            "<table><tr><td class='left'>Sections</td><td>{}</td></tr></table>",
        )
    )
    around = [_navigation(chance), wrap.format(body), *_below(others, chance), _footer(chance)]
    if chance.random() < 0.5:
        around.insert(chance.choice((0, len(around))), _banner())
    return f"<!DOCTYPE html><html lang='en'><head>{_head(story, chance)}</head><body>{''.join(around)}</body></html>"


def _head(story: Story, chance: random.Random) -> str:
    """The facts in JSON-LD, in meta tags, or in neither."""
    title, author = html.escape(story.title), html.escape(story.author)
    head = [f"<meta charset='utf-8'><title>{title}{chance.choice((' | The Pier Post', ' - Pier Post', ''))}</title>"]
    kind = chance.choice(("linked", "meta", "both", "none"))
    if kind in ("linked", "both"):
        facts = {
            "@context": "https://schema.org",
            "@type": chance.choice(("NewsArticle", "Article", "ReportageNewsArticle")),
            "headline": story.title,
            "datePublished": f"{story.day}T08:30:00Z",
            "author": chance.choice(({"@type": "Person", "name": story.author}, [{"name": story.author}])),
            "publisher": {"@type": "Organization", "name": "The Pier Post"},
        }
        data = chance.choice((facts, [facts], {"@graph": [{"@type": "WebSite", "name": "The Pier Post"}, facts]}))
        head.append(f"<script type='application/ld+json'>{json.dumps(data)}</script>")
    if kind in ("meta", "both"):
        head.append(f"<meta property='og:title' content='{title}'><meta name='author' content='{author}'>")
        head.append(f"<meta property='article:published_time' content='{story.day}T08:30:00+00:00'>")
        head.append("<meta property='og:site_name' content='The Pier Post'>")
    return "".join(head)


def _body(story: Story, others: Sequence[Story], chance: random.Random) -> str:
    """Headline, by-line and paragraphs, with what stands between them."""
    day = f"<time datetime='{story.day}'>{story.day}</time>"
    parts = [f"<h1>{html.escape(story.title)}</h1>", f"<p class='byline'>By {html.escape(story.author)}, {day}</p>"]
    asides = (
        "<figure><img src='a.jpg' alt='x'><figcaption>A file photo of the scene. Pier Post Pictures</figcaption></figure>",
        "<div class='ad'>Advertisement</div>",
        "<div class='newsletter'><p>Sign up for our newsletter, never miss a story.</p><input><button>Sign up</button></div>",
        "<div class='paywall'><p>You have 2 free articles left this month. Subscribe to read on.</p></div>",
        f"<aside class='related'><h3>Read more</h3><a href='/x'>{html.escape(others[0].title)}</a></aside>",
        "<div class='share'><a href='#'>Share</a> <a href='#'>Tweet</a> <a href='#'>Email</a></div>",
    )
    between = chance.sample(asides, chance.randrange(4))
    for number, paragraph in enumerate(story.paragraphs):
        text = html.escape(paragraph)
        parts.append(f"<p>{text}</p>" if chance.random() < 0.95 else f"<blockquote><p>{text}</p></blockquote>")
        if between and number and chance.random() < 0.3:
            parts.append(between.pop())
    return "".join([*parts, *between])


def _navigation(chance: random.Random) -> str:
    names = ("Home", "World", "Politics", "Business", "Sport", "Culture", "Weather", "Opinion", "Video")
    links = "".join(f"<li><a href='/{name.lower()}'>{name}</a></li>" for name in names)
    tag = chance.choice(("nav", "div class='menu'", "header"))
    return f"<{tag}><ul>{links}</ul></{tag.split()[0]}>"


def _below(others: Sequence[Story], chance: random.Random) -> list[str]:
    """Related stories with their teasers, and comments."""
    teasers = "".join(
        f"<div class='card'><h3><a href='/s'>{html.escape(o.title)}</a></h3><p>{html.escape(o.paragraphs[0])}</p></div>"
        for o in others[:4]
    )
    comments = "".join(
        f"<div class='comment'><b>reader{n}</b><p>I do not agree with a word of this, and I have said so before. {n}</p></div>"
        for n in range(6)
    )
    found = [
        f"<section class='related'><h2>More stories</h2>{teasers}</section>",
        f"<div id='comments'><h2>Comments</h2>{comments}</div>",
    ]
    return chance.sample(found, chance.randrange(3))


def _banner() -> str:
    return (
        "<div class='cookie-consent' role='dialog'><p>We and our 842 partners store and access information on a device, such "
        "as cookies, to show personalised advertising.</p><button>Accept all</button></div>"
    )


def _footer(chance: random.Random) -> str:
    tag = chance.choice(("footer", "div class='footer'"))
    text = "<p>© 2022 The Pier Post. All rights reserved. Terms of use. Privacy policy. Contact us.</p>"
    return f"<{tag}>{text}</{tag.split()[0]}>"


# ------------------------------------------------------------------------------------------------------ the extractors


def ours(data: bytes) -> Found:
    """What `qa index` would search: the paragraphs of the article."""
    try:
        [document] = parse(data, "/page.html", "0" * 32).documents
    except ReadError:
        return Found("", None, None, None)
    text = "\n".join(span.of(document.text) for span in document.paragraphs())
    return Found(text, document.title, (document.date or "")[:10] or None, document.author)


def plain(data: bytes) -> Found:
    """What trafilatura gives when it is asked for nothing in particular, but no comments."""
    from trafilatura import extract

    written = extract(data, output_format="json", with_metadata=True, include_comments=False)
    found = json.loads(written) if written else {}
    return Found(found.get("text") or "", found.get("title"), found.get("date"), found.get("author"))


EXTRACTORS: dict[str, Callable[[bytes], Found]] = {"qa": ours, "trafilatura": plain}


# --------------------------------------------------------------------------------------------------------- the measure


def scores(found: str, wanted: str) -> tuple[float, float, float]:
    """Precision, recall and F1 over words."""
    here, there = (Counter(WORD.findall(text.casefold())) for text in (found, wanted))
    both = (here & there).total()
    precision, recall = both / max(1, here.total()), both / max(1, there.total())
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def measured(extract: Callable[[bytes], Found], pages: Iterable[tuple[Story, bytes]]) -> dict[str, float]:
    """The means over pages."""
    rows = []
    for story, data in pages:
        found = extract(data)
        # The headline and the by-line may be taken for text or not: both are no fault.
        text = found.text.replace(story.title, "", 1).replace(f"By {story.author}, {story.day}", "", 1)
        precision, recall, f1 = scores(text, "\n".join(story.paragraphs))
        facts = (found.title == story.title, found.day == story.day, found.author == story.author)
        rows.append((precision, recall, f1, *map(float, facts)))
    names = ("precision", "recall", "F1", "title", "day", "author")
    return {name: mean(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--pages", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--samples", type=Path)
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        print(f"skipped: no articles at {arguments.folder}")
        return
    chance = random.Random(arguments.seed)
    told = stories(arguments.folder, arguments.pages, chance)
    pages = []
    for number, story in enumerate(told):
        others = [*told[number + 1 :], *told[:number]] or [story]
        pages.append((story, page(story, others, chance).encode()))
    for name, extract in EXTRACTORS.items():
        print(f"{name:12}", "  ".join(f"{key} {value:.3f}" for key, value in measured(extract, pages).items()))
    if arguments.samples:
        _sampled(sorted(path for path in arguments.samples.rglob("*.html") if path.is_file()))


def _sampled(paths: Sequence[Path]) -> None:
    both = [[extract(path.read_bytes()).text for extract in EXTRACTORS.values()] for path in paths]
    agreed = [scores(*texts)[2] for texts in both if all(texts)]
    none = [sum(not texts[i] for texts in both) for i in range(len(EXTRACTORS))]
    print(
        f"{len(paths)} samples: without a text {dict(zip(EXTRACTORS, none, strict=True))}; agreement {mean(agreed):.3f}"
    )


if __name__ == "__main__":
    main()
