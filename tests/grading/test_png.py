import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from grader.grading.png import FILTERS, SIGNATURE, is_plain
from grader.plots import plot_heads

WIDTH, HEIGHT = 40, 30
ROW = 1 + 3 * WIDTH
ALL = 1_000_000
NO_FILTER = bytes(ROW) + bytes([FILTERS]) + bytes(ROW * HEIGHT - ROW - 1)


def chunk(kind, body=b""):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


HEADER = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
PIXELS = zlib.compress(bytes(ROW * HEIGHT))


def png(header=HEADER, pixels=PIXELS, before=b"", after=b"", end=b""):
    chunks = (chunk(b"IHDR", header), before, chunk(b"IDAT", pixels), after, chunk(b"IEND", end))
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
        pytest.param(
            png(pixels=zlib.compress(NO_FILTER)),
            id="a filter that is none",
        ),
        pytest.param(
            png(pixels=zlib.compress(bytes(ROW * HEIGHT), level=0)), id="hardly packed at all"
        ),
        pytest.param(png(header=HEADER[:-1]), id="a header too short"),
        pytest.param(png(header=struct.pack(">IIBBBBB", 0, HEIGHT, 8, 2, 0, 0, 0)), id="no width"),
        pytest.param(png(header=HEADER[:-1] + b"\1"), id="interlaced"),
        pytest.param(saved("RGBA"), id="seen through"),
        pytest.param(saved("P"), id="a palette"),
        pytest.param(saved("L"), id="grey"),
    ],
)
def test_whatever_is_more_or_other_is_not(data):
    assert not is_plain(data, ALL)


def test_a_bomb_is_not_unpacked():
    most = WIDTH * HEIGHT
    assert is_plain(png(), most)
    assert not is_plain(png(), most - 1)
    bomb = zlib.compress(bytes(100 * ROW * HEIGHT))
    assert not is_plain(png(pixels=bomb), ALL)


@given(st.integers(0, len(png()) - 1), st.integers(1, 255))
def test_with_any_byte_changed_it_is_plain_no_more(at, change):
    data = bytearray(png())
    data[at] ^= change
    assert not is_plain(bytes(data), ALL)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 255), st.sampled_from([1, 6, 9]))
def test_what_is_plain_is_the_picture_that_pillow_sees(width, height, grey, level):
    out = io.BytesIO()
    drawn = Image.new("RGB", (width, height), (grey, 0, 255))
    drawn.save(out, "PNG", compress_level=level)
    if is_plain(out.getvalue(), ALL):
        with Image.open(io.BytesIO(out.getvalue())) as again:
            again.load()
            assert (again.size, again.info) == (drawn.size, {})
            assert again.tobytes() == drawn.tobytes()
