"""The table of inputs: what each is, and what must come of it."""

import json
from typing import Any, NamedTuple

DOG, CAR = ("dog", (100, 50, 300, 250)), ("car", (500, 100, 900, 400))
BOTH = (DOG, CAR)
NAMELESS = ("", DOG[1])


class Case(NamedTuple):
    """boxes: what is read, None where the person is asked or the input refused
    form: how the verdict begins · says: words in the notes, the verdict or the error
    sized: whether the size of the picture is told"""

    name: str
    data: Any
    boxes: tuple | None
    form: str = ""
    says: tuple[str, ...] = ()
    options: Any = None
    sized: bool = True


def asked(name, data, *says, sized=True, **options):
    return Case(name, data, None, "", says, options, sized)


def read(name, data, boxes, form, *says, sized=True, **options):
    return Case(name, data, boxes, form, says, options, sized)


ORDER = ("no box whose numbers are certain", "xyxy", "xywh", "cxcywh", "yxyx", "Set `order`")
XYXY = {"order": "xyxy"}
LABELS = [
    *("text", "label", "name", "class", "class_name", "className", "category", "category_name"),
    *("caption", "entity", "phrase", "prompt", "desc", "description", "object", "title", "Label"),
]

SILENT = [
    read(
        "COCO results",
        [{"image_id": 1, "category_id": 18, "bbox": [100, 50, 200, 200], "score": 0.9}],
        (NAMELESS,),
        "COCO results",
        "pixels of 1000 x 500, 1 box",
        "no name for annotation 1",
    ),
    asked("bbox", [{"label": "dog", "bbox": [100, 50, 300, 250]}], *ORDER),
    read("bbox, xyxy", [{"label": "dog", "bbox": [100, 50, 300, 250]}], (DOG,), "objects", **XYXY),
    read(
        "bbox, xywh",
        [{"label": "dog", "bbox": [100, 50, 200, 200]}],
        (DOG,),
        "objects",
        order="xywh",
    ),
    read(
        "bbox, cxcywh",
        [{"label": "dog", "bbox": [200, 150, 200, 200]}],
        (DOG,),
        "objects",
        order="cxcywh",
    ),
    read(
        "bbox, yxyx",
        [{"label": "dog", "bbox": [50, 100, 250, 300]}],
        (DOG,),
        "objects",
        order="yxyx",
    ),
    asked("type and bbox", [{"type": "dog", "bbox": [100, 50, 300, 250]}], *ORDER),
    read(
        "type and bbox, xyxy",
        [{"type": "dog", "bbox": [100, 50, 300, 250]}],
        (DOG,),
        "objects",
        **XYXY,
    ),
    read(
        "elements",
        [{"type": "obj", "bbox": [100, 100, 500, 300], "desc": "dog"}],
        (DOG,),
        "elements",
        "thousandths",
    ),
    asked(
        "elements over 1000",
        [{"type": "obj", "bbox": [100, 100, 500, 3000], "desc": "dog"}],
        "reaches beyond",
        "`units`",
    ),
    read(
        "box_2d",
        [{"box_2d": [100, 100, 500, 300], "label": "dog"}],
        (DOG,),
        "objects",
        "thousandths",
    ),
    read(
        "box_2d in fractions",
        [{"box_2d": [0.1, 0.1, 0.5, 0.3], "label": "dog"}],
        (DOG,),
        "objects",
        "fractions",
    ),
    asked("box_2d over 1000", [{"box_2d": [50, 100, 250, 1300], "label": "dog"}], *ORDER),
    read(
        "a service that writes the centre",
        [{"x": 200, "y": 150, "width": 200, "height": 200, "class": "dog", "confidence": 0.9}],
        (DOG,),
        "objects",
    ),
    read(
        "its whole answer",
        {
            "predictions": [
                {
                    "x": 200.0,
                    "y": 150.0,
                    "width": 200,
                    "height": 200,
                    "confidence": 0.9,
                    "class": "dog",
                    "class_id": 3,
                    "detection_id": "a-b",
                }
            ],
            "image": {"width": "1000", "height": "500"},
        },
        (DOG,),
        "objects",
        "pixels of 1000 x 500",
        sized=False,
    ),
    asked(
        "class without confidence",
        [{"x": 200, "y": 150, "width": 200, "height": 200, "class": "dog"}],
        *ORDER,
    ),
    read(
        "class, the centre",
        [{"x": 200, "y": 150, "width": 200, "height": 200, "class": "dog"}],
        (DOG,),
        "objects",
        order="cxcywh",
    ),
    read(
        "class, the corner",
        [{"x": 100, "y": 50, "width": 200, "height": 200, "class": "dog"}],
        (DOG,),
        "objects",
        order="xywh",
    ),
    read(
        "x y width height in fractions",
        {"label": "dog", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.4},
        (DOG,),
        "BOUNDING_BOX",
        "fractions",
    ),
    read(
        "corners in fractions",
        [{"label": "dog", "xmin": 0.1, "ymin": 0.1, "xmax": 0.3, "ymax": 0.5}],
        (DOG,),
        "objects",
        "fractions",
    ),
    read(
        "bbox_2d in fractions",
        [{"label": "dog", "bbox_2d": [0.1, 0.1, 0.3, 0.5]}],
        (DOG,),
        "objects",
        "fractions",
    ),
    read("LMD in fractions", "[('dog', [0.1, 0.1, 0.2, 0.4])]", (DOG,), "LMD answer", "fractions"),
    asked(
        "fractions among pixels",
        [
            {"label": "dog", "x": 0.1, "y": 0.1, "width": 0.2, "height": 0.4},
            {"label": "car", "x": 500, "y": 100, "width": 400, "height": 300},
        ],
        "look like fractions",
        "`units`",
    ),
    read(
        "beyond the canvas",
        [{"bbox_2d": [500, 100, 1500, 400], "label": "car"}],
        (("car", (500, 100, 1000, 400)),),
        "objects",
        "1 cut at the edge",
        "1 box reaches beyond",
    ),
    asked(
        "beyond a canvas that nobody told",
        [{"bbox_2d": [400, 100, 900, 700], "label": "dog"}],
        "assumed",
        "Set `width` and `height`",
        sized=False,
    ),
    read(
        "several beyond the canvas",
        [
            {"bbox_2d": [100, 50, 300, 900], "label": "dog"},
            {"bbox_2d": [500, 100, 1900, 400], "label": "car"},
        ],
        (("dog", (100, 50, 300, 500)), ("car", (500, 100, 1000, 400))),
        "objects",
        "2 cut at the edge",
        "The size is wrong, it seems",
    ),
    read(
        "a draft before the answer",
        'Draft:\n```json\n{"objects": [{"label": "cat", "box": [0, 0, 1, 1]}]}\n```\nBetter:\n'
        '```json\n{"objects": [{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5]}]}\n```\n',
        (DOG,),
        "objects",
        "2 answers in the text; the last complete one is read",
    ),
    read(
        "an empty object before the answer",
        'Options: {}. Answer: [{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5]}] and {} [1].',
        (DOG,),
        "objects",
    ),
    read(
        "an answer after which another breaks off",
        '[{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5]}]\nor\n[{"label": "cat", "box": [0.1,',
        (DOG,),
        "objects",
    ),
    read(
        "LMD, a draft before the answer",
        "Objects: [('dog', [0, 0, 9, 9])]\nNo, better:\nObjects: [('dog', [100, 50, 200, 200]), "
        "('car', [500, 100, 400, 300])]",
        BOTH,
        "LMD answer",
        "2 answers",
    ),
    read(
        "YOLO",
        "0 0.2 0.3 0.2 0.4\n1 0.7 0.5 0.4 0.6",
        BOTH,
        "YOLO",
        "fractions",
        class_names=("dog", "car"),
    ),
    read(
        "YOLO with confidence and track",
        "0 0.2 0.3 0.2 0.4 0.91 7",
        (DOG,),
        "YOLO",
        class_names=("dog",),
    ),
    read("YOLO with track", "0 0.2 0.3 0.2 0.4 7", (DOG,), "YOLO", class_names=("dog",)),
    read(
        "YOLO with tracks, one of them 1",
        "0 0.2 0.3 0.2 0.4 0.9 7\n1 0.7 0.5 0.4 0.6 0.8 1",
        BOTH,
        "YOLO",
        class_names=("dog", "car"),
    ),
    asked("YOLO with a track of 1", "0 0.2 0.3 0.2 0.4 0.9 1", "outline of three points"),
    read("YOLO outline", "0 0.1 0.1 0.3 0.1 0.3 0.5", (DOG,), "YOLO", class_names=("dog",)),
    asked("YOLO in pixels", "0 200 150 200 200", "reaches beyond the canvas", "`units`"),
    read(
        "YOLO in pixels, told",
        "0 200 150 200 200",
        (DOG,),
        "YOLO",
        class_names=("dog",),
        units="pixels",
    ),
    read(
        "no name",
        [{"box": [0.1, 0.1, 0.3, 0.5]}, {"box": [0.5, 0.2, 0.9, 0.8], "name": "car"}],
        (NAMELESS, CAR),
        "objects",
        "no name for object 1",
    ),
    *(
        read(f"named by {name}", [{name: "dog", "box": [0.1, 0.1, 0.3, 0.5]}], (DOG,), "objects")
        for name in LABELS
    ),
]

