"""What axe-core finds in a page that is open in a browser."""

from importlib.resources import files

from playwright.sync_api import Page

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
"""axe-core 4.12.1, the newest that a package for Python 3.11 carries."""

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
"""The rules of WCAG 2.2, levels A and AA."""


def axe(page: Page) -> list[str]:
    """The violations of TAGS, each as rule, place and reason. Needs no bypass_csp: nothing is added to the page."""
    page.evaluate(AXE)
    found = page.evaluate(
        "tags => axe.run(document, {runOnly: tags}).then(result => result.violations)", TAGS
    )
    return [
        f"{rule['id']}: {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"]
    ]
