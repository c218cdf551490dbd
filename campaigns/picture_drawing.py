"""Draws an uploaded picture anew: `python picture_drawing.py FOLDER < upload`.

A program of its own that knows no Django. The file is a stranger's: whatever its decoder does, it
does in a process that holds no secret, has a limit of memory and time, and ends. Only what the
picture shows is written again, as WebP, so that position, camera, comments and whatever else was
packed into the file stay behind.

Prints `{"width", "height", "files": {width: file name}}` or `{"refused": why}`: `kind`, `broken` or
`pixels` with `width` and `height`.
"""

import io
import json
import resource
import sys
from pathlib import Path
from typing import Any

from PIL import Image, ImageCms, ImageOps

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 40_000_000
LARGEST = 1600  # the longer side of what is kept, in pixels
NARROWER = (480, 960)  # offered to narrow screens as well
QUALITY = 82
MEMORY = 1536 * 1024 * 1024
CPU_SECONDS = 20


def draw(upload: bytes, folder: Path) -> dict[str, Any]:
    """Write the picture in its widths into `folder`; what it returns is printed."""
    # Ours is the stricter limit, and it says so in words.
    Image.MAX_IMAGE_PIXELS = None
    try:
        # Reads the head of the file only.
        image: Image.Image = Image.open(io.BytesIO(upload), formats=FORMATS)
    except (OSError, ValueError, SyntaxError):
        return {"refused": "kind"}
    if image.width * image.height > MOST_PIXELS:
        return {"refused": "pixels", "width": image.width, "height": image.height}
    try:
        picture = _plain(image)
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, ArithmeticError):
        return {"refused": "broken"}
    picture.thumbnail((LARGEST, LARGEST), Image.Resampling.LANCZOS)
    files = {picture.width: _write(picture, folder)}
    for width in NARROWER:
        if width < picture.width:
            height = max(1, round(picture.height * width / picture.width))
            files[width] = _write(picture.resize((width, height)), folder)
    return {"width": picture.width, "height": picture.height, "files": files}


def _plain(image: Image.Image) -> Image.Image:
    """What is seen: the first frame, upright, in sRGB, and nothing that came with it."""
    image.draft(None, (LARGEST, LARGEST))  # JPEG alone: decodes no more than is kept
    image.load()
    profile = image.info.get("icc_profile")
    image = ImageOps.exif_transpose(image)
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        image = _in_srgb(image, profile, "RGB" if image.mode == "CMYK" else image.mode)
    image = image.convert(mode)
    image.info = {}
    return image


def _in_srgb(image: Image.Image, profile: bytes, mode: str) -> Image.Image:
    """In the colours that every screen understands; as it is when the profile is none."""
    if mode == "L":
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        return ImageCms.profileToProfile(image, source, target, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image


def _write(picture: Image.Image, folder: Path) -> str:
    name = f"{picture.width}.webp"
    picture.save(folder / name, "WEBP", quality=QUALITY, method=4)
    return name


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    print(json.dumps(draw(sys.stdin.buffer.read(), Path(sys.argv[1]))))
