"""Colours as readers see them: with two cones of three, in grey print, against white."""

from collections.abc import Sequence
from functools import cache

import numpy as np
from matplotlib.colors import to_rgb

LEAST = 15.0  # of CIEDE2000, between two colours that tell two things apart
# Machado, G. M., Oliveira, M. M. and Fernandes, L. A. F. (2009). A physiologically-based model for
# simulation of color vision deficiency. IEEE Transactions on Visualization and Computer Graphics
# 15(6), 1291-1298: severity 1, of linear RGB.
VIEWERS = {
    "protan": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216),
               (-0.003882, -0.048116, 1.051998)),
    "deutan": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413),
               (-0.011820, 0.042940, 0.968881)),
}  # fmt: skip
# IEC 61966-2-1: linear RGB to CIE XYZ under D65, and the white of it.
_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
_WHITE = _XYZ.sum(axis=1)


def _linear(colour: str) -> np.ndarray:
    """Give the light of a colour."""
    rgb = np.array(to_rgb(colour))
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


@cache
def lab(colour: str, viewer: str = "") -> tuple[float, float, float]:
    """Give lightness, red to green and yellow to blue (CIE L*a*b*), as a viewer sees them."""
    light = _linear(colour)
    if viewer:
        light = np.clip(np.array(VIEWERS[viewer]) @ light, 0, 1)
    xyz = _XYZ @ light / _WHITE
    x, y, z = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


DASHES = ("-", (0, (5, 2)), (0, (2, 1.5)), (0, (6, 2, 1.5, 2)))


def dashes(colours: Sequence[str]) -> list[object]:
    """Give each line the first dash that no line of a colour too like its own has."""
    worn: list[object] = []
    for i, colour in enumerate(colours):
        near = {worn[j] for j in range(i) if apart(colour, colours[j]) < LEAST}
        worn.append(next((dash for dash in DASHES if dash not in near), DASHES[-1]))
    return worn


@cache
def apart(one: str, other: str) -> float:
    """Give how far two colours are apart for the viewer, with all cones or two, who sees least."""
    return min(_ciede2000(lab(one, v), lab(other, v)) for v in ("", *VIEWERS))


def contrast(colour: str, ground: str = "#ffffff") -> float:
    """Give the contrast of a colour on a ground, from 1 to 21 (WCAG 2)."""
    low, high = sorted(float(_XYZ[1] @ _linear(c)) for c in (colour, ground))
    return (high + 0.05) / (low + 0.05)


def _ciede2000(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    """Give the difference of two colours in L*a*b*."""
    # Sharma, G., Wu, W. and Dalal, E. N. (2005). The CIEDE2000 color-difference formula. Color
    # Research and Application 30(1), 21-30: equations 2 to 22.
    (l1, a1, b1), (l2, a2, b2) = one, other
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    c1, c2 = np.hypot(a1 * stretch, b1), np.hypot(a2 * stretch, b2)
    h1, h2 = (np.degrees(np.arctan2(b, a * stretch)) % 360 for a, b in ((a1, b1), (a2, b2)))
    turn = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    hue = (h1 + h2 if c1 * c2 == 0 else h1 + turn / 2) % 360
    light, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    t = 1 - 0.17 * _cos(hue - 30) + 0.24 * _cos(2 * hue) + 0.32 * _cos(3 * hue + 6)
    t -= 0.20 * _cos(4 * hue - 63)
    dl = (l2 - l1) / (1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2))
    dc = (c2 - c1) / (1 + 0.045 * chroma)
    dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * chroma * t)
    bend = 60 * np.exp(-(((hue - 275) / 25) ** 2))
    cross = -np.sin(np.radians(bend)) * 2 * np.sqrt(chroma**7 / (chroma**7 + 25.0**7))
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + cross * dc * dh))


def _cos(degrees: float) -> float:
    """Give the cosine of an angle."""
    return float(np.cos(np.radians(degrees)))
