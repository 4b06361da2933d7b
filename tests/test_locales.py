"""Every visible string in every language, under the same keys and with the same values in it."""

import json
import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).resolve().parents[1]
LOCALES = CHECKOUT / "locales"
LANGUAGES = ("en", "zh", "ja", "ko", "fr", "es", "de")
FILES = ("main", "nodeDefs", "commands", "settings")
CONTRACT = json.loads(
    (CHECKOUT / "tests" / "fixtures" / "host" / "node_contract.json").read_text(encoding="utf-8")
)
IN_THE_SCHEMA = (".description", ".tooltip")  # of nodes: English has them there alone


def texts(language, file):
    """Dotted key -> text."""
    found = {}

    def walk(value, path):
        for name, inner in value.items():
            if isinstance(inner, dict):
                walk(inner, (*path, name))
            else:
                found[".".join((*path, name))] = inner

    walk(json.loads((LOCALES / language / f"{file}.json").read_text(encoding="utf-8")), ())
    return found


def sources(*folders, suffix):
    files = [file for folder in folders for file in (CHECKOUT / folder).rglob(f"*{suffix}")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_has_the_keys_of_english(language, file):
    keys = {key for key in texts(language, file) if not key.endswith(IN_THE_SCHEMA)}
    assert keys == set(texts("en", file))


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_the_same_values_as_in_english(language, file):
    english = texts("en", file)
    for key, text in texts(language, file).items():
        assert text.strip(), key
        if key in english:
            expected = sorted(re.findall(r"{\w+}", english[key]))
            assert sorted(re.findall(r"{\w+}", text)) == expected, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_node_and_its_sockets_have_their_texts(language):
    found = json.loads((LOCALES / language / "nodeDefs.json").read_text(encoding="utf-8"))
    assert set(found) == set(CONTRACT)
    own = () if language == "en" else ("tooltip",)
    for node, promised in CONTRACT.items():
        inputs = [name for name, *_ in promised["inputs"]]
        outputs = [str(number) for number in range(len(promised["outputs"]))]
        sockets = [("inputs", name) for name in inputs] + [("outputs", name) for name in outputs]
        for kind, name in sockets:
            assert set(found[node][kind][name]) == {"name", *own}, (node, name)
        assert set(found[node].get("inputs", {})) == set(inputs)
        assert ("description" in found[node]) == (language != "en")


def test_every_key_that_the_canvases_use_has_a_text():
    known = texts("en", "main")
    used = set(re.findall(r'\bt\(\s*"([\w.]+)"', sources("web", suffix=".js")))
    assert used
    assert {key for key in used if f"gligen.{key}" not in known} == set()


def test_every_node_command_and_setting_has_its_texts():
    nodes = set(re.findall(r'node_id="(GLIGEN_\w+)"', sources("nodes", suffix=".py")))
    assert {f"{node}.display_name" for node in nodes} <= set(texts("en", "nodeDefs"))
    web = sources("web", suffix=".js")
    named = {found.replace(".", "_") for found in re.findall(r'"(GLIGEN\.\w+\.\w+)"', web)}
    have = set(texts("en", "commands")) | set(texts("en", "settings"))
    assert named == {key.split(".")[0] for key in have}
