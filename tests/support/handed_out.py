"""Files as learning platforms hand them out: zips and tables, named as documented."""

import io
import zipfile

GBK = "gbk"


def zip_of(files: dict[str, bytes], encoding: str = "utf-8", links=(), date=None) -> bytes:
    """Return a zip; with ``gbk`` its names carry no UTF-8 flag, as Windows in China writes them.

    Args:
        files: name -> bytes; a name may be anything, `..` and absolute ones included.
        encoding: of the names.
        links: names that are symbolic links.
        date: when all were packed.
    """
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, data in files.items():
            info = _Named(name, date or (2026, 11, 1, 12, 0, 0), encoding)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = (0o120777 if name in links else 0o100644) << 16
            zipped.writestr(info, data)
    return made.getvalue()


class _Named(zipfile.ZipInfo):
    """A member whose name is written in an encoding, flag or no flag."""

    def __init__(self, name, date, encoding):
        super().__init__("x", date)
        self.filename = self.orig_filename = name
        self.encoding = encoding

    def _encodeFilenameFlags(self):
        flag = 0x800 if self.encoding == "utf-8" and not self.filename.isascii() else 0
        return self.filename.encode(self.encoding), self.flag_bits | flag


def moodle_name(name: str, number: int, file: str, *, flat: bool = False) -> str:
    """Return what "Download all submissions" calls a file."""
    return f"{name}_{number}_assignsubmission_file_{'' if flat else '/'}{file}"


def canvas_name(name: str, user: int, number: int, file: str, *, late: bool = False) -> str:
    """Return what "Download submissions" calls a file; `name` is "Last, First"."""
    sortable = "".join(c for c in name.lower() if c.isalnum() or c == "_")
    return f"{sortable}_{'LATE_' if late else ''}{user}_{number}_{file}"
