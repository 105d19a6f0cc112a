"""axe-core, as npm installed it for the tests: what it finds wrong on a page."""

from attention_views.bundle import SITE

SOURCE = SITE / "node_modules" / "axe-core" / "axe.min.js"
"""Installed with the site's other packages by the first build of the engine."""

RUN = """async () => (await axe.run(document, {resultTypes: ['violations']})).violations.flatMap(
    found => found.nodes.map(node => [found.id, node.target.join(' '), node.failureSummary]))"""

OF_THE_THEME = {
    ("landmark-unique", ".md-code__nav"): (
        "Material puts the copy button of every code block into a nav without a name"
    ),
}
"""(rule, part of the selector) -> why it is the theme's and stays."""


def violations(page) -> list[str]:
    """Return what axe-core finds on the page, without the listed findings of the theme."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(SOURCE.read_text(encoding="utf-8"))
    return [
        f"{rule}: {target}: {summary}"
        for rule, target, summary in page.evaluate(RUN)
        if not any(rule == known and part in target for known, part in OF_THE_THEME)
    ]
