"""One picture's file → pixels, or the right reason why not."""

import io
from contextlib import suppress
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from ganengine.data.reading.collection import Wish
from ganengine.data.reading.colours import is_grey
from ganengine.data.reading.decoding import decode, quiet_pillow
from ganengine.data.reading.fitting import Fit, fitted
from ganengine.data.reading.unusable import Unusable
from ganengine.shapes import ImageShape
from tests.ganengine.pictures import BLACK, BLUE, GREEN, RED, WHITE, encoded, noise, plain, png_that_claims, quarters

COLOUR, GREY = ImageShape(3, 32), ImageShape(1, 32)


def pixels(data: bytes, shape: ImageShape = COLOUR, fit: Fit = "crop") -> NDArray[np.uint8]:
    """uint8 [R, R, C] of a file."""
    with quiet_pillow():
        values = fitted(decode(data, Wish(shape.resolution, grey=shape.channels == 1)).image, shape, fit)
    assert values.dtype == np.uint8
    assert values.shape == (shape.channels, shape.resolution, shape.resolution)
    return values.transpose(1, 2, 0)


def colour_of(data: bytes, shape: ImageShape = COLOUR) -> tuple[int, ...]:
    """The one colour that a picture has all over."""
    values = pixels(data, shape)
    assert (values == values[0, 0]).all()
    return tuple(values[0, 0].tolist())


def reason(data: bytes) -> str:
    with quiet_pillow(), pytest.raises(Unusable) as caught:
        decode(data, Wish(32))
    return str(caught.value)


# ---- formats and kinds of colours ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF", "TIFF", "PPM", "WEBP"])
def test_formats_without_loss_give_their_very_pixels(kind: str) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    assert np.array_equal(pixels(encoded(quarters(), kind, **options)), np.asarray(quarters()))


def test_jpeg() -> None:
    found = pixels(encoded(quarters(), "JPEG", quality=95, subsampling=0)).astype(int)
    assert np.abs(found - np.asarray(quarters())).mean() < 3


@pytest.mark.parametrize("size", [(32, 32), (64, 64), (500, 400), (1000, 1600)])
def test_jpegs_of_any_size_keep_their_colours_when_they_are_decoded_smaller(size: tuple[int, int]) -> None:
    data = encoded(plain((200, 100, 50), size), "JPEG", quality=95)
    assert np.allclose(pixels(data), [200, 100, 50], atol=2)
    grey = (200 * 299 + 100 * 587 + 50 * 114) / 1000
    assert np.allclose(pixels(data, GREY), grey, atol=2)


def test_a_large_jpeg_is_decoded_smaller_but_reports_its_own_size() -> None:
    opened = decode(encoded(plain(RED, (1600, 1200)), "JPEG"), Wish(32))
    assert opened.size == (1600, 1200)
    assert 64 <= min(opened.image.size) < 1200


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        (plain(77, mode="L"), (77, 77, 77)),
        (plain(1, mode="1"), WHITE),
        (plain(0, mode="1"), BLACK),
        (plain((10, 20, 30), mode="RGB").convert("P", palette=Image.Palette.ADAPTIVE), (10, 20, 30)),
        (plain((0, 0, 0, 0), mode="RGBA"), WHITE),
        (plain((255, 0, 0, 255), mode="RGBA"), RED),
        (plain((255, 0, 0, 128), mode="RGBA"), (255, 127, 127)),
        (plain((0, 128), mode="LA"), (127, 127, 127)),
    ],
    ids=["grey", "white bit", "black bit", "palette", "invisible", "opaque", "half red", "half black"],
)
def test_kinds_of_colours(image: Image.Image, expected: tuple[int, ...]) -> None:
    assert colour_of(encoded(image)) == expected


def test_palette_with_transparency_lies_on_white() -> None:
    image = Image.new("P", (32, 32), 0)
    image.putpalette([*RED, *BLUE])
    image.paste(1, (16, 0, 32, 32))
    as_one_number = pixels(encoded(image, transparency=0))
    assert as_one_number[0, 0].tolist() == list(WHITE)
    assert as_one_number[0, 31].tolist() == list(BLUE)
    as_bytes = pixels(encoded(image, transparency=b"\x00\x80"))
    assert as_bytes[0, 0].tolist() == list(WHITE)
    assert as_bytes[0, 31].tolist() == [127, 127, 255]


def test_a_transparent_colour_of_a_grey_picture_lies_on_white() -> None:
    assert colour_of(encoded(plain(40, mode="L"), transparency=40), GREY) == (255,)


