"""The detector and the pose reader: targets, reading and judging fit together."""

import torch

from gligen_core.demo.chance import chance_of
from gligen_core.demo.drawings import COLOUR_NAMES, items_of, random_scenes
from gligen_core.demo.parts.detector import Maps, find
from gligen_core.demo.parts.pose_reader import PoseReader
from gligen_core.demo.stages.detector import detector_loss, judge, targets
from gligen_core.demo.stages.held_out import CASES, _row
from gligen_core.demo.stages.pose_reader import persons
from gligen_core.demo.world.random_scene import Choice

SIZE = (128, 128)


def scenes(count=4, **choice):
    return random_scenes(chance_of(0, "test", 0), count, Choice(**choice), SIZE)


def perfect_maps(items):
    """What a perfect detector would say: certain at the centres, exact boxes and colours."""
    target, owner = targets(items, (32, 32))
    centre = torch.where(target == 1, 9.0, -9.0)
    sides = torch.ones(len(owner), 4, 32, 32)
    colour = torch.zeros(len(owner), len(COLOUR_NAMES), 32, 32)
    for row, line, column in (owner >= 0).nonzero().tolist():
        slot = owner[row, line, column]
        x0, y0, x1, y1 = (items.boxes[row, slot] * 128).tolist()
        x, y = 4 * column + 2, 4 * line + 2
        sides[row, :, line, column] = torch.tensor((x - x0, y - y0, x1 - x, y1 - y))
        colour[row, max(int(items.colour[row, slot]), 0), line, column] = 9.0
    return Maps(centre, sides, colour)


def test_the_detectors_targets_and_its_reading_fit_together():
    items = items_of(scenes(16, overlaps=False))
    maps = perfect_maps(items)
    for row, found in enumerate(find(maps)):
        total, placed, named, coloured = judge(found, items, row)
        assert total == placed == named == coloured == int(items.present[row].sum())
    assert detector_loss(maps, items) < 0.05


def test_reports_that_are_too_many_count_against_the_detector():
    items = items_of(scenes(1, most=1))
    (found,) = find(perfect_maps(items))
    twice = type(found)(*(torch.cat((values, values)) for values in found))
    assert judge(twice, items, 0)[0] == 2 * judge(found, items, 0)[0]


def test_persons_are_cut_out_with_their_joints():
    drawn, places = persons(chance_of(0, "test", 0), 6, shake=0.0)
    assert drawn.shape == (6, 3, 64, 64) and places.shape == (6, 17, 2)
    assert 0 < places.min() and places.max() < 1
    again, _ = persons(chance_of(0, "test", 0), 6, shake=0.0)
    assert torch.equal(drawn, again)


def test_a_pose_reader_learns_one_person_by_heart():
    torch.manual_seed(0)
    reader = PoseReader()
    drawn, places = persons(chance_of(0, "test", 0), 1, shake=0.0)
    optimizer = torch.optim.AdamW(reader.parameters(), lr=2e-3)
    for _ in range(60):
        loss = (reader(drawn) - places).abs().mean()
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    assert loss < 0.05


def test_a_perfect_report_is_wholly_obeyed_and_none_not_at_all():
    items = items_of(scenes(4, overlaps=False))
    for row, found in enumerate(find(perfect_maps(items))):
        assert (_row(found, items, row) > 0.999).all()
        nothing = type(found)(*(values[:0] for values in found))
        assert not _row(nothing, items, row).any()


def test_the_sizes_of_held_out_layouts_are_the_ones_asked_for():
    small = next(case for case in CASES if case.name == "sides of .10 to .15")
    few = random_scenes(chance_of(1, "test", 0), 50, small.choice, small.size)
    sides = [max(item.box.width, item.box.height) for scene in few for item in scene.items]
    assert 0.099 < min(sides) and max(sides) < 0.2 and sum(sides) / len(sides) < 0.15
