"""PDFs as scanners write them, and as attackers do."""

from __future__ import annotations

import io
from datetime import date

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from kyc.simulation.licences import render_licence
from kyc.simulation.people import ERIKSSON
from kyc.simulation.portraits import load_portrait
from kyc.vision.barcodes.read import read_barcodes
from kyc.vision.images import ImageLimits, ImageRefused, SourceType
from kyc.vision.pdf_pages import SENTENCES, read_pdf_pages, read_pdf_side

RED, BLUE = (200, 30, 30), (20, 40, 180)


def scanned(*pictures: Image.Image, dots_an_inch: int = 200) -> bytes:
    stream = io.BytesIO()
    pictures[0].save(
        stream, "PDF", resolution=dots_an_inch, save_all=True, append_images=pictures[1:]
    )
    return stream.getvalue()


def sheet(colour: tuple[int, int, int], size: tuple[int, int] = (800, 500)) -> Image.Image:
    page = Image.new("RGB", size, "white")
    page.paste(colour, (0, 0, size[0] // 2, size[1]))
    return page


def written(*objects: str, trailer: str = "") -> bytes:
    """A PDF of the given objects, numbered from 1; the first is the catalogue."""
    body, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n".encode("latin-1")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    return body + (
        f"xref\n0 {size}\n0000000000 65535 f \n{table}"
        f"trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    ).encode("latin-1")


def one_page(*further: str, page: str = "", catalogue: str = "", trailer: str = "") -> bytes:
    return written(
        f"<< /Type /Catalog /Pages 2 0 R {catalogue} >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] {page} >>",
        *further,
        trailer=trailer,
    )


def stream(content: str, entries: str = "") -> str:
    return f"<< /Length {len(content)} {entries} >>\nstream\n{content}\nendstream"


def refusal(data: bytes) -> str:
    with pytest.raises(ImageRefused) as refused:
        read_pdf_pages(data)
    assert str(refused.value).endswith(".")
    return refused.value.code


def test_two_pages_become_two_pictures_in_order_and_in_colour() -> None:
    first, second = read_pdf_pages(scanned(sheet(RED), sheet(BLUE)))

    assert first.source_type is second.source_type is SourceType.PDF
    # 800 px at 200 dots an inch are four inches, rendered at 600.
    assert (first.width_px, first.height_px) == (2400, 1500)
    for page, colour in ((first, RED), (second, BLUE)):
        assert np.abs(page.pixels[700, 300].astype(int) - colour[::-1]).max() <= 3
        assert page.pixels[700, 2000].tolist() == [255, 255, 255]


def test_a_large_page_is_rendered_coarser() -> None:
    (page,) = read_pdf_pages(scanned(sheet(RED, (2000, 2800)), dots_an_inch=72))

    assert page.height_px == 3510


def test_a_licence_on_a_page_is_still_legible() -> None:
    licence = render_licence(ERIKSSON, portrait=load_portrait("astronaut"))
    page = Image.new("RGB", (2480, 3508), "white")
    page.paste(Image.fromarray(licence.back[:, :, ::-1]).resize((1011, 638)), (700, 900))

    (picture,) = read_pdf_pages(scanned(page, dots_an_inch=300))

    assert [found.data for found in read_barcodes(picture.pixels)] == [licence.payload]
    assert ERIKSSON.birth_date == date(1974, 8, 12)


def test_more_than_two_pages_are_refused() -> None:
    assert refusal(scanned(*[sheet(RED)] * 3)) == "pdf_too_many_pages"


def test_a_locked_file_is_refused_as_such() -> None:
    locked = one_page(
        f"<< /Filter /Standard /V 2 /R 3 /Length 128 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >>",
        trailer=f"/Encrypt 4 0 R /ID [<{'43' * 16}> <{'43' * 16}>]",
    )

    assert refusal(locked) == "pdf_locked"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty_file"),
        (b"GIF89a", "unsupported_type"),
        (b"%PDF-1.7", "pdf_damaged"),
        (b"%PDF-1.7\n" + bytes(range(256)) * 40, "pdf_damaged"),
        (scanned(sheet(RED))[:600], "pdf_damaged"),
        (one_page(), "pdf_blank"),
        (scanned(sheet(RED, (40, 40))), "too_small"),
        (scanned(sheet(RED, (1_400, 200)), dots_an_inch=72), "too_long"),
    ],
)
def test_what_shows_no_document_is_refused(data: bytes, code: str) -> None:
    assert refusal(data) == code


def test_a_blank_page_is_no_side_of_a_document_though_the_other_page_shows_one() -> None:
    data = scanned(sheet(RED), Image.new("RGB", (800, 500), "white"))

    front = read_pdf_side(data, is_back=False)
    with pytest.raises(ImageRefused) as refused:
        read_pdf_side(data, is_back=True)

    assert front.pixels[700, 300].tolist() != [255, 255, 255]
    assert (refused.value.code, refused.value.sentence) == (
        "pdf_blank_page", SENTENCES["blank_page"]
    )  # fmt: skip


def test_a_file_over_the_limit_is_never_opened() -> None:
    with pytest.raises(ImageRefused) as refused:
        read_pdf_pages(scanned(sheet(RED)), ImageLimits(max_bytes=1000))

    assert refused.value.code == "file_too_large"


def test_scripts_and_actions_are_as_good_as_not_there() -> None:
    script = "<< /S /JavaScript /JS (app.alert\\(1\\); while\\(true\\){}) >>"
    content = stream("1 0 0 rg 0 0 150 200 re f")
    page = "/Contents 4 0 R /AA << /O 5 0 R >>"
    data = one_page(content, script, page=page, catalogue="/OpenAction 5 0 R")

    (picture,) = read_pdf_pages(data)

    assert picture.pixels[100, 100].tolist() == [0, 0, 255]
    # The build of PDFium that is installed has no engine for scripts at all.
    assert "V8" not in pypdfium2.PDFIUM_INFO.flags


def test_a_picture_that_claims_to_be_huge_does_no_harm() -> None:
    image = stream(
        "x", "/Type /XObject /Subtype /Image /Width 90000 /Height 90000 "
        "/BitsPerComponent 8 /ColorSpace /DeviceRGB",
    )  # fmt: skip
    content = stream("1 0 0 rg 0 0 150 200 re f q 300 0 0 200 0 0 cm /I Do Q")
    page = "/Contents 4 0 R /Resources << /XObject << /I 5 0 R >> >>"

    (picture,) = read_pdf_pages(one_page(content, image, page=page))

    # The picture is left out, the rest of the page is drawn.
    assert picture.pixels[100, 100].tolist() == [0, 0, 255]


# Six seconds of processor time pass before the kernel ends it.
@pytest.mark.slow
def test_a_page_that_draws_itself_for_ever_is_given_up() -> None:
    levels = 26
    forms = [
        stream(
            f"/F Do /F Do {index} 0 m 200 200 l S",
            f"/Type /XObject /Subtype /Form /BBox [0 0 300 200] "
            f"/Resources << /XObject << /F {index + 6} 0 R >> >>",
        )
        for index in range(levels)
    ]
    last = stream("0 0 m 300 200 l S", "/Type /XObject /Subtype /Form /BBox [0 0 300 200]")
    page = "/Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >>"

    data = one_page(stream("/F Do"), *forms, last, page=page)

    assert refusal(data) == "pdf_too_complex"


def test_every_sentence_says_what_to_do() -> None:
    assert all("; please" in sentence for sentence in SENTENCES.values())