BOX = {"xmin": 100, "ymin": 50, "xmax": 300, "ymax": 250}
CORNERS = [[100, 50, 300, 250], [500, 100, 900, 400]]
FRACTIONS = [[0.1, 0.1, 0.3, 0.5], [0.5, 0.2, 0.9, 0.8]]
NAMES = ["dog", "car"]
VOC = (
    '<?xml version="1.0"?><annotation><folder>f</folder><size><width>1000</width><height>500'
    "</height><depth>3</depth></size><object><name>dog</name><bndbox><xmin>100</xmin><ymin>50"
    "</ymin><xmax>300</xmax><ymax>250</ymax></bndbox></object></annotation>"
)
CVAT = (
    '<annotations><version>1.1</version><image id="0" name="a.png" width="1000" height="500">'
    '<box label="dog" occluded="0" xtl="100" ytl="50" xbr="300" ybr="250"/>'
    '<polygon label="car" points="500,100;900,100;900,400;500,400"/></image></annotations>'
)
LABEL_STUDIO = {
    "id": 7,
    "data": {"image": "/a.png"},
    "annotations": [
        {
            "result": [
                {
                    "original_width": 1000,
                    "original_height": 500,
                    "type": "rectanglelabels",
                    "value": {
                        "x": 10,
                        "y": 10,
                        "width": 20,
                        "height": 40,
                        "rotation": 0,
                        "rectanglelabels": ["dog"],
                    },
                },
                {"type": "choices", "value": {"choices": ["yes"]}},
            ]
        }
    ],
}
VIA = {
    "a.png1": {
        "filename": "a.png",
        "size": 1,
        "regions": [
            {
                "shape_attributes": {
                    "name": "rect",
                    "x": 100,
                    "y": 50,
                    "width": 200,
                    "height": 200,
                },
                "region_attributes": {"type": "dog"},
            }
        ],
        "file_attributes": {},
    }
}
COCO = {
    "images": [{"id": 1, "file_name": "a.png", "width": 1000, "height": 500}],
    "categories": [{"id": 18, "name": "dog"}],
    "annotations": [{"image_id": 1, "category_id": 18, "bbox": [100, 50, 200, 200]}],
}


