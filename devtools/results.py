"""What the demo leaves behind: pictures, numbers, and the lines that a person reads."""

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
from gligen_core.evaluation import PictureScore, Summary, score_picture
from gligen_core.geometry import Box
from gligen_core.layout import Layout, dump_layout

DIGITS = 4  # of coordinates and IoUs in the files; a pixel of the demo is 0.008


def write_result(
    folder: Path, png: bytes, layout: Layout, seed: int, seconds: float
) -> PictureScore:
    """picture.png, picture_with_boxes.png and result.json; the picture's score."""
    folder.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(png)) as image:
        picture = image.convert("RGB")
    score = score_picture(np.asarray(picture) / 255, layout.entities, COLOURS)
    (folder / "picture.png").write_bytes(png)
    found = [entity.found for entity in score.entities]
    draw_layout(layout, picture, found).save(folder / "picture_with_boxes.png")
    head = {"layout": dump_layout(layout), "seed": seed, "seconds": seconds}
    write_json(folder / "result.json", head | score.to_json())
    return score


def write_json(file: Path, data: Mapping[str, Any]) -> None:
    file.write_text(json.dumps(_rounded(data), indent=1) + "\n", encoding="utf-8")


def describe_score(score: PictureScore) -> str:
    """A line for each entity: where it was asked for, where it is, and how well they agree."""
    wide = max((len(entity.text) for entity in score.entities), default=0)
    lines = [
        f"  {entity.text:{wide}}  asked {_corners(entity.asked)}  "
        f"found {_corners(entity.found)}  IoU {entity.iou:.2f}"
        for entity in score.entities
    ]
    return "\n".join([*lines, f"  mean IoU {score.mean_iou:.2f}"])


def describe_summary(summary: Summary) -> str:
    return (
        f"{summary.count} pictures, {summary.objects} objects: mean IoU {summary.mean_iou:.3f}, "
        f"{summary.share_over_half:.1%} of the objects over 0.5, "
        f"{summary.share_right_colour:.1%} over 0.5 and of the right colour"
    )


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
