"""Maps of a scene, known from what it is made of: layers, silhouettes, classes, edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from ...modalities.ade20k import CLASSES, UNLABELLED
from .backgrounds import BACKGROUNDS, band_map
from .painting import item_map, picture
from .scene import WORLD, Scene

Map = NDArray[np.float64]

FAR, NEAR_GROUND, FIRST_LAYER = 0.0, 0.25, 0.35  # depths: behind, at the lower edge, things from
ROUNDNESS = 1.0  # height of a silhouette's middle over its half width
SOFT_PX, SOFT_GAIN = 1.2, 3.0  # blur before the soft edges' gradient, and what makes them 0..1
CANNY_PX, LOW, HIGH = 1.0, 0.06, 0.16  # blur and thresholds of gradients, picture in 0..1
CLASS_NUMBERS = {row.name: number for number, row in enumerate(CLASSES, 1)}


def depth(scene: Scene, height: int, width: int) -> Map:
    """h w in 0..1, 1 nearest: the ground comes nearer downwards, then each item a layer."""
    ground = np.linspace(FAR, NEAR_GROUND, height)[:, None].repeat(width, axis=1)
    shown = item_map(scene, height, width)
    layers = FIRST_LAYER + (1 - FIRST_LAYER) * (shown + 1) / max(len(scene.items), 1)
    return np.where(shown >= 0, layers, ground)


def normals(scene: Scene, height: int, width: int) -> Map:
    """h w 3, unit vectors: x to the right, y up, z to the viewer. Things are inflated."""
    shown = item_map(scene, height, width)
    result = np.zeros((height, width, 3))
    result[..., 2] = 1
    for number in range(len(scene.items)):
        mine = shown == number
        if mine.any():
            result[mine] = _inflated(mine)[mine]
    return result


def _inflated(mine: NDArray[np.bool_]) -> Map:
    """Normals of a cushion over a silhouette, round towards its edges: h w 3."""
    inside = ndimage.distance_transform_edt(np.pad(mine, 1))[1:-1, 1:-1]  # type: ignore[index]
    half = inside.max()
    rise = ROUNDNESS * np.sqrt((inside * (2 * half - inside)).clip(min=0))
    down, right = np.gradient(ndimage.gaussian_filter(rise, 1.0))
    normal = np.stack((-right, down, np.ones_like(rise)), axis=-1)
    return normal / np.linalg.norm(normal, axis=-1, keepdims=True)


def classes(scene: Scene, height: int, width: int) -> NDArray[np.int64]:
    """h w: numbers of ADE20K's classes (1 to 150), UNLABELLED where none fits."""
    bands = BACKGROUNDS[scene.background].classes
    numbers = np.array([CLASS_NUMBERS.get(name, UNLABELLED) for name in bands])
    result = numbers[band_map(scene.background, scene.variant, height, width)]
    things = [CLASS_NUMBERS.get(WORLD[item.thing].ade or "", UNLABELLED) for item in scene.items]
    shown = item_map(scene, height, width)
    return np.where(shown >= 0, np.array([*things, UNLABELLED])[shown], result)


def soft_edges(scene: Scene, height: int, width: int) -> Map:
    """h w in 0..1: thick and soft where colours change, as HED's."""
    strength = np.hypot(*_gradient(scene, height, width, SOFT_PX))
    return (SOFT_GAIN * strength).clip(0, 1)


def canny(scene: Scene, height: int, width: int) -> NDArray[np.bool_]:
    """h w: thin edges (Canny 1986: gradient, its maxima across, hysteresis)."""
    across, down = _gradient(scene, height, width, CANNY_PX)
    strength = np.hypot(across, down)
    y, x = np.mgrid[:height, :width].astype(np.float64)
    step = np.stack((down, across)) / strength.clip(min=1e-9)
    ahead, behind = (
        ndimage.map_coordinates(strength, np.stack((y, x)) + side * step, order=1, mode="nearest")
        for side in (1, -1)
    )
    crest = (strength >= ahead) & (strength > behind)
    weak = crest & (strength > LOW)
    lines, _ = ndimage.label(weak, np.ones((3, 3)))  # type: ignore[misc]
    strong = np.unique(lines[weak & (strength > HIGH)])
    return weak & np.isin(lines, strong)


def _gradient(scene: Scene, height: int, width: int, blur_px: float) -> tuple[Map, Map]:
    """Sobel's, to the right and down, per pixel of the blurred picture in 0..1.

    Of the one of red, green and blue that changes most: things may be as bright as what is behind.
    """
    colours = np.moveaxis(np.asarray(picture(scene, height, width)) / 255, -1, 0)
    smooth = ndimage.gaussian_filter(colours, (0, blur_px, blur_px))
    across, down = ndimage.sobel(smooth, axis=2) / 4, ndimage.sobel(smooth, axis=1) / 4
    most = np.hypot(across, down).argmax(axis=0)[None]
    return (
        np.take_along_axis(across, most, axis=0)[0],
        np.take_along_axis(down, most, axis=0)[0],
    )
