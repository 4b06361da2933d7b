"""What newer hosts may be told of a node beside its schema: words that it is found by, and more."""

from __future__ import annotations

_REGIONS = ("region", "regional prompt", "area", "bounding box", "bbox", "grounding", "GLIGEN")
_LAYOUT = ("layout", "region", "bounding box", "bbox")
_PEOPLE = ("pose", "openpose", "skeleton", "keypoint", "people", "DWPose")
_GATE = ("schedule", "scheduled sampling", "alpha", "timestep", "grounding strength")

SEARCH_ALIASES: dict[str, tuple[str, ...]] = {
    "GLIGEN_Load": ("GLIGEN loader", "load model", "grounding", "regional prompt", "open model"),
    "GLIGEN_Layout": (*_REGIONS, "regions", "areas", "draw boxes", "composition", "box editor"),
    "GLIGEN_Box": (*_REGIONS, "add box", "textbox", "set area"),
    "GLIGEN_Poses": (*_PEOPLE, "pose editor", "draw people"),
    "GLIGEN_Ground": ("grounding", "encode", "region", "regional prompt", "bounding box", "areas"),
    "GLIGEN_GatePhases": _GATE,
    "GLIGEN_GateCurve": (*_GATE, "curve editor"),
    "GLIGEN_GatePerBlock": (*_GATE, "block weight"),
    "GLIGEN_Apply": (*_REGIONS, "apply grounding", "areas", "attention couple"),
    "GLIGEN_GroundConditioning": (*_REGIONS, "conditioning set area"),
    "GLIGEN_DemoModel": ("checkpoint", "example", "test model"),
    "GLIGEN_Inpaint": ("inpaint by box", "inpainting", "mask", "bounding box", "replace object"),
    "GLIGEN_PasteBack": ("inpaint", "composite", "stitch", "uncrop"),
    "GLIGEN_PLMS": ("PLMS", "sampler", "PNDM"),
    "GLIGEN_Save": ("save model", "prune", "convert", "export"),
    "GLIGEN_Shortcuts": ("speed", "cache", "faster", "reuse"),
    "GLIGEN_LayoutFromBoxes": (*_LAYOUT, "detection", "SEGS", "YOLO", "mask to box", "convert"),
    "GLIGEN_LayoutFromPoses": (*_PEOPLE, "layout", "convert"),
    "GLIGEN_LayoutFromText": (*_LAYOUT, "LLM", "JSON", "phrases", "text to boxes"),
    "GLIGEN_LayoutFromStock": (*_LAYOUT, "GLIGENTextboxApply", "convert"),
    "GLIGEN_MergeLayouts": (*_LAYOUT, "combine", "join"),
    "GLIGEN_FlipLayout": (*_LAYOUT, "mirror"),
    "GLIGEN_CropLayout": (*_LAYOUT, "cut", "tile"),
    "GLIGEN_FitLayout": (*_LAYOUT, "resize", "aspect ratio", "outpaint"),
    "GLIGEN_ScaleLayout": (*_LAYOUT, "resize", "grow", "shrink"),
    "GLIGEN_SortLayout": (*_LAYOUT, "order", "filter"),
    "GLIGEN_AnimateLayout": (*_LAYOUT, "animation", "keyframe", "motion", "video"),
    "GLIGEN_PreviewLayout": (*_LAYOUT, "draw", "overlay", "visualize", "show boxes"),
    "GLIGEN_ExportLayout": (*_LAYOUT, "save", "JSON", "COCO", "YOLO"),
    "GLIGEN_LayoutToMasks": (*_LAYOUT, "mask", "attention couple", "regional prompt"),
    "GLIGEN_LayoutToBoxes": (*_LAYOUT, "SEGS", "BBOX", "tracking", "convert"),
    "GLIGEN_FindShapes": ("detect", "detection", "bounding box", "segment"),
    "GLIGEN_ScoreLayout": (*_LAYOUT, "IoU", "evaluate", "measure", "benchmark"),
    "GLIGEN_NextTry": ("retry", "loop", "best of", "gate search"),
}

# What these show on themselves is to be there again after a reload of the page.
INTERMEDIATE_OUTPUT = frozenset({"GLIGEN_Layout", "GLIGEN_Poses", "GLIGEN_PreviewLayout"})

# Inputs of one kind of GLIGEN only, or for rare cases: folded away until they are asked for.
ADVANCED: dict[str, tuple[str, ...]] = {
    "GLIGEN_Ground": ("image_crop", "map_reads", "tolerance", "class_names"),
    "GLIGEN_Load": ("modality",),
}
