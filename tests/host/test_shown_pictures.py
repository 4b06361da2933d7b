"""The pictures that a workflow shows come back through the developer's client."""

import json

import numpy as np

from devtools.thumbnails import shown_last
from gligen_core.draw import draw_layout
from gligen_core.layout import parse_layout


def layout(x0):
    return json.dumps({"entities": [{"text": "a ball", "box": [x0, 0.2, x0 + 0.3, 0.8]}]})


def test_the_last_nodes_pictures_come_back(server):
    prompt = {
        "1": {"class_type": "GLIGEN_Layout", "inputs": {"layout": layout(0.1)}},
        "2": {"class_type": "GLIGEN_Layout", "inputs": {"layout": layout(0.6)}},
        "9": {"class_type": "GLIGEN_PreviewLayout", "inputs": {"layout": ["1", 0]}},
        "10": {"class_type": "GLIGEN_PreviewLayout", "inputs": {"layout": ["2", 0]}},
    }
    (picture,) = shown_last(server.address, prompt, "two layouts")
    assert np.array_equal(np.asarray(picture), np.asarray(draw_layout(parse_layout(layout(0.6)))))
