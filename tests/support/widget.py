"""Fixtures of the tests of the widget in a browser; they name this file in `pytest_plugins`."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from corpus import Document
from support.embedding import Places, standing, visiting


@pytest.fixture(scope="module")
def places(article: Document, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Places]:
    with standing(article, tmp_path_factory.mktemp("home")) as places:
        yield places


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Page]:
    """A tab that fails its test for an error, a dialog, a cookie or a request to a stranger."""
    with visiting(browser) as page:
        yield page