def coco_with(**odd):
    return {
        **COCO,
        "annotations": [*COCO["annotations"], {"image_id": 1, "category_id": 18, **odd}],
    }


SEVERAL = {
    **COCO,
    "images": [*COCO["images"], {"id": 2, "file_name": "b.png", "width": 9, "height": 9}],
}
APPLY = {
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a street"}},
    "4": {
        "class_type": "GLIGENTextBoxApply",
        "inputs": {
            "text": "car",
            "width": 400,
            "height": 300,
            "x": 500,
            "y": 100,
            "conditioning_to": ["3", 0],
        },
    },
    "3": {
        "class_type": "GLIGENTextBoxApply",
        "inputs": {
            "text": "dog",
            "width": 200,
            "height": 200,
            "x": 100,
            "y": 50,
            "conditioning_to": ["2", 0],
        },
    },
    "5": {"class_type": "EmptyLatentImage", "inputs": {"width": 1000, "height": 500}},
}
SAVED_GRAPH = {
    "nodes": [
        {
            "id": 4,
            "type": "GLIGENTextBoxApply",
            "mode": 0,
            "inputs": [{"name": "conditioning_to", "link": 9}],
            "widgets_values": ["car", 400, 300, 500, 100],
        },
        {
            "id": 3,
            "type": "GLIGENTextBoxApply",
            "inputs": [],
            "widgets_values": ["dog", 200, 200, 100, 50],
        },
        {"id": 6, "type": "GLIGENTextBoxApply", "mode": 4, "widgets_values": ["x", 8, 8, 0, 0]},
        {"id": 5, "type": "EmptyLatentImage", "widgets_values": [1000, 500, 1]},
    ],
    "links": [[9, 3, 0, 4, 0, "CONDITIONING"]],
    "version": 0.4,
}

