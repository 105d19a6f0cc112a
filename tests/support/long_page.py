"""A page with the figure of a long text, as a site has it."""

from attention_views.long_figure import carried, long_html
from attention_views.long_pack import long_key, pack_long
from attention_views.views import read_view
from support.page_style import DARK


def long_page(pages, attention, fence, *, language="en", dark=False):
    """Write the figure's data and its page; return the address.

    Args:
        pages: The fixture of that name.
        attention: What is drawn, with queries and keys.
        fence: Lines of the fence but its text and caption.
    """
    spec = read_view(f"text: x\ncaption: Words.\n{fence}", None)
    layers = carried(spec, attention)
    folder = pages.folder / "assets" / "views" / "data"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in pack_long(attention, layers):
        (folder / f"{name}.js").write_bytes(data)
    key = long_key(attention, layers)
    html = long_html(spec, attention, key=key, caption="Words.", language=language)
    scheme = "slate" if dark else "default"
    return pages.page(f"<main><h1>Page</h1>{html}</main>", head=DARK, scheme=scheme)
