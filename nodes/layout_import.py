"""Nodes that import layouts: from boxes of detectors, from poses, from text."""

from __future__ import annotations

from typing import Any, get_args

from comfy_api.latest import io
from torch import Tensor

from ..gligen_core.errors import GligenError
from ..gligen_core.formats import FORMATS, UNTOLD, Canvas, Context, openpose, read, recognised, yolo
from ..gligen_core.formats.values import read_data
from ..gligen_core.layout import Layouts, LayoutSequence, frames_of, still_or_sequence
from ..gligen_core.layout.edits import at_least
from ..gligen_core.layout.matching import match_ids
from ..gligen_core.layout.naming import named_in_order, nameless_named, phrases_of
from ..gligen_core.layout.people import People, people_as
from ..host.display import text_on
from ..host.layouts import (
    NOT_SET,
    ORDERS,
    UNITS,
    boxes_input,
    canvas_of,
    edited,
    options_of,
    order_input,
    picture_input,
    picture_of,
    poses_input,
    read_boxes,
    read_poses,
    side_input,
    units_input,
)
from ..host.validation import verdict_of_choices
from ..host.wires import MENU, LayoutWire

PEOPLE = get_args(People)
AUTO, ANSWER, JSON = "auto", "answer", "JSON"
BOXES_NODE, TEXT_NODE = "GLIGEN_LayoutFromBoxes", "GLIGEN_LayoutFromText"
PHRASES = "phrases"  # "sun; comet", for the boxes that are wired
FORMS = (AUTO, ANSWER, JSON, *(each.name for each in FORMATS if each.is_text), PHRASES)
PROMPT_EXAMPLE = "a [red ball](0.1, 0.2, 0.5, 0.9) beside a [blue cube](0.6, 0.3, 0.9, 0.8)"


class LayoutFromBoxes(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutFromBoxes",
            display_name="GLIGEN Layout From Boxes",
            category=f"{MENU}/layout",
            description=(
                "Reads boxes of detectors, editors and data sets: BOUNDING_BOX, BBOX, Florence-2, "
                "SEGS, TRACKING, COCO, elements in thousandths, coordinate strings, masks. "
                "Several frames become one layout for each."
            ),
            inputs=[
                boxes_input("boxes", "Boxes of any kind on a wire, or their JSON.", optional=True),
                io.String.Input(
                    "json",
                    multiline=True,
                    default="[]",
                    tooltip="Boxes as JSON, read where nothing is wired to boxes.",
                ),
                side_input("width", "Of the picture the boxes were found in, in pixels."),
                side_input("height", "Of the picture the boxes were found in, in pixels."),
                order_input(),
                io.String.Input(
                    "phrases",
                    multiline=True,
                    default="",
                    dynamic_prompts=True,
                    tooltip="For boxes without a label: one phrase for all, or one for each, with "
                    "semicolons or in lines of their own. Choices in braces are made as in "
                    "prompts.",
                ),
                io.Float.Input(
                    "least_score",
                    default=0.0,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="Detections less sure than this are left out (0 to 1; 0 keeps all).",
                ),
                io.Boolean.Input(
                    "follow",
                    default=True,
                    tooltip="Give a thing one id through all frames, by overlap and phrase.",
                ),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The picture the boxes were found in; its size is used.",
                ),
                picture_input(),
                units_input(),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                )
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(cls, order: str | None = None, units: str | None = None) -> bool | str:
        return verdict_of_choices(("order", order, ORDERS), ("units", units, UNITS))

    @classmethod
    def execute(
        cls,
        json: str,
        width: int,
        height: int,
        order: str,
        phrases: str,
        least_score: float,
        follow: bool,
        boxes: Any = None,
        image: Tensor | None = None,
        picture: str = "",
        units: str = NOT_SET,
    ) -> io.NodeOutput:
        warnings: list[str] = []
        canvas = canvas_of(image, width, height)
        given = json if boxes is None else boxes
        will_be_named = bool(phrases.strip())
        found = read_boxes(
            given,
            canvas,
            order,
            "GLIGEN_LayoutFromBoxes",
            warnings,
            picture,
            units,
            will_be_named,
        )
        sure = edited(found, lambda layout: at_least(layout, least_score))
        named = edited(sure, lambda layout: nameless_named(layout, phrases_of(phrases), BOXES_NODE))
        if follow and isinstance(named, LayoutSequence):
            named = match_ids(named)
        return io.NodeOutput(named, ui=text_on(cls, "\n".join(warnings)))


