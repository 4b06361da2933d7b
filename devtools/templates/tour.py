"""The templates in the order of the tour: of each its form for the API, its title and its note.

The title is the file's name: all that ComfyUI's browser of templates shows of a custom node's
(1.32.9 to 1.58.1), as title and as description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .published import files_of


@dataclass(frozen=True, slots=True)
class Template:
    """api: the name of its form for the API, without suffix · text: Markdown, beside the files"""

    api: str
    title: str
    text: str

    def note(self, workflow: Mapping[str, Mapping[str, Any]]) -> str:
        """What the template's note says, with the files that the workflow loads."""
        values = [value for node in workflow.values() for value in node["inputs"].values()]
        files = {file.name: file for file in files_of(values)}.values()
        lines = [f"- `models/{file.folder}/{file.name}`: {file.what}" for file in files]
        needed = "\n\n**Files**\n\n" + "\n".join(lines) if lines else ""
        return f"## {self.title.partition(' ')[2]}\n\n{self.text}{needed}"


DRAG = (
    "**Drag a box** on the canvas and type what is in it; drag it anywhere; Delete takes it away."
)
CANNY_OR_DEPTH = (
    "Canny and depth files have the same weights by name and shape: an official file says which it "
    "is, else its name decides, else set `modality`."
)
MAP = "The map is cut around its centre to the shape of the latent, and resized to it."
OFFICIAL = "50 PLMS steps and guidance 7.5, as in the official script."
INPAINT = (
    "Only the inside of the boxes is painted; wire `mask` to paint elsewhere. The checkpoint is a "
    "plain one, not one for inpainting, and the gate stays open to the end, as in the official "
    "script. The last node but one leaves every pixel outside the boxes as it was."
)
EXAMPLE = "The picture is drawn by this pack; put your own in its place."

