"""The offline copy: the built site as one ZIP, the same bytes for the same site.

``python -m attention_views.offline FOLDER FILE.zip`` packs what ``mkdocs build`` wrote into FOLDER.
Unpacked, its pages open from disk in any browser, search included.
"""

import io
import sys
import zipfile
from pathlib import Path

from grader.atomic import write_atomically

TIME = (1980, 1, 1, 0, 0, 0)
"""The earliest that a ZIP can say; file dates would make two builds differ."""

FILE_MODE = 0o644 << 16


def pack_site(site: Path, target: Path) -> int:
    """Pack a folder, under its own name, into a ZIP; return the size of the ZIP in bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in site.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(site.parent).as_posix(), TIME)
            entry.external_attr = FILE_MODE
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, path.read_bytes())
    write_atomically(target, packed.getvalue())
    return target.stat().st_size


if __name__ == "__main__":
    source, packed = (Path(argument) for argument in sys.argv[1:])
    print(f"{packed}: {pack_site(source, packed) / 1e6:.1f} MB; unpack it, open index.html")
