"""Files that people of the demo company attach: a screenshot, a log, an order form. Drawn here, nothing is shipped."""

import random
import struct
import zlib

from leitstelle.kernel.blobs import store
from leitstelle.tickets.rules.inputs import NewFile

SHARE = 0.35  # of the reports by mail and portal that could have a file
_WIDTH, _HEIGHT = 480, 300
_SCREENS = ("printing", "software", "workplace", "access", "mail")
_LOGS = ("network", "servers", "mobile", "telephony")
_FORMS = ("orders", "people", "complaint")
# Palette of the drawn screen: desktop, window, bar, line, button, red, white.
_COLOURS = (
    (38, 84, 112),
    (244, 246, 248),
    (0, 95, 120),
    (178, 188, 196),
    (0, 120, 150),
    (196, 44, 44),
    (255, 255, 255),
)
Rectangle = tuple[int, int, int, int, int]


def paper_for(category: str, device: str, chance: random.Random) -> tuple[NewFile, ...]:
    """The file of a report about such a category, or none; `chance` decides."""
    kind = category.partition(".")[0]
    if kind not in (*_SCREENS, *_LOGS, *_FORMS) or chance.random() > SHARE:
        return ()
    if kind in _LOGS:
        return (_file(f"{device or 'protokoll'}.log".lower(), "text/plain", log_text(device, chance)),)
    if kind in _FORMS:
        return (_file("Formular.pdf", "application/pdf", form_pdf(f"Antrag {chance.randint(1000, 9999)}")),)
    return (_file("Bildschirmfoto.png", "image/png", screenshot(chance)),)


def _file(name: str, content_type: str, content: bytes) -> NewFile:
    blob = store(content, declared_type=content_type)
    return NewFile(blob_id=blob.pk, filename=name, content_type=blob.content_type, size=blob.size)


def log_text(device: str, chance: random.Random) -> bytes:
    """Some lines as devices write them."""
    states = ("link up", "dhcp: lease renewed", "auth: timeout", "link down", "dns: no answer", "retry")
    name = device or "client"
    moments = [
        f"{8 + minute // 60:02d}:{minute % 60:02d}:{chance.randint(0, 59):02d}" for minute in range(0, 90, 5)
    ]
    lines = [f"{moment} {name} {chance.choice(states)}" for moment in moments]
    return ("\n".join(lines) + "\n").encode()


def screenshot(chance: random.Random) -> bytes:
    """A PNG (palette, 480 × 300) of a window with a message in front."""
    shapes: list[Rectangle] = [(20, 16, 440, 250, 1), (20, 16, 440, 22, 2), (446, 22, 8, 8, 6)]
    shapes += [(40, 54 + 18 * row, chance.randint(120, 380), 7, 3) for row in range(10)]
    shapes += [(110, 96, 260, 110, 6), (110, 96, 260, 18, 5), (126, 130, 26, 26, 5)]
    shapes += [(166, 132 + 14 * row, chance.randint(90, 180), 7, 3) for row in range(3)]
    shapes += [(286, 180, 70, 16, 4), (0, 282, _WIDTH, 18, 2)]
    rows = [bytearray(_WIDTH) for _ in range(_HEIGHT)]
    for left, top, width, height, colour in shapes:
        for row in rows[top : top + height]:
            row[left : left + width] = bytes([colour]) * width
    pixels = b"".join(b"\x00" + bytes(row) for row in rows)
    header = struct.pack(">IIBBBBB", _WIDTH, _HEIGHT, 8, 3, 0, 0, 0)
    palette = b"".join(bytes(colour) for colour in _COLOURS)
    chunks = ((b"IHDR", header), (b"PLTE", palette), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def form_pdf(title: str) -> bytes:
    """A PDF of one page with a title and lines to fill in."""
    lines = ["Name", "Abteilung", "Kostenstelle", "Begründung", "Datum, Unterschrift"]
    text = [f"BT /F1 18 Tf 60 770 Td ({title}) Tj ET"]
    for place, line in enumerate(lines):
        y = 720 - 48 * place
        text += [f"BT /F1 11 Tf 60 {y} Td ({line}) Tj ET", f"0.5 w 200 {y - 3} m 535 {y - 3} l S"]
    stream = "\n".join(text).encode("cp1252")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    written, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    return written + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        start,
    )
