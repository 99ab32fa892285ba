"""Files that are made to do harm, or to be taken for something else."""

import io
import struct
import zlib

import pikepdf
from PIL import Image, TiffImagePlugin


def page(width: int = 1654, height: int = 2339, shade: int = 255) -> Image.Image:
    """An empty page."""
    return Image.new("L", (width, height), shade)


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    """A picture as a file."""
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def tiff_pages(count: int) -> bytes:
    """A TIFF of so many pages."""
    return saved(
        page(),
        "TIFF",
        compression="tiff_deflate",
        save_all=True,
        append_images=[page() for _ in range(count - 1)],
    )


def png_bomb(side: int = 30_000) -> bytes:
    """A PNG of 900 million pixels in less than a megabyte."""
    packer = zlib.compressobj(9)
    row = b"\0" * (side // 8 + 1)
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def png_of_text(size: int = 400_000_000) -> bytes:
    """A small PNG with a packed text of hundreds of megabytes."""
    plain = saved(page(500, 500), "PNG")
    packer = zlib.compressobj(9)
    block = b"a" * 1_000_000
    data = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    text = _chunk(b"zTXt", b"note\0\0" + data)
    return plain[:33] + text + plain[33:]


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def tiff_bomb(size: int = 400_000_000) -> bytes:
    """A TIFF that says it is one pixel of 400 MB: one strip that unpacks to far more than the picture."""
    packer = zlib.compressobj(9)
    block = b"\0" * 1_000_000
    data = b"".join(packer.compress(block) for _ in range(size // len(block))) + packer.flush()
    return _tiff(1, 1, data, rows=1)


def tiff_wide(width: int = 60_000, height: int = 6_000) -> bytes:
    """A TIFF of 360 million pixels."""
    packer = zlib.compressobj(9)
    row = b"\0" * width
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    return _tiff(width, height, data, rows=height)


def _tiff(width: int, height: int, data: bytes, rows: int) -> bytes:
    """A grey TIFF with one deflated strip."""
    tags = TiffImagePlugin.ImageFileDirectory_v2(b"II*\0\0\0\0\0")
    tags[256], tags[257], tags[258], tags[259], tags[262] = width, height, 8, 8, 1
    tags[273], tags[277], tags[278], tags[279] = 8, 1, rows, len(data)
    out = io.BytesIO()
    out.write(b"II*\0" + struct.pack("<I", 8 + len(data) + len(data) % 2))
    out.write(data + b"\0" * (len(data) % 2))
    entries = sorted((tag, 4, 1, value) for tag, value in tags.items())
    out.write(struct.pack("<H", len(entries)))
    for tag, kind, count, value in entries:
        value = value[0] if isinstance(value, tuple) else value
        out.write(struct.pack("<HHII", tag, kind, count, value))
    out.write(struct.pack("<I", 0))
    return out.getvalue()


def pdf(pages: int = 1, **save: object) -> bytes:
    """An empty PDF."""
    document = pikepdf.new()
    for _ in range(pages):
        document.add_blank_page(page_size=(595, 842))
    return _kept(document, **save)


def _kept(document: pikepdf.Pdf, **save: object) -> bytes:
    out = io.BytesIO()
    document.save(out, **save)
    return out.getvalue()


def pdf_encrypted(password: str = "") -> bytes:
    """A PDF under a password; with none it opens by itself, and is encrypted all the same."""
    return pdf(encryption=pikepdf.Encryption(owner="baas", user=password))


def pdf_with_script(packed: bool = False) -> bytes:
    """A PDF with a script that runs when it is opened; packed, its name is nowhere in the file."""
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    action = pikepdf.Dictionary(S=pikepdf.Name("/JavaScript"), JS=pikepdf.String("app.alert(1)"))
    document.Root.OpenAction = document.make_indirect(action)
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    return _kept(document, object_stream_mode=mode)


def pdf_bomb(size: int = 800_000_000) -> bytes:
    """A PDF with a picture that unpacks to hundreds of megabytes."""
    side = int(size**0.5)
    packer = zlib.compressobj(9)
    row = b"\0" * side
    data = b"".join(packer.compress(row) for _ in range(side)) + packer.flush()
    document = pikepdf.new()
    document.add_blank_page(page_size=(595, 842))
    picture = pikepdf.Stream(document, data)
    picture.update(
        {
            "/Type": pikepdf.Name.XObject,
            "/Subtype": pikepdf.Name.Image,
            "/Width": side,
            "/Height": side,
            "/ColorSpace": pikepdf.Name.DeviceGray,
            "/BitsPerComponent": 8,
        }
    )
    picture.write(data, filter=pikepdf.Name.FlateDecode)
    first = document.pages[0]
    first.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    first.Contents = pikepdf.Stream(document, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
    return _kept(document, compress_streams=False)
