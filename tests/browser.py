"""A real Chromium for the tests that need one; skipped where there is none, insisted on in CI."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.db import connections
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# WCAG 2.2 AA, and what axe's authors advise beyond it; in the dark only the colours are others.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES: dict[Any, Any] = {
    "light": {"type": "tag", "values": TAGS},
    "dark": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]},
}
# Columns that Django's admin leaves without a heading: what each row of an inline is called, and
# whether it is to be deleted, where that may not be.
DJANGOS_OWN = ('<th class="original"></th>', "<th></th>")
SIZES: list[Any] = [{"width": 1280, "height": 800}, {"width": 320, "height": 640}]


def chromium() -> str:
    """The path of the system's Chromium; without one the test is skipped, or fails in CI."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("REQUIRE_BROWSER"):
        pytest.fail("REQUIRE_BROWSER is set and there is no Chromium.")
    pytest.skip("There is no Chromium; on Debian: apt install chromium")


@contextlib.contextmanager
def open_browser() -> Iterator[Browser]:
    # Playwright runs an event loop in this thread, which Django would take for async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()
        # For a test that asks the database in here Django opens a connection of the loop's own.
        connections.close_all()


class Watch:
    """What a page did behind the user's back: console errors, requests to other hosts."""

    def __init__(self, page: Page, home: str) -> None:
        self.faults: list[str] = []
        page.on("console", lambda message: self._note(message.type == "error", message.text))
        page.on("pageerror", lambda error: self._note(True, str(error)))
        page.on(
            "request",
            lambda request: self._note(
                not request.url.startswith((home, "data:")), f"asked {request.url}"
            ),
        )

    def _note(self, bad: bool, text: str) -> None:
        if bad:
            self.faults.append(text)


def faults_of(page: Page, axe: Axe) -> Iterator[str]:
    """What is wrong with the page that is open, at both sizes, in light and in the dark."""
    for size in SIZES:
        page.set_viewport_size(size)
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if over > 0:
            yield f"{size['width']}px: {over}px wider than the screen"
        for scheme, rules in RULES.items():
            # axe would read style sheets again by putting them inline, which our pages forbid.
            options = {"resultTypes": ["violations"], "runOnly": rules, "preload": False}
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for violation in axe.run(page, options=options).response["violations"]:
                for node in violation["nodes"]:
                    if node["html"] in DJANGOS_OWN:
                        continue
                    yield f"{size['width']}px {scheme}: {violation['help']}: {node['html']}"