def test_invisible_colours_do_not_bleed_into_what_is_drawn() -> None:
    image = plain((255, 0, 0, 0), (64, 64), "RGBA")  # red, but nobody sees it
    image.paste((0, 0, 0, 255), (0, 0, 33, 64))
    found = pixels(encoded(image)).astype(int)
    assert np.array_equal(found[..., 0], found[..., 1]), "no red edge"


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
@pytest.mark.parametrize(("ink", "expected"), [((0, 0, 0, 0), WHITE), ((0, 255, 255, 0), RED), ((0, 0, 0, 255), BLACK)])
def test_cmyk(kind: str, ink: tuple[int, ...], expected: tuple[int, ...]) -> None:
    opened = decode(encoded(plain(ink, mode="CMYK"), kind), Wish())
    assert opened.mode == "CMYK"
    assert np.allclose(np.asarray(opened.image), expected, atol=2)


@pytest.mark.parametrize(("value", "expected"), [(0, 0), (257 * 100, 100), (65_535, 255), (128, 0), (129, 1)])
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "PPM"])
def test_sixteen_bits_are_scaled_not_cut_off(kind: str, value: int, expected: int) -> None:
    values = np.full((32, 32), value, dtype=np.uint16)
    values[0, 0] = 65_535  # some readers give 32-bit numbers, whose extent has to be seen
    found = pixels(encoded(Image.fromarray(values), kind), GREY)
    assert found[5, 5, 0] == expected
    assert found[0, 0, 0] == 255


@pytest.mark.parametrize(("value", "top", "expected"), [(0.5, 1.0, 128), (100.0, 255.0, 100)])
def test_floats_of_a_tiff(value: float, top: float, expected: int) -> None:
    values = np.full((32, 32), value, dtype=np.float32)
    values[0, 0] = top
    assert pixels(encoded(Image.fromarray(values), "TIFF"), GREY)[5, 5, 0] == expected


def test_numbers_without_a_known_meaning_are_left_out() -> None:
    for value in (-1.0, 1e9, float("nan")):
        data = encoded(Image.fromarray(np.full((32, 32), value, dtype=np.float32)), "TIFF")
        assert reason(data) == "its pixel values are outside of what 8 or 16 bits hold; save it as an 8-bit picture"


def test_a_kind_of_colours_that_cannot_be_read_is_named() -> None:
    lab = ImageCms.buildTransform(ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), "RGB", "LAB")
    image = ImageCms.applyTransform(plain(), lab)
    assert image is not None
    assert reason(encoded(image, "TIFF")) == "its kind of colours (LAB) cannot be read; save it as RGB"


# ---- animated and turned -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_of_animated_files_the_first_frame_is_used(kind: str) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {}
    data = encoded(plain(RED), kind, save_all=True, append_images=[plain(GREEN), plain(BLUE)], **options)
    assert colour_of(data) == RED
    assert decode(data, Wish()).animated
    assert not decode(encoded(plain(RED), kind), Wish()).animated


def test_the_two_views_of_a_stereo_photo_are_no_animation() -> None:
    opened = decode(encoded(plain(RED), "MPO", save_all=True, append_images=[plain(GREEN)]), Wish())
    assert np.allclose(np.asarray(opened.image), RED, atol=3)
    assert not opened.animated


