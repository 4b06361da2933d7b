"""Every workflow ever shipped fits the nodes of today, in both of its forms.

What was shipped once is kept in tests/fixtures/host/workflows, and stays tested.
"""

import json
from pathlib import Path

import pytest

from devtools.templates.published import FILES as PUBLISHED
from devtools.templates.published import OFFICIAL_SUFFIX
from devtools.templates.tour import TOUR
from gligen_core.modalities import MODALITIES

CHECKOUT = Path(__file__).parents[2]
EXAMPLES = CHECKOUT / "example_workflows"
TEMPLATES = sorted(EXAMPLES.glob("*.json"))
SHIPPED = [*TEMPLATES, *sorted((CHECKOUT / "tests/fixtures/host/workflows").glob("*.json"))]
# The demo's weights come with the pack; whoever has a graph of stock nodes has its files.
AT_HAND = ("demo_", "sd15_stock_")
NOTES = {"Note", "MarkdownNote"}
# What is there differs from machine to machine; a picture comes with every ComfyUI.
WEIGHTS = {"ckpt_name", "clip_name", "gligen_name"}
FILES = WEIGHTS | {"image"}
OFFICIAL = {"sem": "sem", "text_box": "text-box", "text_image_box": "text-image-box"}
CONTROLLED = {"seed", "noise_seed"}  # followed by "control after generate" in the browser
WIDGETS = {"INT", "FLOAT", "STRING", "BOOLEAN", "COMBO"}


def read(file):
    return json.loads(file.read_text(encoding="utf-8"))


def api_file(file):
    """A template says which is its form for the API; a workflow of old has one of its own name."""
    return file.parent / read(file)["extra"].get("api", f"api/{file.name}")


def api_form(file):
    return read(api_file(file))


TO_FETCH = [file for file in SHIPPED if not api_file(file).stem.startswith(AT_HAND)]


@pytest.fixture(scope="module")
def info(server):
    return server.get("/object_info")


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_api_form_fits_the_nodes(info, file):
    assert list(mistakes(api_form(file), info)) == []


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_browsers_form_says_the_same(info, file):
    expected = {
        node_id: {"class_type": node["class_type"], "inputs": node["inputs"]}
        for node_id, node in api_form(file).items()
    }
    assert as_api(read(file), info) == expected


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_the_browsers_form_is_laid_out_and_explained(file):
    nodes = read(file)["nodes"]
    assert any(node["type"] in NOTES for node in nodes)
    frames = [(*node["pos"], *node["size"]) for node in nodes]
    for number, (x, y, width, height) in enumerate(frames):
        for other_x, other_y, other_width, other_height in frames[:number]:
            apart = (
                x >= other_x + other_width
                or other_x >= x + width
                or y >= other_y + other_height
                or other_y >= y + height
            )
            assert apart, f"two nodes overlap near {x}, {y}"


def test_the_tour_is_what_is_shipped():
    assert {file.stem for file in TEMPLATES} == {template.title for template in TOUR}
    assert [template.title for template in TOUR] == sorted(template.title for template in TOUR)
    for template in TOUR:
        assert api_file(EXAMPLES / f"{template.title}.json").stem == template.api
    assert {template.api for template in TOUR} == {
        file.stem for file in (EXAMPLES / "api").glob("*.json")
    }


@pytest.mark.parametrize("template", TOUR, ids=lambda template: template.api)
def test_a_title_can_be_read_and_is_part_of_an_address(template):
    assert not set(template.title) & set('_%#?&/\\:*"<>|')
    [note] = [
        node["widgets_values"][0]
        for node in read(EXAMPLES / f"{template.title}.json")["nodes"]
        if node["type"] in NOTES
    ]
    assert note == template.note(read(EXAMPLES / "api" / f"{template.api}.json"))


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_a_template_declares_each_published_file_where_it_is_loaded(file):
    for node in read(file)["nodes"]:
        wanted = [v for v in node["widgets_values"] if isinstance(v, str) and v in PUBLISHED]
        declared = node["properties"].get("models", [])
        assert [model["name"] for model in declared] == wanted
        for model in declared:
            published = PUBLISHED[model["name"]]
            assert model["directory"] == published.folder
            assert model["url"] == published.address
            assert model["url"].startswith("https://huggingface.co/")
    loaded = {
        value
        for node in api_form(file).values()
        for name, value in node["inputs"].items()
        if name in WEIGHTS
    }
    assert {name for name in loaded if not name.startswith("demo_")} <= set(PUBLISHED)


def test_every_official_file_has_a_template():
    names = {f"gligen-generation-{OFFICIAL.get(mode, mode)}" for mode in MODALITIES}
    names |= {f"gligen-inpainting-{OFFICIAL[mode]}" for mode in ("text_box", "text_image_box")}
    names = {f"{name}{OFFICIAL_SUFFIX}" for name in names}
    loaded = {
        node["inputs"]["gligen_name"]
        for file in TEMPLATES
        for node in api_form(file).values()
        if node["class_type"] == "GLIGEN_Load"
    }
    assert names | {"gligen-xl-1024", "gligen_sd14_textbox_pruned_fp16.safetensors"} <= loaded


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.stem)
def test_official_files_are_run_as_the_official_script_does(file):
    nodes = list(api_form(file).values())
    official = [n for n in nodes if str(n["inputs"].get("gligen_name")).endswith(OFFICIAL_SUFFIX)]
    if not official:
        return
    by_class = {node["class_type"]: node["inputs"] for node in nodes}
    assert by_class["CheckpointLoaderSimple"]["ckpt_name"] == "sd-v1-4.ckpt"
    sampler = by_class["GLIGEN_PLMS"]
    assert (sampler["steps"], sampler["method"]) == (50, "plms")
    assert by_class["SamplerCustom"]["cfg"] == 7.5