class LayoutFromPoses(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutFromPoses",
            display_name="GLIGEN Layout From Poses",
            category=f"{MENU}/layout",
            description=(
                "Reads people of a pose estimator: as 17 joints for GLIGEN's keypoint model, or "
                "as boxes with a phrase for its text models. Frames become one layout for each."
            ),
            inputs=[
                poses_input(
                    "poses",
                    "POSE_KEYPOINT of DWPose, OpenPose or SDPose nodes, or its JSON; or a layout.",
                    optional=True,
                ),
                io.String.Input(
                    "json",
                    multiline=True,
                    default='{"people": []}',
                    tooltip="Poses as JSON, read where nothing is wired to poses.",
                ),
                io.Combo.Input(
                    "people",
                    options=list(PEOPLE),
                    default="poses",
                    tooltip="What a person becomes: joints, a box around them, or both.",
                ),
                io.String.Input(
                    "phrase",
                    default="a person",
                    dynamic_prompts=True,
                    tooltip="What the boxes are called. Choices in braces are made as in prompts.",
                ),
                io.Float.Input(
                    "threshold",
                    default=openpose.DEFAULT_THRESHOLD,
                    min=0.0,
                    max=1.0,
                    step=0.05,
                    tooltip="Joints less sure than this are missing (0 to 1).",
                ),
                io.Boolean.Input(
                    "follow",
                    default=True,
                    tooltip="Give a person one id through all frames, by overlap.",
                ),
                io.Image.Input(
                    "image",
                    optional=True,
                    tooltip="The picture, for poses in pixels that don't tell its size.",
                ),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                )
            ],
        )

    @classmethod
    def validate_inputs(cls, people: str | None = None) -> bool | str:
        return verdict_of_choices(("people", people, PEOPLE))

    @classmethod
    def execute(
        cls,
        json: str,
        people: People,
        phrase: str,
        threshold: float,
        follow: bool,
        poses: Any = None,
        image: Tensor | None = None,
    ) -> io.NodeOutput:
        given = json if poses is None else poses
        found = read_poses(given, picture_of(image), "GLIGEN_LayoutFromPoses", threshold)
        found = match_ids(found) if follow else found
        layouts = still_or_sequence(found.layouts)
        return io.NodeOutput(edited(layouts, lambda each: people_as(each, people, phrase)))


class LayoutFromText(io.ComfyNode):
    @classmethod
    def define_schema(cls) -> io.Schema:
        return io.Schema(
            node_id="GLIGEN_LayoutFromText",
            display_name="GLIGEN Layout From Text",
            category=f"{MENU}/layout",
            description=(
                "Reads a layout out of words: a prompt with places in it, a language model's "
                "answer (JSON, LMD's or LayoutGPT's form), any boxes as JSON, or YOLO labels. "
                "Names wired boxes with phrases: sun; comet."
            ),
            inputs=[
                io.String.Input(
                    "text",
                    multiline=True,
                    default=PROMPT_EXAMPLE,
                    tooltip="The words. In a prompt, places stand behind bracketed phrases: "
                    "[phrase](x0, y0, x1, y1), fractions of the canvas.",
                ),
                io.Combo.Input(
                    "form",
                    options=list(FORMS),
                    default=AUTO,
                    tooltip="'auto' tells prompts with places, JSON and answers apart.",
                ),
                side_input(
                    "width",
                    "Of the canvas the words are about, in pixels; 0 for the form's own, 512 or "
                    "LayoutGPT's 64.",
                    default=0,
                    least=0,
                ),
                side_input("height", "The same for its height, in pixels.", default=0, least=0),
                io.String.Input(
                    "class_names",
                    multiline=True,
                    default="",
                    tooltip="For YOLO labels: the names of the classes, one a line, from class 0.",
                ),
                boxes_input(
                    "boxes",
                    "Boxes that get the words as phrases, in their order: 'sun; comet' names two.",
                    optional=True,
                    has_order=False,
                ),
                order_input(optional=True),
                units_input(),
                picture_input(),
            ],
            outputs=[
                LayoutWire.Output(
                    "layout", display_name="layout", tooltip="For Encode Grounding (GLIGEN)."
                ),
                io.String.Output(
                    "prompt",
                    display_name="prompt",
                    tooltip="The prompt without places, or the phrases with commas.",
                ),
            ],
            hidden=[io.Hidden.unique_id],
        )

    @classmethod
    def validate_inputs(
        cls, form: str | None = None, order: str | None = None, units: str | None = None
    ) -> bool | str:
        return verdict_of_choices(
            ("form", form, FORMS), ("order", order, ORDERS), ("units", units, UNITS)
        )

    @classmethod
    def execute(
        cls,
        text: str,
        form: str,
        width: int,
        height: int,
        class_names: str,
        boxes: Any = None,
        order: str = NOT_SET,
        units: str = NOT_SET,
        picture: str = "",
    ) -> io.NodeOutput:
        warnings: list[str] = []
        canvas = Canvas(width, height) if width and height else None
        if form == PHRASES or (form == AUTO and _are_phrases(text, boxes is not None)):
            layouts = _with_phrases(text, boxes, canvas, warnings)
        else:
            options = options_of(order, units, picture, class_names=yolo.class_names(class_names))
            layouts = _read_text(text, form, Context(canvas, TEXT_NODE, warnings, options))
        prompt = frames_of(layouts)[0].prompt
        return io.NodeOutput(layouts, prompt, ui=text_on(cls, "\n".join(warnings)))


def _read_text(text: str, form: str, context: Context) -> Layouts:
    if form in (AUTO, ANSWER):
        return read(text, context)
    if form == JSON:
        return read(read_data(text, context.source), context)
    return read(text, context, form)


def _are_phrases(text: str, has_boxes: bool) -> bool:
    """Words with no bracket among them: for wired boxes, or with semicolons between."""
    words = not set(text) & set("[](){}") and (has_boxes or ";" in text)
    return words and recognised(text) is None


def _with_phrases(text: str, boxes: Any, canvas: Canvas | None, warnings: list[str]) -> Layouts:
    """The boxes, each with the phrase of its place in "sun; comet"; a line is a phrase, too."""
    node = TEXT_NODE
    phrases = phrases_of(text)
    if boxes is None:
        raise GligenError(
            f"{node}: {len(phrases)} phrases, and no boxes to name. Wire boxes to 'boxes', or "
            "write where each thing goes: [sun](0.1, 0.1, 0.4, 0.4)."
        )
    found = read_boxes(boxes, canvas or UNTOLD, NOT_SET, f"{node}, boxes", warnings)
    return edited(found, lambda layout: named_in_order(layout, phrases, node))