TOUR = (
    Template(
        "demo_text_box",
        "01 Draw boxes, get a picture (no download)",
        f"Everything here comes with the pack: press **Run**.\n\n{DRAG}\n\n"
        "1. **What**: the models. The demo's knows circles, squares, triangles and diamonds in "
        "red, orange, yellow, green, blue and purple.\n"
        "2. **Where**: the canvas.\n"
        "3. **Run**: the gate `1 / 0 / 0` keeps the boxes in force to the end; `0 / 0 / 1` shuts "
        "it, and things go where the prompt alone puts them.",
    ),
    Template(
        "demo_prompt_with_places",
        "02 Write a prompt with places in it (no download)",
        "`[a red circle](0.05, 0.1, 0.45, 0.5)`: the phrase, and its box in fractions of the "
        "picture. The same node reads a language model's answer, boxes as JSON, and YOLO labels."
        "\n\nThe export beside it writes what others read (COCO, YOLO, OpenPose, Florence-2 and "
        "more); with a file name it saves a file in the output folder.",
    ),
    Template(
        "demo_score",
        "03 See whether things landed in their boxes (no download)",
        f"{DRAG}\n\nThe detector here is for the demo's pictures. For others wire a real one to "
        "`detections`: RT-DETR, SAM, Florence-2, Impact SEGS, masks, or JSON.\n\nAsked boxes are "
        "drawn solid and found ones dashed; IoU, success at 0.5 and COCO's average precision come "
        "out as numbers and as JSON.",
    ),
    Template(
        "demo_animate",
        "04 Boxes that move, frame by frame (no download)",
        "Two canvases become eight frames, and each picture of the batch has boxes of its own. "
        "**Drag a box** in the second canvas: that is where it ends. Things are told by their "
        "`id`.\n\nThe number of frames goes to the latent's batch size. With a motion model and "
        "context windows each window gets the boxes of its frames.",
    ),
    Template(
        "demo_closed_loop",
        "05 Try again where it fell short (no download)",
        f"{DRAG}\n\nThe first try is scored, and the score becomes a seed and a gate. Where things "
        "missed their boxes the gate opens longer and wider; where all are placed, seed and gate "
        "stay, and the second try is the first.\n\nFor more than two tries run the first half from "
        "the API in a loop: the text holds `seed`, `on`, `strength` and `done` for the next one.",
    ),
    Template(
        "sd15_text_box",
        "06 Boxes with Stable Diffusion 1.5",
        f"{DRAG} Say the rest of the picture in the prompt.\n\nWithout a gate node the official "
        "phases hold: boxes act for the first 30 % of the steps.",
    ),
    Template(
        "sdxl_text_box",
        "07 Boxes with SDXL",
        f"{DRAG}\n\nPhrases are read by both of SDXL's text encoders. Keep the picture near "
        "1024 x 1024 pixels; for 512 x 512 take `jiuntian/gligen-xl-512`. Save GLIGEN makes one "
        "small file of the folder.",
    ),
    Template(
        "sd14_text_box",
        "08 The official example, with the official sampler",
        f"The official script's first example. {OFFICIAL} {DRAG}\n\nThe sampler's node gives both "
        "`sampler` and `sigmas`; wire them together. With the same noise, weights and prompts the "
        "result is the official one; ComfyUI draws its own noise from the seed.",
    ),
    Template(
        "sd14_text_image_box",
        "09 A box with a reference image",
        f'{DRAG} The first box has `"image": 0`: row 0 of the reference images, which come as one '
        f"batch. {EXAMPLE} {OFFICIAL}\n\n`use_text` and `use_image` (0 to 1) weigh phrase against "
        "image. An image wired to `style_image` lends its style to the whole picture.",
    ),
    Template(
        "sd14_inpaint_text_box",
        "10 Paint inside boxes",
        f"{DRAG} {EXAMPLE} {OFFICIAL}\n\n{INPAINT}",
    ),
    Template(
        "sd14_inpaint_text_image_box",
        "11 Paint a reference image into a box",
        f'{DRAG} Its `"image": 0` is row 0 of the reference images. {EXAMPLE} {OFFICIAL}\n\n'
        f"{INPAINT}",
    ),
    Template(
        "sd14_keypoint",
        "12 People by their joints",
        "**Drag** joints, limbs or whole people, up to 8 of them. A pose detector's POSE_KEYPOINT "
        f"can be wired to `pose_keypoint`. {OFFICIAL}\n\nSay in the prompt who they are and what "
        "they do.",
    ),
    Template(
        "sd14_canny",
        "13 Canny edges",
        f"White lines on black, found in the picture. {EXAMPLE} With the thresholds 0.2 and 0.4 "
        f"the host's node finds what the official training's did (OpenCV at 100 and 200). {MAP} "
        f"{CANNY_OR_DEPTH} {OFFICIAL}",
    ),
    Template(
        "sd14_hed",
        "14 Soft edges (HED)",
        "GLIGEN learned this from HED maps: soft white edges on black. The map here is drawn by "
        "this pack; put your own in its place, or wire a HED preprocessor to `map`, with its safe "
        f"and scribble options off. {MAP} {OFFICIAL}",
    ),
    Template(
        "sd14_depth",
        "15 Depth",
        "White is near, black is far. The map here is drawn by this pack; put your own in its "
        f"place, or wire a depth estimator to `map`. {MAP} {CANNY_OR_DEPTH} {OFFICIAL}",
    ),
    Template(
        "sd14_normal",
        "16 Surface normals",
        "The colours are the normal's axes: red to the right, green up, blue towards you. The map "
        "here is drawn by this pack; put your own in its place, or wire a normal estimator to "
        f"`map`. {MAP} {OFFICIAL}",
    ),
    Template(
        "sd14_semantic",
        "17 Semantic classes, drawn as boxes",
        f"{DRAG} Each box becomes a mask, and `class_names` names the masks in the same order: "
        "ADE20K's 150 classes. A later mask lies on top. "
        f"{OFFICIAL}",
    ),
    Template(
        "sd14_semantic_map",
        "18 Semantic classes, from a map",
        "ADE20K's 150 classes in their usual colours. The map here is drawn by this pack; put your "
        f"own in its place, or wire a segmentation node's picture to `map`. {OFFICIAL}",
    ),
    Template(
        "sd15_stock_gligen",
        "19 An old GLIGEN graph, made better",
        "The first nodes are ComfyUI's own. Their boxes are taken off the conditioning: the "
        "negative gets no boxes, both sides run in one batch, and the gate follows the official "
        "phases.\n\nThe old loader may be left as it is. KJNodes' batch node (`position_batched`) "
        "is read, too: one layout for each picture.",
    ),
)