HAVE = [
    read(
        "people and no animals",
        {
            "people": [{"pose_keypoints_2d": [500, 250, 1] * 18}],
            "animals": [],
            "canvas_width": 1000,
            "canvas_height": 500,
        },
        (),
        "POSE_KEYPOINT",
        "1 pose",
    ),
    asked(
        "animals alone",
        {"people": [], "animals": [[1, 2, 3]], "canvas_width": 1},
        "animal keypoints",
    ),
    read(
        "LMD without objects",
        "[]\nBackground prompt: a desk\nNegative prompt: books",
        (),
        "LMD answer",
        "0 boxes",
    ),
    read(
        "LMD with its head",
        "Objects: []\nBackground prompt: a desk\nNegative prompt:",
        (),
        "LMD answer",
    ),
    read(
        "LMD",
        "[('dog', [100, 50, 200, 200]), ('car', [500, 100, 400, 300])]\nBackground prompt: "
        "a street\nNegative prompt:",
        BOTH,
        "LMD answer",
    ),
    read(
        "LMD cache",
        {"a dog": ["[('dog', [100, 50, 200, 200])]\nBackground prompt: a street"]},
        (DOG,),
        "LMD answer",
    ),
    asked(
        "LMD cache of several prompts",
        {"a": ["[('dog', [1, 2, 3, 4])]"], "b": ["[]"]},
        "2 prompts ('a', 'b')",
        "set `picture`",
    ),
    read(
        "official scripts",
        {"phrases": NAMES, "locations": FRACTIONS, "prompt": "a street"},
        BOTH,
        "GLIGEN's own scripts",
        "fractions",
    ),
    read(
        "official scripts in Python",
        f"dict(prompt = 'a street', phrases={NAMES}, locations = {FRACTIONS}, "
        "alpha_type=[0.3, 0.0, 0.7],)",
        BOTH,
        "GLIGEN's own scripts",
    ),
    asked("locations in pixels", {"phrases": NAMES, "locations": CORNERS}, *ORDER),
    read(
        "object_list",
        {"prompt": "a dog", "object_list": [["dog", [0.1, 0.1, 0.3, 0.5]]]},
        (DOG,),
        "names with places",
        "fractions",
    ),
    read(
        "object_list in pixels",
        {"prompt": "", "object_list": [["dog", [100, 50, 300, 250]]]},
        (DOG,),
        "names with places",
        "pixels of 1000 x 500",
    ),
    asked("object_list of no corners", {"object_list": [["car", [500, 100, 400, 300]]]}, *ORDER),
    read(
        "region captions",
        {
            "global_caption": "a street",
            "region_caption_list": NAMES,
            "region_bboxes_list": FRACTIONS,
        },
        BOTH,
        "region captions",
    ),
    read("transformers' pipeline", [{"score": 0.9, "label": "dog", "box": BOX}], (DOG,), "objects"),
    read(
        "transformers' pipeline as Python shows it",
        "[{'score': 0.9, 'label': 'dog', 'box': {'xmin': 100, 'ymin': 50, 'xmax': 300, "
        "'ymax': 250}}]",
        (DOG,),
        "objects",
    ),
    read(
        "transformers' detection",
        {"scores": [0.9, 0.8], "labels": NAMES, "boxes": CORNERS},
        BOTH,
        "object detection",
    ),
    asked("boxes and labels", {"labels": NAMES, "boxes": CORNERS}, *ORDER),
    read("Florence-2", {"<OD>": {"bboxes": CORNERS, "labels": NAMES}}, BOTH, "Florence-2"),
    read(
        "Florence-2, open vocabulary",
        {
            "<OPEN_VOCABULARY_DETECTION>": {
                "bboxes": CORNERS,
                "bboxes_labels": NAMES,
                "polygons": [],
                "polygons_labels": [],
            }
        },
        BOTH,
        "Florence-2",
    ),
    read(
        "Florence-2, raw",
        "</s><s>dog<loc_100><loc_100><loc_300><loc_500>car<loc_500><loc_200><loc_900><loc_800></s>",
        BOTH,
        "tags of a vision model",
        "thousandths",
    ),
    read(
        "Qwen-VL, raw",
        "<ref>dog</ref><box>(100,100),(300,500)</box>",
        (DOG,),
        "tags of a vision model",
    ),
    read(
        "InternVL, raw",
        "<ref>dog</ref><box>[[100, 100, 300, 500]]</box>",
        (DOG,),
        "tags of a vision model",
    ),
    read(
        "a stated order",
        {
            "annotations": [{"class_name": "dog", "bbox": [100, 50, 300, 250], "score": 0.9}],
            "box_format": "xyxy",
            "img_width": 1000,
            "img_height": 500,
        },
        (DOG,),
        "objects",
        sized=False,
    ),
    read(
        "GroundingDINO",
        {
            "boxes": [[0.2, 0.3, 0.2, 0.4], [0.7, 0.5, 0.4, 0.6]],
            "logits": [0.9, 0.8],
            "phrases": NAMES,
        },
        BOTH,
        "Grounding DINO",
    ),
    asked(
        "GroundingDINO in pixels",
        {"boxes": CORNERS, "logits": [0.9, 0.8], "phrases": NAMES},
        *ORDER,
    ),
    read(
        "LabelMe",
        {
            "version": "4.5.6",
            "flags": {},
            "imagePath": "a.png",
            "imageData": None,
            "imageWidth": 1000,
            "imageHeight": 500,
            "shapes": [
                {"label": "dog", "points": [[300, 250], [100, 50]], "shape_type": "rectangle"},
                {"label": "x", "points": [[1, 1]], "shape_type": "point"},
            ],
        },
        (DOG,),
        "LabelMe",
        "pixels of 1000 x 500",
        "left out",
        sized=False,
    ),
    read(
        "VoTT",
        {
            "asset": {"name": "a.png", "size": {"width": 1000, "height": 500}},
            "version": "2.2.0",
            "regions": [
                {
                    "tags": ["dog"],
                    "boundingBox": {"left": 100, "top": 50, "width": 200, "height": 200},
                }
            ],
        },
        (DOG,),
        "VoTT",
        sized=False,
    ),
    read("Label Studio", [LABEL_STUDIO], (DOG,), "Label Studio", "percent", sized=False),
    read("VIA", VIA, (DOG,), "VIA"),
    read("VIA project", {"_via_settings": {}, "_via_img_metadata": VIA}, (DOG,), "VIA"),
    read("Pascal VOC", VOC, (DOG,), "Pascal VOC", sized=False),
    asked(
        "XML with a document type", '<!DOCTYPE a [<!ENTITY b "c">]><annotation/>', "document type"
    ),
    read("CVAT", CVAT, BOTH, "CVAT", sized=False),
    read(
        "FiftyOne",
        {
            "filepath": "a.png",
            "ground_truth": {
                "_cls": "Detections",
                "detections": [
                    {"_cls": "Detection", "label": "dog", "bounding_box": [0.1, 0.1, 0.2, 0.4]}
                ],
            },
        },
        (DOG,),
        "FiftyOne",
        "fractions",
    ),
    read(
        "supervision rows",
        [
            {
                "x_min": 100,
                "y_min": 50,
                "x_max": 300,
                "y_max": 250,
                "class_id": 3,
                "confidence": 0.9,
                "tracker_id": 1,
                "class_name": "dog",
            }
        ],
        (DOG,),
        "objects",
    ),
    read(
        "supervision CSV",
        "x_min,y_min,x_max,y_max,class_id,confidence,tracker_id,class_name\n"
        "100,50,300,250,3,0.9,,dog\n",
        (DOG,),
        "CSV",
        "pixels",
    ),
    read(
        "OpenImages CSV",
        "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsGroupOf\n"
        "0001,xclick,dog,1,0.1,0.3,0.1,0.5,0\n0001,xclick,crowd,1,0,1,0,1,1\n",
        (DOG,),
        "CSV",
        "fractions",
        "1 left out (group)",
    ),
    *(
        read(f"one odd COCO annotation: {odd}", coco_with(**odd), (DOG,), "COCO", "left out")
        for odd in ({"bbox": []}, {"bbox": None}, {"bbox": [1, 2, 0, 0]}, {"bbox": [1, 2, "a", 3]})
    ),
    read(
        "COCO with empty keypoints",
        coco_with(bbox=[500, 100, 400, 300], keypoints=[]),
        (DOG, ("dog", CAR[1])),
        "COCO",
    ),
    asked("COCO of several pictures", SEVERAL, "2 images", "a.png", "b.png", "`picture`"),
    read("COCO, the picture told", SEVERAL, (DOG,), "COCO", picture="a.png"),
    asked(
        "COCO results of several pictures",
        [{"image_id": n, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 1} for n in (1, 2)],
        "`picture`",
    ),
    read(
        "JSON lines",
        '{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5]}\n'
        '{"label": "car", "box": [0.5, 0.2, 0.9, 0.8]}\n',
        BOTH,
        "objects",
    ),
    read(
        "a link beside a place",
        "a [dog](0.1, 0.1, 0.3, 0.5), as in [the paper](https://a.org/1,2,3,4)",
        (DOG,),
        "prompt with places",
    ),
    asked(
        "thousandths under bbox_2d, untold",
        [{"bbox_2d": [100, 100, 300, 900], "label": "dog"}],
        "`width` and `height`",
        sized=False,
    ),
    read(
        "thousandths under bbox_2d",
        [{"bbox_2d": [100, 100, 300, 500], "label": "dog"}],
        (DOG,),
        "objects",
        units="thousandths",
        order="xyxy",
    ),
    read(
        "percent",
        [{"x": 10, "y": 10, "width": 20, "height": 40, "label": "dog"}],
        (DOG,),
        "BOUNDING_BOX",
        units="percent",
    ),
    asked(
        "an object of objects",
        {"a": {"b": {"c": [1, 2]}}},
        "no boxes that are known here",
        "Export to one of",
    ),
    asked("a foreign version", {"version": "2.1", "nothing": []}, "no boxes that are known here"),
    read(
        "TRACKING",
        {"dog": {"0": {"0": [100, 50, 300, 250, 1000, 500]}}},
        (DOG,),
        "TRACKING",
        sized=False,
    ),
    read("graph of the API", APPLY, BOTH, "graph of GLIGENTextBoxApply", sized=False),
    read("graph of the browser", SAVED_GRAPH, BOTH, "graph of GLIGENTextBoxApply", sized=False),
    read(
        "CreateML",
        [
            {
                "image": "a.png",
                "annotations": [
                    {
                        "label": "dog",
                        "coordinates": {"x": 200, "y": 150, "width": 200, "height": 200},
                    }
                ],
            }
        ],
        (DOG,),
        "objects",
    ),
    asked("names with four numbers", {"dog": [100, 50, 300, 250]}, *ORDER),
    read(
        "names with four numbers, xyxy",
        {"dog": [100, 50, 300, 250]},
        (DOG,),
        "names with places",
        **XYXY,
    ),
    asked("pairs of names and numbers", [["dog", [100, 50, 300, 250]]], *ORDER),
    asked("bare numbers", [[100, 50, 300, 250]], "Set `order`"),
    read("bare numbers, yxyx", [[50, 100, 250, 300]], (NAMELESS,), "BBOX yxyx", order="yxyx"),
    asked("talk", "I am sorry.", "no layout in 'I am sorry.'; expected JSON", "Export to one of"),
]

