"""What does not fit is refused where it is wired, with both sides and the remedy named."""

import pytest

SD2 = 1024


@pytest.fixture
def errors(pack):
    return pack("gligen_core.errors").GligenError


def test_a_gligen_of_other_widths_names_both_sides(studio, errors):
    widths = {block: 2 * width for block, width in studio.block_widths().items()}
    studio.save_gligen("wide.safetensors", seed=1, widths=widths)
    grounding = studio.ground(gligen=studio.load("wide.safetensors"))
    with pytest.raises(errors) as refused:
        studio.apply(grounding=grounding)
    text = str(refused.value)
    assert "wide.safetensors is for SD1.x (context 768)" in text
    assert "this MODEL is TinyConfig (context 768)" in text
    assert "input.1.0 the fuser is 64 wide (context 768), the MODEL has 32 (context 768)" in text


def test_a_gligen_for_another_text_width_is_told_apart_though_its_rows_fit(studio, errors):
    # SD1.x and SD2.x have the same widths inside; only the context differs.
    config = studio.config.__class__(32, (1, 2), (1, 1), (1, 1), 4, SD2)
    with pytest.raises(errors, match=r"SD1.x \(context 768\); this MODEL .* \(context 1024\)"):
        studio.apply(studio.new_model(config))


def test_a_gligen_with_more_blocks_than_the_model_says_which(studio, errors):
    config = studio.config.__class__(32, (1, 2), (1, 1), (0, 1), 4, 768)
    with pytest.raises(errors, match=r"block input\.1\.0 .* the MODEL has no such block"):
        studio.apply(studio.new_model(config))


def test_a_gligen_with_fewer_blocks_than_the_model_fits(studio):
    widths = dict(list(studio.block_widths().items())[:3])
    studio.save_gligen("few.safetensors", seed=1, widths=widths)
    gligen = studio.load("few.safetensors")
    grounded = studio.apply(grounding=studio.ground(gligen=gligen))
    model, calls = studio.watched(grounded[0])
    assert studio.ksampler(model, *grounded[1:]).isfinite().all()
    assert all(set(call.fusing[0][2]) == set(gligen.model.blocks) for call in calls)


def test_a_model_without_sds_unet_is_named(studio, host, pack, errors):
    flux = host("comfy.supported_models").Flux(
        {
            "image_model": "flux", "in_channels": 16, "out_channels": 16, "patch_size": 2,
            "vec_in_dim": 64, "context_in_dim": 64, "hidden_size": 64, "mlp_ratio": 4.0,
            "num_heads": 4, "depth": 1, "depth_single_blocks": 1, "axes_dim": [4, 6, 6],
            "theta": 10000, "qkv_bias": True, "guidance_embed": False,
        }
    )  # fmt: skip
    model = host("comfy.model_patcher").ModelPatcher(flux.get_model({}, ""), "cpu", "cpu")
    with pytest.raises(errors, match=r"this MODEL \(Flux\) has no Stable Diffusion UNet"):
        studio.apply(model)


def test_a_missing_clip_is_named_with_what_is_needed(studio, pack, errors):
    ground = pack("nodes.ground").Ground
    with pytest.raises(errors, match=r'"CLIP" \(clip\) is not connected.*CLIP ViT-L/14'):
        ground.execute(studio.gligen, None, studio.layout())


def test_a_clip_of_another_width_is_named_with_both(studio, pack, errors):
    ground = pack("nodes.ground").Ground
    with pytest.raises(errors) as refused:
        ground.execute(studio.gligen, studio.new_clip(SD2), studio.layout())
    assert "1024 wide (OpenCLIP ViT-H/14, the text encoder of SD2.x)" in str(refused.value)
    assert "tiny.safetensors was trained with 768" in str(refused.value)


def test_a_missing_layout_is_named(studio, pack, errors):
    with pytest.raises(errors, match='"layout" is not connected'):
        pack("nodes.ground").Ground.execute(studio.gligen, studio.clip)


def test_more_objects_than_the_checkpoint_takes(studio, pack, errors):
    ground = pack("nodes.ground").Ground
    boxes = [(0.0, 0.0, (n + 1) / 31, 1.0) for n in range(31)]
    layout = studio.layout(boxes, [f"thing {n}" for n in range(31)])
    with pytest.raises(errors, match=r"31 objects.*takes 30.*'thing 0'.*'keep largest'"):
        ground.execute(studio.gligen, studio.clip, layout)
    kept = ground.execute(studio.gligen, studio.clip, layout, "keep largest")[0].inputs
    assert float(kept.present.sum()) == 30
    assert kept.boxes[0, 0].tolist() == pytest.approx([0, 0, 2 / 31, 1])


def test_an_entity_without_a_phrase_is_named(studio, pack, errors):
    layout = pack("gligen_core.layout")
    box = pack("gligen_core.geometry").Box(0, 0, 1, 1)
    picture = layout.Layout((layout.Entity(id="cat", box=box, image=0),))
    with pytest.raises(errors, match="entity 'cat' has no text"):
        pack("nodes.ground").Ground.execute(studio.gligen, studio.clip, picture)
