"""Layouts for property tests, and data of no particular kind."""

from hypothesis import strategies as st

from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, LayoutSequence, Pose
from gligen_core.skeletons import JOINT_COUNT, Joint

WORDS = st.text("abcdefghij äß", min_size=1, max_size=12).map(str.strip).filter(bool)
PHRASES = WORDS.map(lambda words: " ".join(words.split()))
SIDES = st.sampled_from((64, 100, 512, 768))
SHARES = st.floats(0, 1, width=32)
SCORES = st.floats(0, 1).map(lambda score: (("score", repr(score)),))


@st.composite
def boxes(draw):
    """At least two pixels of the smallest canvas a side, so that no grid swallows them."""
    x0, y0 = draw(st.floats(0, 0.9)), draw(st.floats(0, 0.9))
    width, height = draw(st.floats(0.05, 1)), draw(st.floats(0.05, 1))
    return Box(x0, y0, min(x0 + width, 1.0), min(y0 + height, 1.0))


@st.composite
def entities(draw, number):
    return Entity(
        id=f"e{number}",
        box=draw(boxes()),
        text=draw(PHRASES),
        image=draw(st.none() | st.integers(0, 9)),
        strength=draw(st.floats(0, 2)),
        extra=draw(st.just(()) | SCORES),
    )


@st.composite
def poses(draw, number):
    joint = st.builds(Joint, st.floats(0, 1), st.floats(0, 1), st.just(0.0) | st.floats(0.3, 1))
    joints = draw(st.lists(joint, min_size=JOINT_COUNT, max_size=JOINT_COUNT))
    return Pose(f"p{number}", tuple(joints))


@st.composite
def layouts(draw, width=SIDES, height=SIDES):
    return Layout(
        entities=tuple(draw(entities(n)) for n in range(1, draw(st.integers(0, 4)) + 1)),
        poses=tuple(draw(poses(n)) for n in range(1, draw(st.integers(0, 2)) + 1)),
        width=draw(width),
        height=draw(height),
    )


@st.composite
def sequences(draw):
    """One to three frames on one canvas."""
    width, height = draw(SIDES), draw(SIDES)
    frame = layouts(st.just(width), st.just(height))
    return LayoutSequence(tuple(draw(st.lists(frame, min_size=1, max_size=3))))


NUMBERS = (
    st.integers(-5, 2000)
    | st.floats(-2, 2000)
    | st.sampled_from((float("nan"), float("inf"), 10**400, -1, 0, True))
)
KEYS = st.sampled_from(
    (
        *("version", "entities", "poses", "box", "text", "joints", "id", "width", "height"),
        *("x", "y", "label", "score", "metadata", "desc", "bbox", "bboxes", "labels", "box_2d"),
        *("people", "pose_keypoints_2d", "canvas_width", "canvas_height", "animals"),
        *("images", "annotations", "categories", "keypoints", "image_id", "category_id", "name"),
        *("stringProps", "mapProps", "boxMap", "caption", "visible", "x1", "y1", "x2", "y2"),
        *("type", "bbox_2d", "objects", "quad_boxes", "0", "1", "boxes", "scores", "phrases"),
        *(
            "shapes",
            "points",
            "imageWidth",
            "imageHeight",
            "shape_type",
            "asset",
            "regions",
            "size",
        ),
        *("boundingBox", "left", "top", "tags", "value", "result", "rectanglelabels", "rotation"),
        *("original_width", "original_height", "filename", "shape_attributes", "bounding_box"),
        *("region_attributes", "_cls", "detections", "samples", "classes", "object_list", "xmin"),
        *("ymin", "xmax", "ymax", "center", "class", "confidence", "nodes", "class_type", "inputs"),
        *("links", "widgets_values", "bbox_mode", "box_format", "filepath", "locations", "\ud800"),
    )
)
TEXT = st.text(st.characters(), max_size=8)
LEAVES = (
    st.none()
    | st.booleans()
    | NUMBERS
    | st.text(st.characters(), max_size=8)
    | st.lists(NUMBERS, max_size=54)
)
ANYTHING = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=20,
)
