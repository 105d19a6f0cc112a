import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from grader.grading.sanitize.pictures import ENCODING
from grader.grading.sanitize.png import PACKED, is_plain
from grader.plots import plot_heads

WIDTH, HEIGHT = 40, 30
ROW = 1 + 3 * WIDTH
ALL = 1_000_000
SIGNATURE = b"\x89PNG\r\n\x1a\n"


def chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def header(width=WIDTH, height=HEIGHT, form=(8, 2, 0, 0, 0)):
    return struct.pack(">II", width, height) + bytes(form)


def filtered(row):
    """Rows of black, one of which begins with a filter that is none."""
    rows = bytearray(ROW * HEIGHT)
    rows[row * ROW] = 5
    return zlib.compress(rows)


def noisy(width, height, part):
    """A picture of which one part in so many is noise and the rest black."""
    row = 1 + 3 * width
    rows = bytearray(row * height)
    for i in range(len(rows) // part):
        rows[i] = (i * i * 7919 >> 8) % 251 if i % row else 0
    return png(header(width, height), zlib.compress(rows))


def gzipped(rows):
    packing = zlib.compressobj(wbits=31)
    return packing.compress(rows) + packing.flush()


HEADER = header()
PIXELS = zlib.compress(bytes(ROW * HEIGHT))
FAR_BACK = bytes([8, 29]) + PIXELS[2:]


def png(header=HEADER, pixels=PIXELS, before=b"", after=b"", end=b"", first=b"IHDR", last=b"IEND"):
    chunks = (chunk(first, header), before, chunk(b"IDAT", pixels), after, chunk(last, end))
    return SIGNATURE + b"".join(chunks)


def saved(mode="RGB", size=(WIDTH, HEIGHT), **options):
    out = io.BytesIO()
    Image.new(mode, size).save(out, "PNG", **options)
    return out.getvalue()


def test_a_picture_of_nothing_but_pixels_is_plain():
    assert is_plain(png(), ALL)
    assert is_plain(saved(), ALL)
    parts = chunk(b"IDAT", PIXELS[:9]) + chunk(b"IDAT", PIXELS[9:])
    assert is_plain(SIGNATURE + chunk(b"IHDR", HEADER) + parts + chunk(b"IEND"), ALL)


def test_our_own_pictures_are_plain():
    assert is_plain(plot_heads(np.linspace(-1, 1, 72).reshape(6, 12))._repr_png_(), ALL)


def metadata():
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", "<script>")
    return text


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(SIGNATURE, id="no chunk"),
        pytest.param(b"GIF89a", id="another kind"),
        pytest.param(png() + b"<script>", id="more after the end"),
        pytest.param(png() + chunk(b"IEND"), id="two ends"),
        pytest.param(png()[:-1], id="cut short"),
        pytest.param(png(end=b"x"), id="an end that says something"),
        pytest.param(png(before=chunk(b"tEXt", b"a\0b")), id="a text before"),
        pytest.param(png(after=chunk(b"tEXt", b"a\0b")), id="a text after"),
        pytest.param(saved(pnginfo=metadata()), id="Pillow's text"),
        pytest.param(saved(dpi=(100, 100)), id="a size in inches"),
        pytest.param(png(before=chunk(b"IHDR", HEADER)), id="two headers"),
        pytest.param(png(pixels=PIXELS + b"more"), id="more in the stream"),
        pytest.param(png(pixels=PIXELS[:-1]), id="a stream cut short"),
        pytest.param(png(pixels=b"x" * 50), id="no stream"),
        pytest.param(png(pixels=zlib.compress(bytes(ROW * HEIGHT + 1))), id="a pixel too many"),
        pytest.param(png(pixels=zlib.compress(bytes(ROW * HEIGHT - 1))), id="a pixel too few"),
        pytest.param(png(pixels=PIXELS[:-1] + b"?"), id="another sum at the stream's end"),
        pytest.param(png(pixels=gzipped(bytes(ROW * HEIGHT))), id="gzip"),
        pytest.param(png(pixels=FAR_BACK), id="a stream that says it looks back 256 bytes"),
        pytest.param(png(pixels=b""), id="an empty stream"),
        pytest.param(png(pixels=filtered(0)), id="a filter that is none, in the first row"),
        pytest.param(png(pixels=filtered(1)), id="a filter that is none, in the second row"),
        pytest.param(png(pixels=filtered(HEIGHT - 1)), id="a filter that is none, in the last row"),
        pytest.param(
            png(pixels=zlib.compress(bytes(ROW * HEIGHT), level=0)), id="hardly packed at all"
        ),
        pytest.param(noisy(WIDTH, HEIGHT, 5), id="packed badly"),
        pytest.param(
            png(header(500, 500), zlib.compress(bytes(500 * 1501), 9)),
            id="packed better than we would",
        ),
        pytest.param(png(HEADER[:-1]), id="a header too short"),
        pytest.param(png(HEADER + b"x"), id="a header too long"),
        pytest.param(png(first=b"iHDR"), id="another first chunk"),
        pytest.param(png(last=b"tEXt"), id="another last chunk"),
        pytest.param(png(header(0, 4000), zlib.compress(bytes(4000))), id="no width"),
        pytest.param(png(header(form=(16, 2, 0, 0, 0))), id="sixteen bits"),
        pytest.param(png(header(form=(8, 6, 0, 0, 0))), id="called seen through"),
        pytest.param(png(header(form=(8, 2, 1, 0, 0))), id="another compression"),
        pytest.param(png(header(form=(8, 2, 0, 1, 0))), id="other filters"),
        pytest.param(png(header(form=(8, 2, 0, 0, 1))), id="interlaced"),
        pytest.param(png().replace(SIGNATURE, SIGNATURE[:-1] + b"?"), id="another signature"),
        pytest.param(png()[:-1] + b"?", id="another checksum"),
        pytest.param(saved("RGBA"), id="seen through"),
        pytest.param(saved("P"), id="a palette"),
        pytest.param(saved("L"), id="grey"),
    ],
)
def test_whatever_is_more_or_other_is_not(data):
    assert not is_plain(data, ALL)


