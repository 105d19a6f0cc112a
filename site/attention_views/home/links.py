"""Addresses of pages in drawn HTML: only the generator knows how one page reaches another."""

import re

from attention_views.problems import log

_LINK = re.compile(r'href="page:([^"?#]+)([^"]*)"')


def resolve_links(html: str, page, files) -> str:
    """Return a page's HTML with ``href="page:why-look.md"`` made addresses; a missing page is said.

    Args:
        html: the page's content.
        page: MkDocs' file of the page.
        files: MkDocs' files of the site.
    """

    def address(found: re.Match) -> str:
        target = files.get_file_from_path(found[1])
        if target is None:
            log.error(f"{page.src_uri}: links to {found[1]}, which is no page; name another.")
            return 'href="#"'
        return f'href="{target.url_relative_to(page)}{found[2]}"'

    return _LINK.sub(address, html)
