"""Results of the demo: picture files, numbers, and the lines that a person reads."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gligen_core.demo.shapes import COLOURS
from gligen_core.draw import draw_layout
from gligen_core.evaluation import EntityMatch, LayoutScore, score_layouts
from gligen_core.evaluation.finding import find_shapes
from gligen_core.evaluation.score import PixelArray
from gligen_core.geometry import Box
from gligen_core.layout import Layout, dump_layout

DIGITS = 4  # of coordinates and IoUs in the files; a pixel of the demo is 0.008


def detect_demo(picture: PixelArray) -> Layout:
    """Detector of the demo model's pictures."""
    return find_shapes(picture, COLOURS)


def pixels_of(png: bytes) -> PixelArray:
    """Picture file as h w 3 in 0..1."""
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB")) / 255


def write_result(folder: Path, png: bytes, layout: Layout, seed: int, seconds: float) -> Layout:
    """Files picture.png, picture_with_boxes.png and result.json; what was found in the picture."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = pixels_of(png)
    found = detect_demo(pixels)
    score = score_layouts([layout], [found])
    (folder / "picture.png").write_bytes(png)
    picture = Image.fromarray((255 * pixels).round().astype(np.uint8))
    boxes = [entity.found for entity in score.entities]
    draw_layout(layout, picture, boxes).save(folder / "picture_with_boxes.png")
    data = {
        "layout": dump_layout(layout),
        "seed": seed,
        "seconds": seconds,
        "entities": [entity.to_json() for entity in score.entities],
        "mean_iou": score.mean_iou,
    }
    write_json(folder / "result.json", data)
    return found


def write_json(file: Path, data: Mapping[str, Any]) -> None:
    """JSON file with its numbers rounded."""
    file.write_text(json.dumps(_rounded(data), indent=1) + "\n", encoding="utf-8")


def describe_score(score: LayoutScore) -> str:
    """A line for each entity: where it was asked for, where it is, and how well they agree."""
    wide = max((len(entity.text) for entity in score.entities), default=0)
    lines = [
        f"  {entity.text:{wide}}  asked {_corners(entity.asked)}  "
        f"found {_corners(entity.found)}  IoU {entity.iou:.2f}{_called(entity)}"
        for entity in score.entities
    ]
    return "\n".join([*lines, f"  mean IoU {score.mean_iou:.2f}"])


def describe_summary(score: LayoutScore) -> str:
    """A line on many pictures."""
    return (
        f"{len(score.frames)} pictures, {len(score.entities)} objects: mean IoU "
        f"{score.mean_iou:.3f}, {score.placed:.1%} of the objects at 0.5 or more, "
        f"{score.success:.1%} at 0.5 or more and of the right label"
    )


def summary_json(score: LayoutScore) -> dict[str, Any]:
    """Numbers of many pictures, as summary.json has them."""
    return {
        "count": len(score.frames),
        "objects": len(score.entities),
        "mean_iou": score.mean_iou,
        "placed_at_0.5": score.placed,
        "success_at_0.5": score.success,
    }


def _called(entity: EntityMatch) -> str:
    wrong = entity.found is not None and not entity.label_matches
    return f" (it is {entity.label!r})" if wrong else ""


def _corners(box: Box | None) -> str:
    if box is None:
        return f"{'nowhere':19}"
    return " ".join(f"{corner:.2f}" for corner in box.as_tuple())


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, DIGITS)
    if isinstance(value, Mapping):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list | tuple) else value
