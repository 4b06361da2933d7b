import numpy as np
import pytest
from PIL import Image

from gligen_core.draw import PAPER, draw_layout, entity_colour
from gligen_core.geometry import Box
from gligen_core.layout import Entity, Layout, Pose
from gligen_core.skeletons import Joint

BALL = Entity("ball", Box(0.25, 0.25, 0.75, 0.75), "a red ball")


def coloured(picture, colour):
    """Where the picture has exactly that colour: h w, boolean."""
    return (np.asarray(picture) == colour).all(axis=-1)


def test_a_box_is_drawn_on_its_own_edges():
    picture = draw_layout(Layout((BALL,), width=800, height=600))
    assert picture.size == (800, 600)
    line = coloured(picture, entity_colour("ball"))
    assert np.flatnonzero(line[300]).tolist() == [200, 201, 202, 597, 598, 599]
    assert np.flatnonzero(line[:, 500]).tolist() == [150, 151, 152, 447, 448, 449]
    assert picture.getpixel((400, 300)) == PAPER


def test_the_picture_shows_through_and_is_left_alone():
    photo = Image.new("RGB", (600, 600), (1, 2, 3))
    drawn = draw_layout(Layout((BALL,)), photo)
    assert drawn.getpixel((300, 300)) == (1, 2, 3)
    assert not coloured(photo, entity_colour("ball")).any()


def test_a_small_picture_is_enlarged_until_text_can_be_read():
    drawn = draw_layout(Layout((BALL,)), Image.new("RGB", (192, 128), (0, 0, 0)))
    assert drawn.size == (768, 512)


def test_found_boxes_are_dashed():
    nowhere = draw_layout(Layout((BALL,)), found=[None])
    drawn = draw_layout(Layout((BALL,)), found=[Box(0.5, 0.5, 1.0, 1.0)])
    added = coloured(drawn, entity_colour("ball")) & ~coloured(nowhere, entity_colour("ball"))
    rows, columns = np.nonzero(added)
    assert (columns.min(), columns.max(), rows.max()) == (256, 511, 511)
    assert 0.3 < added[511, 256:].mean() < 0.7


def test_found_boxes_must_fit_the_entities():
    with pytest.raises(ValueError, match="2 found boxes for 1 entities"):
        draw_layout(Layout((BALL,)), found=[None, None])


def test_a_colour_belongs_to_the_id():
    ids = [f"e{n}" for n in range(1, 9)]
    assert len({entity_colour(id_) for id_ in ids}) == 8
    for colour in map(entity_colour, ids):  # white text stays readable
        red, green, blue = (channel / 255 for channel in colour)
        assert 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2 < 0.6


@pytest.mark.parametrize(
    "text", ["", "two\nlines\tand more", "long " * 2_000, "ein Bär, 猫, 🐈"], ids=repr
)
@pytest.mark.parametrize(
    "box", [Box(0, 0, 0.001, 0.001), Box(0.999, 0.999, 1, 1), Box(0, 0, 1, 1)], ids=str
)
def test_any_phrase_in_any_corner_can_be_drawn(text, box):
    drawn = draw_layout(Layout((Entity("a", box, text, image=0),)))
    assert coloured(drawn, entity_colour("a")).any()


def test_labels_stay_on_the_picture():
    drawn = draw_layout(Layout((Entity("a", Box(0.99, 0.99, 1, 1), "a red ball"),)))
    rows, columns = np.nonzero(coloured(drawn, entity_colour("a")))
    assert columns.max() - columns.min() > 60
    assert rows.max() - rows.min() > 10


def test_a_pose_is_drawn_without_its_missing_joints():
    joints = [Joint(0.1 + 0.05 * n, 0.5) for n in range(16)]
    drawn = draw_layout(Layout(poses=(Pose("p", (*joints, Joint(0.5, 0.05, 0))),)))
    rows, columns = np.nonzero(coloured(drawn, entity_colour("p")))
    assert abs(rows - 256).max() < 10
    assert 40 < columns.min() < 55