KINDS = [
    *(
        read(
            f"sides: {', '.join(sides)}",
            [{"label": "dog", **dict(zip(sides, n, strict=True))}],
            (DOG,),
            form,
        )
        for sides, n, form in (
            (("x0", "y0", "x1", "y1"), (100, 50, 300, 250), "objects"),
            (("x1", "y1", "x2", "y2"), (100, 50, 300, 250), "objects"),
            (("left", "top", "right", "bottom"), (100, 50, 300, 250), "objects"),
            (("x_min", "yMin", "X-MAX", "ymax"), (0.1, 0.1, 0.3, 0.5), "objects"),
            (("Left", "Top", "Width", "Height"), (0.1, 0.1, 0.2, 0.4), "objects"),
            (("x", "y", "w", "h"), (100, 50, 200, 200), "objects"),
            (("cx", "cy", "w", "h"), (200, 150, 200, 200), "objects"),
            (("x_center", "y_center", "width", "height"), (0.2, 0.3, 0.2, 0.4), "objects"),
            (("center", "size"), ([200, 150], [200, 200]), "objects"),
            (("top_left", "bottom_right"), ([100, 50], {"x": 300, "y": 250}), "objects"),
            (("xyxy",), ([100, 50, 300, 250],), "objects"),
            (("xywhn",), ([0.2, 0.3, 0.2, 0.4],), "objects"),
            (("bbox_xywh",), ([100, 50, 200, 200],), "objects"),
        )
    ),
    asked(
        "xywh, which may be the centre", [{"label": "dog", "xywh": [200, 150, 200, 200]}], *ORDER
    ),
    asked("box in pixels", [{"label": "dog", "box": CORNERS[0]}], *ORDER),
    asked("box of no corners", [{"label": "dog", "box": [0.5, 0.2, 0.4, 0.6]}], *ORDER),
    asked("bbox in fractions", [{"label": "dog", "bbox": FRACTIONS[0]}], *ORDER),
    read(
        "bbox in thousandths",
        [{"label": "dog", "bbox": [100, 100, 300, 500]}],
        (DOG,),
        "objects",
        order="xyxy",
        units="thousandths",
    ),
    read(
        "one broken row of three",
        [{"label": "dog", "bbox_2d": CORNERS[0]}, {"label": "x", "bbox_2d": [1, 2]}, {"a": 1}],
        (DOG,),
        "objects",
        "2 left out (broken)",
    ),
    read(
        "one broken line of JSON",
        '{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5]}\n{"label": "car", "box"\n'
        '{"label": "car", "box": [0.5, 0.2, 0.9, 0.8]}',
        BOTH,
        "objects",
        "line 2",
    ),
    read(
        "one broken row of CSV",
        "filename,class,xmin,ymin,xmax,ymax\na.png,dog,100,50,300,250\na.png,car,1,2,x,4\n",
        (DOG,),
        "CSV",
        "1 left out (broken)",
    ),
    asked(
        "CSV of several pictures",
        "filename,class,xmin,ymin,xmax,ymax\na.png,dog,1,2,3,4\nb.png,car,1,2,3,4\n",
        "2 pictures ('a.png', 'b.png')",
        "`picture`",
    ),
    read(
        "a picture's size in CSV",
        "filename,width,height,class,xmin,ymin,xmax,ymax\na.png,1000,500,dog,100,50,300,250\n",
        (DOG,),
        "CSV",
        "pixels of 1000 x 500",
        sized=False,
    ),
    read(
        "Detectron2", [{"bbox": CORNERS[0], "bbox_mode": 0, "category": "dog"}], (DOG,), "objects"
    ),
    read(
        "TensorFlow",
        {
            "detection_boxes": [[0.1, 0.1, 0.5, 0.3]],
            "detection_scores": [0.9],
            "detection_classes": ["dog"],
        },
        (DOG,),
        "TensorFlow detections",
    ),
    read(
        "supervision's detections",
        {"xyxy": CORNERS, "class_id": [1, 2], "confidence": [1, 1], "data": {"class_name": NAMES}},
        BOTH,
        "supervision",
    ),
    read(
        "normalised vertices",
        {
            "localizedObjectAnnotations": [
                {
                    "name": "dog",
                    "boundingPoly": {
                        "normalizedVertices": [{"x": 0.1, "y": 0.1}, {"x": 0.3, "y": 0.5}]
                    },
                }
            ]
        },
        (DOG,),
        "objects",
    ),
    read(
        "a service's nested rectangle",
        {
            "objects": [
                {
                    "object": "dog",
                    "confidence": 0.9,
                    "rectangle": {"x": 100, "y": 50, "w": 200, "h": 200},
                }
            ],
            "metadata": {"width": 1000, "height": 500},
        },
        (DOG,),
        "objects",
        sized=False,
    ),
    read(
        "PaliGemma, raw",
        "<loc0102><loc0102><loc0512><loc0307> dog",
        (DOG,),
        "tags of a vision model",
    ),
    read(
        "a comma too many",
        '{"objects": [{"label": "dog", "box": [0.1, 0.1, 0.3, 0.5],},]}',
        (DOG,),
        "objects",
    ),
    read(
        "names over objects",
        {"dog": {"bbox_2d": CORNERS[0]}, "car": {"bbox_2d": CORNERS[1]}},
        BOTH,
        "names with places",
    ),
    read(
        "a list of one name each",
        {"objects": [{"dog": CORNERS[0]}, {"car": CORNERS[1]}]},
        BOTH,
        "names with places",
        **XYXY,
    ),
    read("annotations with their categories", {**COCO, "images": None}, (DOG,), "COCO results"),
    read("COCO without a size", {**COCO, "images": [{"id": 1}]}, (DOG,), "COCO"),
    asked("links alone", "see [docs](https://a.b) and [x](y)", "no layout in"),
    asked("a newer layout", {"version": 2, "entities": []}, "A newer version of the pack"),
    asked(
        "a layout with a foreign version",
        {"version": "5.1", "entities": []},
        "Another program's version",
    ),
]

CASES = SILENT + HAVE + KINDS
assert all(json.dumps(case.options) for case in CASES)
