"""QR codes as one SVG path, without styles or scripts, so that they stand under the content security policy."""

from __future__ import annotations

import segno

QUIET_ZONE = 4  # modules of white around the code that readers need


def qr_svg(address: str) -> bytes:
    """A stand-alone SVG of ``address``, black on white, error correction M (a poster gets wet and torn)."""
    modules = segno.make_qr(address, error="m", boost_error=False).matrix
    path = "".join(_runs(row, y) for y, row in enumerate(modules))
    size = len(modules) + 2 * QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{-QUIET_ZONE} {-QUIET_ZONE} {size} {size}" '
        f'shape-rendering="crispEdges"><path fill="#fff" d="M{-QUIET_ZONE} {-QUIET_ZONE}h{size}v{size}h-{size}z"/>'
        f'<path d="{path}"/></svg>'
    ).encode()


def _runs(row: bytearray, y: int) -> str:
    """Dark modules of one row as rectangles, neighbours joined."""
    drawn, x = "", 0
    while x < len(row):
        begin = x
        while x < len(row) and row[x]:
            x += 1
        if x > begin:
            drawn += f"M{begin} {y}h{x - begin}v1h-{x - begin}z"
        x += 1
    return drawn