def test_it_is_as_large_as_it_may_be_and_no_larger():
    assert is_plain(png(), WIDTH * HEIGHT)
    assert not is_plain(png(), WIDTH * HEIGHT - 1)
    assert is_plain(noisy(65_535, 1, 50), ALL)
    assert not is_plain(noisy(65_536, 1, 50), ALL)
    assert is_plain(noisy(1, 65_535, 50), ALL)
    assert not is_plain(noisy(1, 65_536, 50), ALL)


def memory_of(look):
    """Return the most bytes that a look takes; others' threads may add some kB."""
    tracemalloc.start()
    try:
        look()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("data", "most"),
    [
        pytest.param(
            png(header(400, 300), zlib.compress(bytes(20_000_000))), 2_000_000, id="a bomb"
        ),
        pytest.param(png(before=chunk(b"IDAT") * 50_000), 200_000, id="too many chunks"),
    ],
)
def test_what_is_too_much_is_not_unpacked(data, most):
    assert not is_plain(data, ALL)
    assert memory_of(lambda: is_plain(data, ALL)) < most


def test_what_is_kept_as_it_came_is_no_denser_than_a_black_picture_encoded_anew():
    black = saved(size=(2000, 2000), **ENCODING["PNG"])
    assert PACKED[1] <= 2000 * (1 + 3 * 2000) / len(black)


@given(st.integers(0, len(png()) - 1), st.integers(1, 255))
def test_with_any_byte_changed_it_is_plain_no_more(at, change):
    data = bytearray(png())
    data[at] ^= change
    assert not is_plain(bytes(data), ALL)


@given(st.integers(20, 60), st.integers(20, 60), st.integers(0, 255), st.sampled_from([1, 6, 9]))
def test_what_is_plain_is_the_picture_that_pillow_sees(width, height, grey, level):
    drawn = Image.new("RGB", (width, height), (grey, 0, 255))
    out = io.BytesIO()
    drawn.save(out, "PNG", compress_level=level)
    assert is_plain(out.getvalue(), ALL)
    with Image.open(io.BytesIO(out.getvalue())) as again:
        again.load()
        assert (again.size, again.info) == (drawn.size, {})
        assert again.tobytes() == drawn.tobytes()
