"""The 150 classes of ADE20K and the colours that segmentation nodes paint them with.

Facts of the ADE20K benchmark (Zhou et al., arXiv 1608.05442); the colours are those of its
`color150`. GLIGEN's semantic files count as the dataset's annotations do: class 0 is unlabelled,
the first row here is class 1.
"""

from typing import NamedTuple


class SemanticClass(NamedTuple):
    """colour: red, green, blue, 0..255"""

    name: str
    colour: tuple[int, int, int]


UNLABELLED = 0  # class number; painted black

CLASSES = (
    SemanticClass("wall", (120, 120, 120)),  # 1
    SemanticClass("building", (180, 120, 120)),  # 2
    SemanticClass("sky", (6, 230, 230)),  # 3
    SemanticClass("floor", (80, 50, 50)),  # 4
    SemanticClass("tree", (4, 200, 3)),  # 5
    SemanticClass("ceiling", (120, 120, 80)),  # 6
    SemanticClass("road", (140, 140, 140)),  # 7
    SemanticClass("bed", (204, 5, 255)),  # 8
    SemanticClass("windowpane", (230, 230, 230)),  # 9
    SemanticClass("grass", (4, 250, 7)),  # 10
    SemanticClass("cabinet", (224, 5, 255)),  # 11
    SemanticClass("sidewalk", (235, 255, 7)),  # 12
    SemanticClass("person", (150, 5, 61)),  # 13
    SemanticClass("earth", (120, 120, 70)),  # 14
    SemanticClass("door", (8, 255, 51)),  # 15
    SemanticClass("table", (255, 6, 82)),  # 16
    SemanticClass("mountain", (143, 255, 140)),  # 17
    SemanticClass("plant", (204, 255, 4)),  # 18
    SemanticClass("curtain", (255, 51, 7)),  # 19
    SemanticClass("chair", (204, 70, 3)),  # 20
    SemanticClass("car", (0, 102, 200)),  # 21
    SemanticClass("water", (61, 230, 250)),  # 22
    SemanticClass("painting", (255, 6, 51)),  # 23
    SemanticClass("sofa", (11, 102, 255)),  # 24
    SemanticClass("shelf", (255, 7, 71)),  # 25
    SemanticClass("house", (255, 9, 224)),  # 26
    SemanticClass("sea", (9, 7, 230)),  # 27
    SemanticClass("mirror", (220, 220, 220)),  # 28
    SemanticClass("rug", (255, 9, 92)),  # 29
    SemanticClass("field", (112, 9, 255)),  # 30
    SemanticClass("armchair", (8, 255, 214)),  # 31
    SemanticClass("seat", (7, 255, 224)),  # 32
    SemanticClass("fence", (255, 184, 6)),  # 33
    SemanticClass("desk", (10, 255, 71)),  # 34
    SemanticClass("rock", (255, 41, 10)),  # 35
    SemanticClass("wardrobe", (7, 255, 255)),  # 36
    SemanticClass("lamp", (224, 255, 8)),  # 37
    SemanticClass("bathtub", (102, 8, 255)),  # 38
    SemanticClass("railing", (255, 61, 6)),  # 39
    SemanticClass("cushion", (255, 194, 7)),  # 40
    SemanticClass("base", (255, 122, 8)),  # 41
    SemanticClass("box", (0, 255, 20)),  # 42
    SemanticClass("column", (255, 8, 41)),  # 43
    SemanticClass("signboard", (255, 5, 153)),  # 44
    SemanticClass("chest of drawers", (6, 51, 255)),  # 45
    SemanticClass("counter", (235, 12, 255)),  # 46
    SemanticClass("sand", (160, 150, 20)),  # 47
    SemanticClass("sink", (0, 163, 255)),  # 48
    SemanticClass("skyscraper", (140, 140, 140)),  # 49
    SemanticClass("fireplace", (250, 10, 15)),  # 50
    SemanticClass("refrigerator", (20, 255, 0)),  # 51
    SemanticClass("grandstand", (31, 255, 0)),  # 52
    SemanticClass("path", (255, 31, 0)),  # 53
    SemanticClass("stairs", (255, 224, 0)),  # 54
    SemanticClass("runway", (153, 255, 0)),  # 55
    SemanticClass("case", (0, 0, 255)),  # 56
    SemanticClass("pool table", (255, 71, 0)),  # 57
    SemanticClass("pillow", (0, 235, 255)),  # 58
    SemanticClass("screen door", (0, 173, 255)),  # 59
    SemanticClass("stairway", (31, 0, 255)),  # 60
    SemanticClass("river", (11, 200, 200)),  # 61
    SemanticClass("bridge", (255, 82, 0)),  # 62
    SemanticClass("bookcase", (0, 255, 245)),  # 63
    SemanticClass("blind", (0, 61, 255)),  # 64
    SemanticClass("coffee table", (0, 255, 112)),  # 65
    SemanticClass("toilet", (0, 255, 133)),  # 66
    SemanticClass("flower", (255, 0, 0)),  # 67
    SemanticClass("book", (255, 163, 0)),  # 68
    SemanticClass("hill", (255, 102, 0)),  # 69
    SemanticClass("bench", (194, 255, 0)),  # 70
    SemanticClass("countertop", (0, 143, 255)),  # 71
    SemanticClass("stove", (51, 255, 0)),  # 72
    SemanticClass("palm", (0, 82, 255)),  # 73
    SemanticClass("kitchen island", (0, 255, 41)),  # 74
    SemanticClass("computer", (0, 255, 173)),  # 75
    SemanticClass("swivel chair", (10, 0, 255)),  # 76
    SemanticClass("boat", (173, 255, 0)),  # 77
    SemanticClass("bar", (0, 255, 153)),  # 78
    SemanticClass("arcade machine", (255, 92, 0)),  # 79
    SemanticClass("hovel", (255, 0, 255)),  # 80
    SemanticClass("bus", (255, 0, 245)),  # 81
    SemanticClass("towel", (255, 0, 102)),  # 82
    SemanticClass("light", (255, 173, 0)),  # 83
    SemanticClass("truck", (255, 0, 20)),  # 84
    SemanticClass("tower", (255, 184, 184)),  # 85
    SemanticClass("chandelier", (0, 31, 255)),  # 86
    SemanticClass("awning", (0, 255, 61)),  # 87
    SemanticClass("streetlight", (0, 71, 255)),  # 88
    SemanticClass("booth", (255, 0, 204)),  # 89
    SemanticClass("television receiver", (0, 255, 194)),  # 90
    SemanticClass("airplane", (0, 255, 82)),  # 91
    SemanticClass("dirt track", (0, 10, 255)),  # 92
    SemanticClass("apparel", (0, 112, 255)),  # 93
    SemanticClass("pole", (51, 0, 255)),  # 94
    SemanticClass("land", (0, 194, 255)),  # 95
    SemanticClass("bannister", (0, 122, 255)),  # 96
    SemanticClass("escalator", (0, 255, 163)),  # 97
    SemanticClass("ottoman", (255, 153, 0)),  # 98
    SemanticClass("bottle", (0, 255, 10)),  # 99
    SemanticClass("buffet", (255, 112, 0)),  # 100
    SemanticClass("poster", (143, 255, 0)),  # 101
    SemanticClass("stage", (82, 0, 255)),  # 102
    SemanticClass("van", (163, 255, 0)),  # 103
    SemanticClass("ship", (255, 235, 0)),  # 104
    SemanticClass("fountain", (8, 184, 170)),  # 105
    SemanticClass("conveyer belt", (133, 0, 255)),  # 106
    SemanticClass("canopy", (0, 255, 92)),  # 107
    SemanticClass("washer", (184, 0, 255)),  # 108
    SemanticClass("plaything", (255, 0, 31)),  # 109
    SemanticClass("swimming pool", (0, 184, 255)),  # 110
    SemanticClass("stool", (0, 214, 255)),  # 111
    SemanticClass("barrel", (255, 0, 112)),  # 112
    SemanticClass("basket", (92, 255, 0)),  # 113
    SemanticClass("waterfall", (0, 224, 255)),  # 114
    SemanticClass("tent", (112, 224, 255)),  # 115
    SemanticClass("bag", (70, 184, 160)),  # 116
    SemanticClass("minibike", (163, 0, 255)),  # 117
    SemanticClass("cradle", (153, 0, 255)),  # 118
    SemanticClass("oven", (71, 255, 0)),  # 119
    SemanticClass("ball", (255, 0, 163)),  # 120
    SemanticClass("food", (255, 204, 0)),  # 121
    SemanticClass("step", (255, 0, 143)),  # 122
    SemanticClass("tank", (0, 255, 235)),  # 123
    SemanticClass("trade name", (133, 255, 0)),  # 124
    SemanticClass("microwave", (255, 0, 235)),  # 125
    SemanticClass("pot", (245, 0, 255)),  # 126
    SemanticClass("animal", (255, 0, 122)),  # 127
    SemanticClass("bicycle", (255, 245, 0)),  # 128
    SemanticClass("lake", (10, 190, 212)),  # 129
    SemanticClass("dishwasher", (214, 255, 0)),  # 130
    SemanticClass("screen", (0, 204, 255)),  # 131
    SemanticClass("blanket", (20, 0, 255)),  # 132
    SemanticClass("sculpture", (255, 255, 0)),  # 133
    SemanticClass("hood", (0, 153, 255)),  # 134
    SemanticClass("sconce", (0, 41, 255)),  # 135
    SemanticClass("vase", (0, 255, 204)),  # 136
    SemanticClass("traffic light", (41, 0, 255)),  # 137
    SemanticClass("tray", (41, 255, 0)),  # 138
    SemanticClass("ashcan", (173, 0, 255)),  # 139
    SemanticClass("fan", (0, 245, 255)),  # 140
    SemanticClass("pier", (71, 0, 255)),  # 141
    SemanticClass("crt screen", (122, 0, 255)),  # 142
    SemanticClass("plate", (0, 255, 184)),  # 143
    SemanticClass("monitor", (0, 92, 255)),  # 144
    SemanticClass("bulletin board", (184, 255, 0)),  # 145
    SemanticClass("shower", (0, 133, 255)),  # 146
    SemanticClass("radiator", (255, 214, 0)),  # 147
    SemanticClass("glass", (25, 194, 194)),  # 148
    SemanticClass("clock", (102, 255, 0)),  # 149
    SemanticClass("flag", (92, 0, 255)),  # 150
)
assert len(CLASSES) == 150

# The palette gives this grey to two classes; the road, far the commoner, has it here.
AMBIGUOUS_COLOUR = (140, 140, 140)
READ_AS, NOT_AS = "road", "skyscraper"
assert {c.name for c in CLASSES if c.colour == AMBIGUOUS_COLOUR} == {READ_AS, NOT_AS}