def test_canny_finds_the_edges_that_the_official_training_had():
    [canny] = [
        n for n in api_form(template_of("sd14_canny")).values() if n["class_type"] == "Canny"
    ]
    assert (canny["inputs"]["low_threshold"], canny["inputs"]["high_threshold"]) == (0.2, 0.4)


def template_of(api):
    [template] = [template for template in TOUR if template.api == api]
    return EXAMPLES / f"{template.title}.json"


@pytest.mark.parametrize("file", TO_FETCH, ids=lambda file: file.stem)
def test_its_note_names_every_file_that_has_to_be_fetched(file):
    note = next(node for node in read(file)["nodes"] if node["type"] in NOTES)["widgets_values"][0]
    wanted = {
        value
        for node in api_form(file).values()
        for name, value in node["inputs"].items()
        if name in WEIGHTS
    }
    assert wanted and {name for name in wanted if name not in note} == set()


@pytest.mark.parametrize("file", TO_FETCH, ids=lambda file: file.stem)
def test_a_server_misses_nothing_but_files(server, file):
    prompt = api_form(file)
    _, answer = server.post("/prompt", {"prompt": prompt})  # the edges alone need no weights: 200
    assert answer["node_errors"]
    for node_id, node in answer["node_errors"].items():
        files = [value for name, value in prompt[node_id]["inputs"].items() if name in FILES]
        for error in node["errors"]:
            assert any(name in error["details"] for name in files), error


@pytest.mark.parametrize(
    "change, says",
    [
        (lambda p: p["8"].update(class_type="GLIGEN_Gone"), "no node GLIGEN_Gone"),
        (lambda p: p["8"]["inputs"].pop("model"), "GLIGEN_Apply lacks model"),
        (lambda p: p["8"]["inputs"].update(models=1), "GLIGEN_Apply has no input models"),
        (lambda p: p["8"]["inputs"].update(model=["1", 1]), "model wants MODEL, gets CLIP"),
        (lambda p: p["8"]["inputs"].update(strength=3), "strength is 3, not of 0.0 to 2.0"),
        (lambda p: p["7"]["inputs"].update(counts="days"), "counts is 'days'"),
    ],
)
def test_a_workflow_that_does_not_fit_is_noticed(info, change, says):
    prompt = api_form(template_of("demo_text_box"))
    change(prompt)
    assert any(says in mistake for mistake in mistakes(prompt, info))


def mistakes(prompt, info):
    """What of an API prompt does not fit the nodes."""
    for node in prompt.values():
        name, inputs = node["class_type"], node["inputs"]
        if name not in info:
            yield f"no node {name}"
            continue
        taken = info[name]["input"]
        known = taken.get("required", {}) | taken.get("optional", {})
        yield from (f"{name} lacks {each}" for each in taken.get("required", {}).keys() - inputs)
        yield from (f"{name} has no input {each}" for each in inputs.keys() - known)
        for each in inputs.keys() & known.keys():
            yield from (
                f"{name}: {each} {problem}"
                for problem in input_mistakes(each, inputs[each], known[each], prompt, info)
            )


def input_mistakes(name, value, declared, prompt, info):
    kind, options = declared[0], (declared[1] if len(declared) > 1 else {})
    if isinstance(value, list):
        source, slot = value
        given = info[prompt[source]["class_type"]]["output"][slot]
        if given not in kind.split(","):  # a socket may take several types
            yield f"wants {kind}, gets {given}"
        return
    choices = kind if isinstance(kind, list) else options.get("options")
    if choices is not None:
        if name not in FILES and value not in choices:
            yield f"is {value!r}, not of {choices}"
    elif kind in ("INT", "FLOAT"):
        if not options["min"] <= value <= options["max"]:
            yield f"is {value}, not of {options['min']} to {options['max']}"
    elif kind not in WIDGETS:
        yield f"is {value!r}, not linked"


def as_api(workflow, info):
    """What the browser posts for a workflow of its own form."""
    links = {link[0]: link for link in workflow["links"]}
    prompt = {}
    for node in workflow["nodes"]:
        if node["type"] in NOTES:
            continue
        declared = info[node["type"]]
        values, inputs = list(node["widgets_values"]), {}
        for name, kind in declared_inputs(declared):
            if kind not in WIDGETS or not values:  # saved before the node had this widget
                continue
            inputs[name] = values.pop(0)
            if name in CONTROLLED:
                assert values.pop(0) == "fixed"
        assert values == [], f"{node['type']} has more widget values than widgets"
        kinds = dict(declared_inputs(declared))
        for slot, each in enumerate(node["inputs"]):
            if each["link"] is None:
                continue
            _, source, source_slot, target, target_slot, kind = links[each["link"]]
            assert (target, target_slot) == (node["id"], slot)
            assert kind in kinds[each["name"]].split(",")
            inputs[each["name"]] = [str(source), source_slot]
        for slot, each in enumerate(node["outputs"]):
            assert (each["name"], each["type"]) == (
                declared["output_name"][slot],
                declared["output"][slot],
            )
            assert all(links[link][1:3] == [node["id"], slot] for link in each["links"] or ())
        prompt[str(node["id"])] = {"class_type": node["type"], "inputs": inputs}
    return prompt


def declared_inputs(declared):
    """(name, kind) in the order of the widgets."""
    for section in ("required", "optional"):
        for name in declared["input_order"].get(section, ()):
            kind = declared["input"][section][name][0]
            yield name, "COMBO" if isinstance(kind, list) else kind
