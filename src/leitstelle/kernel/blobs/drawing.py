"""Draws the small picture of an image: reads the file from standard input, writes WebP to standard output.

Run as a process of its own, never imported: what a hostile image does to memory, time or the decoder ends with it, and
nothing of the product is in its reach. Exit codes: 0 drawn, 3 refused for its size, anything else could not be read.
"""

import io
import resource
import sys
import warnings

from PIL import Image, ImageOps

BOX = (480, 320)
MOST_PIXELS = 40_000_000
MOST_MEMORY, MOST_SECONDS = 640 * 1024 * 1024, 8
REFUSED = 3


def main() -> int:
    """Draw what comes in, where it is of the format that the first argument names."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    # The number of pixels is judged here, from the head of the file, before any is decoded.
    warnings.simplefilter("ignore", Image.DecompressionBombWarning)
    with Image.open(io.BytesIO(sys.stdin.buffer.read()), formats=[sys.argv[1]]) as image:
        if image.width * image.height > MOST_PIXELS:
            return REFUSED
        sys.stdout.buffer.write(draw(image))
    return 0


def draw(image: Image.Image) -> bytes:
    """The small picture on white, upright, without anything else that was in the file; of films the first frame."""
    image.thumbnail(BOX if _is_upright(image) else BOX[::-1], reducing_gap=2.0)
    upright = ImageOps.exif_transpose(image).convert("RGBA")
    small = Image.new("RGB", upright.size, "white")
    small.paste(upright, mask=upright.getchannel("A"))
    out = io.BytesIO()
    small.save(out, "WEBP", quality=80)
    return out.getvalue()


def _is_upright(image: Image.Image) -> bool:
    """Whether its orientation leaves width and height as they are."""
    orientation = image.getexif().get(0x0112)
    return not isinstance(orientation, int) or orientation < 5


if __name__ == "__main__":
    sys.exit(main())
