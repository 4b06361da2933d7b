"""Every template for Stable Diffusion runs in the host, from its files to its picture.

Small networks with random weights take the place of the files, and pictures are 64 pixels wide;
nodes, links and values are the template's own. The demo's templates run with their own weights in
test_layout_server and test_demo_command.
"""

import inspect
import json
import shutil
from pathlib import Path

import pytest
import torch
from modes import SIDE_PX
from safetensors.torch import load_file
from studio import CONTEXT

from devtools.templates.published import OFFICIAL_SUFFIX

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = sorted((CHECKOUT / "example_workflows" / "api").glob("sd*.json"))
PICTURES = sorted((CHECKOUT / "example_workflows" / "input").glob("*.png"))
PROJECTION = CHECKOUT / "tests" / "fixtures" / "clip_text_projection.safetensors"
MODES = {"text-box": "text_box", "text-image-box": "text_image_box"}
STEPS = 2
SHRINK = 512 // SIDE_PX  # of the old nodes' boxes, which are in pixels


@pytest.fixture(scope="module")
def input_folder(host):
    """The pack's example pictures, where this host looks for pictures."""
    folder = Path(host("folder_paths").get_input_directory())
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        shutil.copy(picture, folder)
    yield folder
    for picture in PICTURES:
        (folder / picture.name).unlink()


@pytest.fixture(scope="module")
def clip(studio):
    """A CLIP that carries a text projection, as clip_l.safetensors does."""
    clip = studio.new_clip(CONTEXT)
    projection = load_file(PROJECTION)["text_projection.weight"].float()
    clip.cond_stage_model.clip_l.transformer.text_projection.weight.copy_(projection)
    return clip


@pytest.fixture(scope="module")
def vae(host):
    """The host's VAE around its small autoencoder, random weights."""
    generator = torch.Generator().manual_seed(0)
    weights = {  # the host leaves new ones as memory was
        name: torch.randn(weight.shape, generator=generator) * 0.1
        for name, weight in host("comfy.taesd.taesd").TAESD().state_dict().items()
    }
    weights |= {"vae_scale": torch.tensor(1.0), "vae_shift": torch.tensor(0.0)}
    return host("comfy.sd").VAE(sd=weights)


@pytest.fixture(scope="module")
def host_nodes(host, pack):
    """The host's nodes, and those of its own extras that examples use."""
    found = dict(host("nodes").NODE_CLASS_MAPPINGS)
    for extras in ("canny", "custom_sampler", "post_processing", "primitive"):
        module = host(f"comfy_extras.nodes_{extras}")
        found |= getattr(module, "NODE_CLASS_MAPPINGS", {})
        found |= {
            node.GET_SCHEMA().node_id: node
            for node in vars(module).values()
            if inspect.isclass(node)
            and hasattr(node, "define_schema")
            and node.__module__ == module.__name__
        }
    return found


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
@torch.inference_mode()
def test_an_example_runs_to_its_picture(
    studio, modes, families, clip, vae, host_nodes, input_folder, file
):
    prompt = json.loads(file.read_text(encoding="utf-8"))
    parts = {
        "CheckpointLoaderSimple": lambda inputs: (studio.model, studio.clip, vae),
        "CLIPLoader": lambda inputs: (clip,),
        "CLIPVisionLoader": lambda inputs: (modes.vision(),),
        "GLIGENLoader": lambda inputs: studio.nodes.GLIGENLoader().load_gligen("tiny.safetensors"),
        "GLIGEN_Load": lambda inputs: (modes.gligen(*mode_of(inputs["gligen_name"])),),
    }
    if file.stem.startswith("sdxl"):
        xl = families["SDXL"]
        parts["CheckpointLoaderSimple"] = lambda inputs: (xl.model, xl.clip, vae)
        parts["GLIGEN_Load"] = lambda inputs: (xl.gligen,)
    made = {}
    for node_id in in_order(prompt):
        node = prompt[node_id]
        inputs = {
            name: made[value[0]][value[1]]
            if isinstance(value, list)
            else small(node["class_type"], name, value)
            for name, value in node["inputs"].items()
        }
        make = parts.get(node["class_type"])
        made[node_id] = make(inputs) if make else run(host_nodes[node["class_type"]], inputs)
    pictures = [made[id_][0] for id_, node in prompt.items() if node["class_type"] == "VAEDecode"]
    assert [picture.shape[1:] for picture in pictures] == [(SIDE_PX, SIDE_PX, 3)]
    assert torch.isfinite(pictures[0]).all()


def small(class_type, name, value):
    """The template's value; sides of pictures, boxes in pixels and the steps made small."""
    if class_type == "GLIGEN_Layout" and name == "layout":
        return json.dumps(json.loads(value) | {"width": SIDE_PX, "height": SIDE_PX})
    if class_type == "GLIGENTextBoxApply" and isinstance(value, int):
        return value // SHRINK
    return {"width": SIDE_PX, "height": SIDE_PX, "steps": STEPS}.get(name, value)


def mode_of(name):
    """A published file's name -> mode, inpainting or not"""
    published = name.removeprefix("gligen-generation-").removeprefix("gligen-inpainting-")
    mode = published.removesuffix(OFFICIAL_SUFFIX)
    return MODES.get(mode, mode if name != mode else "text_box"), "inpainting" in name


def run(node, inputs):
    """The outputs of a node of either API."""
    if hasattr(node, "define_schema"):
        return node.execute(**inputs).result
    answer = getattr(node(), node.FUNCTION)(**inputs)
    return answer["result"] if isinstance(answer, dict) and "result" in answer else answer


def in_order(prompt):
    """Node ids, each behind those that it is linked to."""
    done = []
    while len(done) < len(prompt):
        ready = [
            id_
            for id_, node in prompt.items()
            if id_ not in done
            and all(v[0] in done for v in node["inputs"].values() if isinstance(v, list))
        ]
        assert ready, "the links run in a circle"
        done += ready
    return done
