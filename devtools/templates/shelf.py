"""The three blueprints that ComfyUI's node search offers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from .blueprints import Blueprint, Face

MODEL, CLIP, VAE = "MODEL", "CLIP", "VAE"
NEGATIVE = "blurry, low quality"
STEPS, GUIDANCE = 30, 7.5
BOXES_FILE = "gligen_sd14_textbox_pruned_fp16.safetensors"
INPAINT_FILE = "gligen-inpainting-text-box.pth"
POSES_FILE = "gligen-generation-keypoint.pth"
CANVAS = json.dumps({"version": 1, "width": 512, "height": 512, "entities": [], "poses": []})


def node(kind: str, title: str | None = None, **inputs: Any) -> dict[str, Any]:
    meta = {"_meta": {"title": title}} if title else {}
    return {"class_type": kind, "inputs": inputs, **meta}


def sampled(model: Any, positive: Any, negative: Any, latent: Any) -> dict[str, Any]:
    """The sampler and the decoder behind it."""
    return {
        "sampler": node(
            "KSampler",
            model=model,
            seed=1,
            steps=STEPS,
            cfg=GUIDANCE,
            sampler_name="euler",
            scheduler="normal",
            positive=positive,
            negative=negative,
            latent_image=latent,
            denoise=1.0,
        ),
        "decode": node("VAEDecode", samples=["sampler", 0]),
    }


def applied(positive: Any, negative: Any) -> dict[str, Any]:
    return node(
        "GLIGEN_Apply",
        positive=positive,
        negative=negative,
        grounding=["ground", 0],
        strength=1.0,
        negative_grounding="null",
    )


def loaded(file: str) -> dict[str, Any]:
    return node("GLIGEN_Load", gligen_name=file, modality="auto")


def ground() -> dict[str, Any]:
    return node("GLIGEN_Ground", gligen=["load", 0], layout=["canvas", 0], overflow="error")


def layout(file: str) -> Mapping[str, Any]:
    """The caption, the canvas, the prompt that they make together, and what reads the boxes."""
    return {
        "load": loaded(file),
        "caption": node("PrimitiveStringMultiline", "The whole picture, in words", value=""),
        "negative": node("CLIPTextEncode", "Negative prompt", text=NEGATIVE),
        "canvas": node("GLIGEN_Layout", layout=CANVAS, caption=["caption", 0]),
        "positive": node("CLIPTextEncode", "Positive prompt", text=["canvas", 3]),
        "ground": ground(),
    }


def socket(name: str, kind: str, *feeds: tuple[str, str]) -> Face:
    return Face(name, feeds, kind)


def widget(name: str, to: str, value: str) -> Face:
    return Face(name, ((to, value),))


RUNS = (
    widget("negative prompt", "negative", "text"),
    widget("gligen", "load", "gligen_name"),
    widget("seed", "sampler", "seed"),
    widget("steps", "sampler", "steps"),
    widget("cfg", "sampler", "cfg"),
)

TEXT_TO_IMAGE = Blueprint(
    "Text to image, with boxes (GLIGEN)",
    "Draw boxes on the canvas, say in each what is in it and in the prompt what the whole picture "
    "shows: a picture with everything in its place. Takes a checkpoint's model, clip and vae.",
    ("region", "regional prompt", "bounding box", "layout", "areas", "grounding", "text to image"),
    {
        **layout(BOXES_FILE),
        "apply": applied(["positive", 0], ["negative", 0]),
        "latent": node("EmptyLatentImage", width=["canvas", 1], height=["canvas", 2], batch_size=1),
        **sampled(["apply", 0], ["apply", 1], ["apply", 2], ["latent", 0]),
    },
    (
        socket("model", MODEL, ("apply", "model")),
        socket("clip", CLIP, ("positive", "clip"), ("negative", "clip"), ("ground", "clip")),
        socket("vae", VAE, ("decode", "vae")),
        widget("canvas", "canvas", "layout"),
        widget("prompt", "caption", "value"),
        *RUNS,
    ),
)

INPAINT = Blueprint(
    "Inpaint boxes (GLIGEN)",
    "Paints things into boxes of a picture and leaves the rest as it was. Takes a plain "
    "checkpoint's model, clip and vae, and an inpainting GLIGEN.",
    ("inpaint", "inpaint by box", "region", "bounding box", "add object", "grounding"),
    {
        **layout(INPAINT_FILE),
        "inpaint": node(
            "GLIGEN_Inpaint",
            positive=["positive", 0],
            negative=["negative", 0],
            layout=["canvas", 0],
        ),
        "apply": applied(["inpaint", 0], ["inpaint", 1]),
        **sampled(["apply", 0], ["apply", 1], ["apply", 2], ["inpaint", 2]),
        "paste": node("GLIGEN_PasteBack", painted=["decode", 0], mask=["inpaint", 3], feather=8),
    },
    (
        socket("model", MODEL, ("apply", "model")),
        socket("clip", CLIP, ("positive", "clip"), ("negative", "clip"), ("ground", "clip")),
        socket("vae", VAE, ("inpaint", "vae"), ("decode", "vae")),
        socket(
            "image",
            "IMAGE",
            ("canvas", "background"),
            ("inpaint", "pixels"),
            ("paste", "original"),
        ),
        widget("canvas", "canvas", "layout"),
        widget("prompt", "caption", "value"),
        *RUNS,
    ),
    ("paste", 0, "image"),
)

POSE_TO_IMAGE = Blueprint(
    "Pose to image (GLIGEN)",
    "Pose people on the canvas and say in the prompt who they are and what they do. Takes a "
    "checkpoint's model, clip and vae, and a keypoint GLIGEN.",
    ("openpose", "skeleton", "keypoint", "pose", "people", "grounding"),
    {
        "load": loaded(POSES_FILE),
        "positive": node("CLIPTextEncode", "Positive prompt", text=""),
        "negative": node("CLIPTextEncode", "Negative prompt", text=NEGATIVE),
        "canvas": node("GLIGEN_Poses", poses=CANVAS),
        "ground": ground(),
        "apply": applied(["positive", 0], ["negative", 0]),
        "latent": node("EmptyLatentImage", width=512, height=512, batch_size=1),
        **sampled(["apply", 0], ["apply", 1], ["apply", 2], ["latent", 0]),
    },
    (
        socket("model", MODEL, ("apply", "model")),
        socket("clip", CLIP, ("positive", "clip"), ("negative", "clip")),
        socket("vae", VAE, ("decode", "vae")),
        widget("canvas", "canvas", "poses"),
        widget("prompt", "positive", "text"),
        *RUNS,
        widget("width", "latent", "width"),
        widget("height", "latent", "height"),
    ),
)

SHELF = (TEXT_TO_IMAGE, INPAINT, POSE_TO_IMAGE)
