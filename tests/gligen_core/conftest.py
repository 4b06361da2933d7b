"""Which of the core's tests are fast: `-m fast` takes seconds, for it leaves these files out.

What each of them does in the meantime stands beside it.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
SLOW = {
    "checkpoint/test_build.py": "builds networks of full size",
    "checkpoint/test_command.py": "starts processes, and weighs them",
    "checkpoint/test_damage.py": "damages files in hundreds of ways",
    "checkpoint/test_diffusers.py": "imports diffusers",
    "checkpoint/test_fuzz.py": "fuzzes for seconds",
    "checkpoint/test_hostile.py": "measures processor time",
    "checkpoint/test_inert_pickle.py": "starts processes",
    "checkpoint/test_read.py": "reads files of every kind",
    "checkpoint/test_write.py": "writes files of every kind",
    "demo/stages/test_eyes.py": "trains for some steps",
    "demo/stages/test_stages.py": "trains for some steps",
    "demo/test_files.py": "loads the demo",
    "demo/test_training.py": "trains for some steps",
    "demo/test_world.py": "draws many scenes",
    "demo/world/test_maps.py": "draws many scenes",
    "demo/world/test_scenes.py": "draws many scenes",
    "demo/world/test_things.py": "draws many scenes",
    "engine/test_run.py": "samples the golden runs",
    "evaluation/test_average_precision.py": "imports pycocotools, tries many cases",
    "evaluation/test_demo_world.py": "finds things in many pictures",
    "evaluation/test_finding.py": "finds things in many pictures",
    "formats/test_fuzz.py": "fuzzes for seconds",
    "formats/test_limits.py": "reads the largest data allowed",
    "formats/test_new_format.py": "loads the core in a process of its own",
    "formats/test_round_trip.py": "tries many layouts",
    "layers/test_attention.py": "attends at full size",
    "layout/test_edits.py": "tries many layouts",
    "modalities/test_tokenizers.py": "builds tokenizers of full size",
    "test_architecture.py": "loads the core in a process of its own",
    "training/test_loop.py": "trains for some steps",
    "training/test_states.py": "trains for some steps",
}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    gone = [name for name in SLOW if not (HERE / name).is_file()]
    assert not gone, f"tests/gligen_core/conftest.py names files that are not there: {gone}"
    for item in items:
        if HERE in item.path.parents and item.path.relative_to(HERE).as_posix() not in SLOW:
            item.add_marker(pytest.mark.fast)
