"""Old graphs: the stock nodes' boxes, and KJNodes' dead batch entries, sampled by ours."""

import json

import pytest
import torch
from studio import BOXES, LATENT, PHRASES, close, differ

SIDE = 8 * LATENT


@pytest.fixture
def read(pack):
    node = pack("nodes.stock").LayoutFromStockGligen

    def read(conditioning, gligen, phrases=""):
        return node.execute(conditioning, gligen, SIDE, SIDE, phrases).result

    return read


def stock_positive(studio, conditioning):
    """The conditioning with the studio's boxes, by the stock nodes."""
    (gligen,) = studio.nodes.GLIGENLoader().load_gligen("tiny.safetensors")
    for box, phrase in zip(BOXES, PHRASES, strict=True):
        x0, y0, x1, y1 = (int(SIDE * value) for value in box)
        (conditioning,) = studio.nodes.GLIGENTextBoxApply().append(
            conditioning, studio.clip, gligen, phrase, x1 - x0, y1 - y0, x0, y0
        )
    return conditioning


def kj_positive(studio, conditioning, centres, width=32, height=32):
    """What KJNodes' GLIGENTextBoxApplyBatchCoords leaves: a list for each picture."""
    (gligen,) = studio.nodes.GLIGENLoader().load_gligen("tiny.safetensors")
    _, pooled = studio.clip.encode_from_tokens(
        studio.clip.tokenize(PHRASES[0]), return_pooled="unprojected"
    )
    batch = [
        [(pooled, height // 8, width // 8, (y - height // 2) // 8, (x - width // 2) // 8)]
        for x, y in centres
    ]
    return [
        [text, options | {"gligen": ("position_batched", gligen, batch)}]
        for text, options in conditioning
    ]


def test_the_boxes_come_back_and_the_conditioning_is_clean(studio, read):
    text = studio.text("a photo")
    grounding, clean, layout = read(stock_positive(studio, text), studio.gligen, "\n".join(PHRASES))
    assert [(e.text, e.box.as_tuple()) for e in layout.entities] == list(
        zip(PHRASES, BOXES, strict=True)
    )
    assert "gligen" not in clean[0][1] and torch.equal(clean[0][0], text[0][0])
    ours = studio.ground()
    assert torch.equal(grounding.inputs.boxes, ours.inputs.boxes)
    assert close(grounding.inputs.text, ours.inputs.text)


def test_an_old_graph_gives_its_old_picture_through_our_nodes(studio, read):
    text, negative = studio.text("a photo"), studio.text("blurred")
    old = stock_positive(studio, text)
    stock = studio.ksampler(studio.model, old, negative)
    grounding, clean, _ = read(old, studio.gligen)
    ours = studio.apply(
        positive=clean,
        negative=negative,
        grounding=grounding,
        negative_grounding="same as positive",
    )
    assert close(studio.ksampler(*ours), stock)


def test_an_old_graph_gains_one_batch_null_tokens_and_the_gate(studio, read):
    text, negative = studio.text("a photo"), studio.text("blurred")
    old = stock_positive(studio, text)
    watched, before = studio.watched(studio.model)
    stock = studio.ksampler(watched, old, negative)
    grounding, clean, _ = read(old, studio.gligen)
    model, *sides = studio.apply(
        positive=clean, negative=negative, grounding=grounding, gate=studio.phases(0.5)
    )
    watched, after = studio.watched(model)
    ours = studio.ksampler(watched, *sides)
    assert len(before) == 2 * len(after)  # stock takes the sides of the guidance one by one
    assert [bool(forward.fusing) for forward in after] == [True, True, False, False]
    assert differ(ours, stock)


def test_kjnodes_dead_batches_work(studio, read, pack):
    centres = [(16, 32), (32, 32), (48, 32)]
    text = studio.text("a photo")
    grounding, clean, layouts = read(kj_positive(studio, text, centres), studio.gligen)
    x0 = [layout.entities[0].box.x0 for layout in layouts.layouts]
    assert x0 == [0, 0.25, 0.5]
    applied = studio.apply(positive=clean, grounding=grounding)
    pictures = studio.ksampler(*applied, latent=studio.latent(3))
    ground = pack("nodes.ground").Ground
    named = layouts.map(
        lambda x: x.with_entities(type(e)(e.id, e.box, PHRASES[0]) for e in x.entities)
    )
    by_layout = ground.execute(studio.gligen, clip=studio.clip, layout=named)[0]
    expected = studio.ksampler(
        *studio.apply(positive=text, grounding=by_layout), latent=studio.latent(3)
    )
    assert close(pictures, expected)


@pytest.mark.parametrize(
    "change, says",
    [
        (lambda c: [[t, {}] for t, _ in c], "nothing on this conditioning"),
        (lambda c: [[t, {"gligen": ("elsewhere", None, [])}] for t, _ in c], "no entry of"),
        (lambda c: [[t, {"gligen": ("position", None, [(1, 2)])}] for t, _ in c], "box 1: .*four"),
        (
            lambda c: [*c, [c[0][0], {"gligen": ("position", None, [])}]],
            "parts of this conditioning have different boxes",
        ),
    ],
)
def test_what_is_no_old_graph_is_refused(studio, read, refusal, change, says):
    old = stock_positive(studio, studio.text("a photo"))
    with pytest.raises(refusal, match=rf"^GLIGEN Layout From Stock Nodes: .*{says}"):
        read(change(old), studio.gligen)


def test_features_of_another_clip_are_refused(studio, read, refusal):
    narrow = [[None, {"gligen": ("position", None, [(torch.zeros(1, 64), 4, 4, 0, 0)])}]]
    with pytest.raises(refusal, match=r"CLIP features 64 wide; tiny\.safetensors .* 768.*ViT-L/14"):
        read(narrow, studio.gligen)


LOOP: list = ["position", None, []]
LOOP[2].append(LOOP)
ENTRY = ("position", None, [(torch.zeros(1, 64), 4, 4, 0, 0)])


@pytest.mark.parametrize(
    "conditioning",
    [
        *(
            None,
            3,
            "text",
            [],
            [None],
            [[]],
            [3],
            ["ab"],
            [[None]],
            [[None, None]],
            [[None, {}, 3]],
        ),
        *([{"gligen": ENTRY}], [[None, {"gligen": None}]], [[None, {"gligen": "position"}]]),
        [[None, {"gligen": ("position", None, None)}]],
        [[None, {"gligen": ("position", None, [None])}]],
        [[None, {"gligen": ("position", None, [()])}]],
        [[None, {"gligen": ("position", None, [(None, 4, 4, 0, 0)])}]],
        [[None, {"gligen": ("position", None, [(torch.tensor(1.0), 4, 4, 0, 0)])}]],
        [[None, {"gligen": ("position", None, [(torch.zeros(1, 64), 4, float("nan"), 0, 0)])}]],
        [[None, {"gligen": ("position", None, [(torch.zeros(1, 64), 10**400, 4, 0, 0)])}]],
        [[None, {"gligen": ("position", None, [(torch.zeros(1, 64), torch.zeros(2), 4, 0, 0)])}]],
        [[None, {"gligen": ("position", None, [(torch.zeros(1, 3), 4, 4, 0, 0)])}]],
        [[None, {"gligen": ("position_batched", None, [3])}]],
        [[None, {"gligen": ("position_batched", None, [])}]],
        [[None, {"gligen": LOOP}], [None, {"gligen": LOOP}]],
        [[None, {"gligen": ("\ud800", None, [])}]],
    ],
    ids=range(27),
)
def test_a_malformed_conditioning_is_refused_in_words(studio, read, refusal, conditioning):
    with pytest.raises(refusal) as refused:
        read(conditioning, studio.gligen)
    assert str(refused.value).encode() and len(str(refused.value)) < 600


def test_zero_is_the_latents_own_size(studio, pack):
    node = pack("nodes.stock").LayoutFromStockGligen
    text, negative = studio.text("a photo"), studio.text("blurred")
    old = stock_positive(studio, text)
    told = node.execute(old, studio.gligen, SIDE, SIDE, "").result
    own = node.execute(old, studio.gligen, 0, 0, "").result
    pictures = [
        studio.ksampler(*studio.apply(positive=clean, negative=negative, grounding=grounding))
        for grounding, clean, _ in (told, own)
    ]
    assert close(*pictures)
    assert (own[2].width, own[2].height) == (512, 512)  # shown on a canvas that holds them


def test_phrases_come_out_of_the_old_graph_where_it_is_pasted(studio, pack):
    graph = {
        str(number): {
            "class_type": "GLIGENTextBoxApply",
            "inputs": {"text": phrase, "width": 8, "height": 8, "x": 0, "y": 0},
        }
        for number, phrase in enumerate(PHRASES)
    }
    old = stock_positive(studio, studio.text("a photo"))
    node = pack("nodes.stock").LayoutFromStockGligen
    layout = node.execute(old, studio.gligen, 0, 0, json.dumps(graph)).result[2]
    assert [entity.text for entity in layout.entities] == list(PHRASES)