def test_a_damaged_second_frame_does_not_matter() -> None:
    data = encoded(noise(1), "GIF", save_all=True, append_images=[noise(2)])
    cut = data[: len(data) * 3 // 4]
    assert np.array_equal(pixels(cut), pixels(data))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_turned_pictures_are_put_upright(kind: str, orientation: int) -> None:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # stored turned to the left, shown turned to the right
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    stored = quarters().transpose(turns[orientation]) if orientation in turns else quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    found = pixels(encoded(stored, kind, exif=exif)).astype(int)
    corners = found[[4, 4, 27, 27], [4, 27, 4, 27]]
    assert np.allclose(corners, [RED, GREEN, BLUE, WHITE], atol=12), corners


def test_the_size_of_a_turned_picture_is_that_of_the_upright_one() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    opened = decode(encoded(plain(RED, (40, 20)), "JPEG", exif=exif), Wish())
    assert opened.size == opened.image.size == (20, 40)


def test_damaged_exif_does_not_spoil_a_picture() -> None:
    data = encoded(quarters(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff rubbish", quality=95, subsampling=0)
    assert pixels(data)[4, 4, 0] > 240


# ---- fit -----------------------------------------------------------------------------------------------------


def stripes() -> Image.Image:
    """96×32: red, green, blue."""
    image = plain(RED, (96, 32))
    image.paste(GREEN, (32, 0, 64, 32))
    image.paste(BLUE, (64, 0, 96, 32))
    return image


def test_crop_takes_the_middle() -> None:
    assert colour_of(encoded(stripes())) == GREEN
    assert colour_of(encoded(stripes().transpose(Image.Transpose.ROTATE_90))) == GREEN


def test_stretch_keeps_everything() -> None:
    found = pixels(encoded(stripes()), fit="stretch")
    assert found[16, [3, 16, 29]].tolist() == [list(RED), list(GREEN), list(BLUE)]


@pytest.mark.parametrize("around", [WHITE, BLACK])
def test_pad_adds_a_border_in_the_colour_of_the_corners(around: tuple[int, ...]) -> None:
    image = plain(around, (64, 32))
    image.paste(RED, (24, 8, 40, 24))
    found = pixels(encoded(image), fit="pad")
    assert (found[:8] == around).all()
    assert (found[-8:] == around).all()
    assert found[16, 16].tolist() == list(RED)


@pytest.mark.parametrize("fit", ["crop", "pad", "stretch"])
@pytest.mark.parametrize("size", [(8, 8), (8, 900), (33, 31), (2000, 9)])
def test_any_size_and_any_fit_keep_a_colour_as_it_is(fit: Fit, size: tuple[int, int]) -> None:
    values = pixels(encoded(plain((12, 34, 56), size)), fit=fit)
    assert (values == (12, 34, 56)).all()


def test_what_has_the_right_size_is_not_touched() -> None:
    image = noise(5)
    for fit in ("crop", "pad", "stretch"):
        assert np.array_equal(pixels(encoded(image), fit=fit), np.asarray(image))


def test_shrinking_averages_what_it_leaves_out() -> None:
    board = (np.indices((256, 256)).sum(axis=0) % 2 * 255).astype(np.uint8)
    found = pixels(encoded(Image.fromarray(board)), GREY)
    assert np.abs(found.astype(int) - 127).max() <= 3, "no moiré"


# ---- what cannot be used -------------------------------------------------------------------------------------


def test_zero_bytes() -> None:
    assert reason(b"") == "empty file (0 bytes)"


def test_misnamed() -> None:
    assert reason(b"Dear diary, today I trained a GAN.\n" * 40) == "not an image: it is a text"
    assert reason(b"\n <!DOCTYPE html><html>404 not found</html>") == "not an image: it is a web page"
    assert reason("Zoë’s".encode() * 200) == "not an image: it is a text"
    assert reason(b"\0" * 5000) == "not an image: the file holds only zeros"
    assert reason(b"\x93\xffgarbage\x01\x02" * 50) == "not an image that can be read, or damaged at its beginning"


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM"])
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_truncated(kind: str, share: float) -> None:
    data = encoded(noise(1, (64, 64)), kind)
    assert reason(data[: int(len(data) * share)]) == "cut off: the end of the file is missing"


def test_truncated_webp() -> None:
    data = encoded(noise(1, (64, 64)), "WEBP")
    assert reason(data[: len(data) // 2]).startswith(("cut off", "damaged"))


def test_corrupt_png() -> None:
    data = bytearray(encoded(noise(1, (64, 64))))
    data[2000:2100] = bytes(100)
    assert reason(bytes(data)).startswith("damaged")


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "WEBP"])
def test_any_damage_gives_a_picture_or_a_reason_and_nothing_else(kind: str) -> None:
    data = encoded(noise(3, (24, 24)), kind)
    rng = np.random.default_rng(0)
    with quiet_pillow():
        for _ in range(150):
            damaged = bytearray(data)
            for place in rng.integers(0, len(data), 4):
                damaged[place] = int(rng.integers(0, 256))
            with suppress(Unusable):
                assert decode(bytes(damaged), Wish(32)).image.mode in {"L", "LA", "RGB", "RGBA"}


@pytest.mark.parametrize("size", [(1, 1), (7, 100), (100, 7)])
def test_too_small(size: tuple[int, int]) -> None:
    expected = f"too small: {size[0]}×{size[1]} pixels; at least 8×8 are needed"
    assert reason(encoded(plain(RED, size))) == expected


@pytest.mark.parametrize("size", [(10_001, 10_000), (30_000, 30_000), (2**31 - 1, 2**31 - 1)])
def test_huge_pictures_are_refused_before_they_are_decoded(size: tuple[int, int]) -> None:
    many = "10,001×10,000" if size[0] == 10_001 else f"{size[0] * size[1] // 10**6:,} million"
    assert reason(png_that_claims(*size)) == f"too large: {many} pixels; at most 100 million are read"


def test_formats_that_nobody_keeps_photos_in_are_not_even_tried() -> None:
    assert reason(encoded(plain(), "ICO")).startswith("not an image that can be read")
    assert reason(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n") == "not an image: it is a text"


# ---- grey by content -----------------------------------------------------------------------------------------


def test_grey_is_seen_whatever_the_mode() -> None:
    photo = noise(1, channels=1)
    assert is_grey(photo)
    assert is_grey(photo.convert("RGB"))
    assert is_grey(photo.convert("RGBA"))
    assert is_grey(Image.open(io.BytesIO(encoded(photo.convert("RGB"), "JPEG"))))
    assert not is_grey(noise(1))
    assert not is_grey(plain((120, 100, 100)))
