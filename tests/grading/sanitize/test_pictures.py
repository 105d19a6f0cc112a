"""What a picture may cost is known before it is decoded."""

import base64
import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from PIL import Image

from grader.grading.sanitize import pictures
from grader.grading.sanitize.pictures import MAX_PIXELS, MOST_PARTS, SIGNATURE, Pictures


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def saved(image: Image.Image, kind: str, **how) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def noise(size, mode="RGB") -> Image.Image:
    channels = len(mode)
    return Image.fromarray(
        np.random.default_rng(1).integers(0, 255, (*size, channels), dtype=np.uint8), mode
    )


def chunk(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def taken(raw: bytes, kind: str = "png", **more) -> bytes | None:
    found = Pictures(**more).of({f"image/{kind}": encoded(raw)})
    return base64.b64decode(found[f"image/{kind}"]) if found else None


PICTURE = noise((40, 60), "RGBA")
PNG = saved(PICTURE, "PNG")
JPEG = saved(noise((40, 60)), "JPEG")
PROGRESSIVE = saved(noise((200, 300)), "JPEG", progressive=True)


def with_chunks(raw: bytes, *more: bytes) -> bytes:
    """Put chunks behind a PNG's header."""
    return raw[:33] + b"".join(more) + raw[33:]


def scans_again(raw: bytes, times: int) -> bytes:
    """Repeat the last scan of a progressive JPEG, which refines what is refined already."""
    at = raw.rindex(b"\xff\xda")
    return raw[:at] + raw[at:-2] * times + raw[-2:]


@pytest.fixture
def decoded(monkeypatch):
    """The files that were decoded."""
    found = []
    real = pictures.encode_anew

    def watch(bare, kind):
        found.append(bare)
        return real(bare, kind)

    monkeypatch.setattr(pictures, "encode_anew", watch)
    monkeypatch.setattr(pictures, "_remembered", watch)
    return found


@pytest.mark.parametrize(("raw", "kind"), [(PNG, "png"), (JPEG, "jpeg"), (PROGRESSIVE, "jpeg")])
def test_an_honest_picture_is_taken(raw, kind):
    again = Image.open(io.BytesIO(taken(raw, kind)))
    assert again.size == Image.open(io.BytesIO(raw)).size


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_keeps_its_pixels_whatever_its_mode(mode):
    image = Image.new("I;16", (5, 4), 700) if mode == "I;16" else noise((4, 5)).convert(mode)
    again = Image.open(io.BytesIO(taken(saved(image, "PNG"))))
    through = "RGBA" if mode in ("LA", "RGBA") else "RGB"
    assert again.convert(through).tobytes() == image.convert(through).tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_jpeg_keeps_its_colours_whatever_its_mode(mode):
    image = Image.new("RGB", (32, 32), (200, 30, 90)).convert(mode)
    raw = saved(image, "JPEG", quality=95, comment=b"x", exif=b"Exif\0\0" + b"x" * 100)
    again = Image.open(io.BytesIO(taken(raw, "jpeg"))).convert("RGB")
    shown = Image.open(io.BytesIO(raw)).convert("RGB")
    assert np.abs(np.asarray(again, int) - np.asarray(shown, int)).max() < 12


def test_a_jpeg_in_a_thousand_scans_is_not_decoded(decoded):
    flat = saved(Image.new("RGB", (2000, 2000)), "JPEG", progressive=True)
    hostile = scans_again(flat, 2000)
    assert len(hostile) < pictures.LONGEST
    mine = Pictures()
    assert mine.of({"image/jpeg": encoded(hostile)}) == {}
    assert mine.refused
    assert not decoded
    assert Image.open(io.BytesIO(scans_again(PROGRESSIVE, 3))).convert("RGB"), "it is a picture"


@pytest.mark.parametrize(
    ("size", "taken_"), [((5000, 2500), True), ((5001, 2500), False), ((65_536, 1), False)]
)
@pytest.mark.parametrize("kind", ["png", "jpeg"])
def test_a_picture_has_at_most_so_many_pixels(decoded, size, taken_, kind):
    if size[0] > 65_000 and kind == "jpeg":
        size = (65_500, 200)
    raw = saved(Image.new("L", size), kind)
    assert (taken(raw, kind) is not None) == (taken_ and size[0] * size[1] <= MAX_PIXELS)


@pytest.mark.parametrize("size", [(2**31 - 1, 2**31 - 1), (0, 5), (100_000, 126)])
def test_a_header_that_lies_is_believed_and_costs_nothing(decoded, size):
    header = chunk(b"IHDR", struct.pack(">II5B", *size, 8, 2, 0, 0, 0))
    raw = SIGNATURE + header + chunk(b"IDAT", zlib.compress(b"x" * 100)) + chunk(b"IEND")
    assert taken(raw) is None
    assert not decoded


def test_all_pictures_of_a_notebook_share_what_they_may_cost(decoded):
    mine = Pictures(most_work=5 * 2400)
    answers = [bool(mine.of({"image/png": encoded(PNG)})) for _ in range(9)]
    assert answers == [True] * 4 + [False] * 5
    assert mine.refused
    assert len(decoded) == 4


BOMB = zlib.compress(b"x" * (20 << 20), 9)


@pytest.mark.parametrize(
    "raw",
    [
        with_chunks(PNG, *[chunk(b"zTXt", b"a\0\0" + BOMB)] * 20),
        with_chunks(PNG, *[chunk(b"iTXt", b"a\0\1\0\0\0" + BOMB)] * 20),
        with_chunks(PNG, chunk(b"iCCP", b"a\0\0" + BOMB)),
        with_chunks(PNG, *[chunk(b"tEXt", b"a\0b")] * 4000),
        with_chunks(PNG, chunk(b"eXIf", b"x" * 100_000)),
        PNG + b"<script>" * 1000,
    ],
)
def test_what_is_no_pixel_of_a_png_is_never_looked_at(decoded, raw):
    assert Image.open(io.BytesIO(taken(raw))).tobytes() == PICTURE.tobytes()
    assert decoded == [PNG]


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (with_chunks(PNG, *[chunk(b"tEXt", b"a\0b")] * MOST_PARTS), "png"),
        (JPEG[:2] + b"\xff\xfe\0\2" * MOST_PARTS + JPEG[2:], "jpeg"),
        (JPEG[:2] + b"\xff" * 2 * MOST_PARTS + JPEG[2:], "jpeg"),
        (PNG[:-20], "png"),
        (JPEG[:15], "jpeg"),
        (JPEG, "png"),
        (PNG, "jpeg"),
        (b"", "png"),
    ],
)
def test_a_file_in_too_many_parts_or_in_none_is_no_picture(decoded, raw, kind):
    assert taken(raw, kind) is None
    assert not decoded


def test_only_the_first_picture_of_an_animation_is_kept(decoded):
    frames = [noise((40, 60)) for _ in range(30)]
    raw = saved(frames[0], "PNG", save_all=True, append_images=frames[1:])
    assert len(taken(raw)) < len(raw) / 10
    assert all(b"fdAT" not in bare for bare in decoded)


def test_a_file_that_is_too_long_is_not_even_decoded_from_base64():
    mine, long = Pictures(), "A" * (12 << 20)
    tracemalloc.start()
    found = mine.of({"image/png": long})
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert found == {}
    assert most < 1 << 20
    assert mine.refused


def test_what_is_remembered_is_short():
    pictures._remembered.cache_clear()
    mine = Pictures()
    large = saved(noise((300, 300), "RGBA"), "PNG")
    assert len(encoded(large)) > pictures.REMEMBERED
    for raw in (PNG, PNG, large, large):
        assert mine.of({"image/png": encoded(raw)})
    assert pictures._remembered.cache_info()[:2] == (1, 1)
