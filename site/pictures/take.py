"""`make pictures`: the README's pictures, taken of the site and the class that `make demo` made."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

HERE = Path(__file__).parent
BUILD = HERE.parent.parent / "build"
LESSONS = {"zh": "opening-the-black-box.html", "en": "en/opening-the-black-box.html"}
CLASS = ("feedback/positional-143/telescope/telescope.html", "reports/telescope.html")
NAMES = {"zh": "中文", "en": "English"}
WIDTH, HEIGHT, GAP = 620, 760, 24
COLOURS = 128
"""Of a picture's palette: text stays sharp, and it is small enough to be committed."""


def main() -> None:
    """Take all of them."""
    with sync_playwright() as playwright:
        path = shutil.which("chromium") or shutil.which("chromium-headless-shell")
        if path is None:
            sys.exit("the pictures need Chromium: apt-get install chromium")
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        for language, page in LESSONS.items():
            shown = browser.new_page(viewport={"width": 1180, "height": 900})
            write(lesson(shown, BUILD / "site" / page), f"lesson.{language}.png")
            shown = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
            pages = [screen(shown, BUILD / "course" / page, language) for page in CLASS]
            write(beside(pages), f"feedback.{language}.png")
        browser.close()


def lesson(page: Page, path: Path) -> Image.Image:
    """Return the first figure of a lesson, drawn."""
    page.goto(path.as_uri())
    figure = page.locator("figure[data-view=head]").first
    figure.scroll_into_view_if_needed()
    page.wait_for_timeout(2000)
    return Image.open(io.BytesIO(figure.screenshot()))


def screen(page: Page, path: Path, language: str) -> Image.Image:
    """Return the first screen of a page in two languages."""
    page.goto(path.as_uri())
    page.get_by_text(NAMES[language], exact=True).first.click()
    return Image.open(io.BytesIO(page.screenshot()))


def beside(pictures: list[Image.Image]) -> Image.Image:
    """Return pictures side by side on white."""
    width = sum(one.width for one in pictures) + GAP * (len(pictures) - 1)
    made = Image.new("RGB", (width, max(one.height for one in pictures)), "white")
    left = 0
    for one in pictures:
        made.paste(one, (left, 0))
        left += one.width + GAP
    return made


def write(picture: Image.Image, name: str) -> None:
    """Write a picture with few colours."""
    few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(HERE / name, "PNG", optimize=True)


if __name__ == "__main__":
    main()
