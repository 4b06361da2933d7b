"""What the host says of a workflow that it refuses, as a person reads it."""

import pytest

from devtools.api_client import refusal


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        pytest.param(
            {
                "error": {"message": "Prompt outputs failed validation"},
                "node_errors": {
                    "3": {
                        "class_type": "GLIGEN_Layout",
                        "errors": [{"message": "Custom", "details": "not JSON at line 1"}],
                    }
                },
            },
            "GLIGEN_Layout: Custom (not JSON at line 1)",
            id="a node refuses its input",
        ),
        pytest.param(
            {"error": {"message": "node Nope does not exist."}, "node_errors": []},
            "node Nope does not exist.",
            id="an unknown node",
        ),
        pytest.param("500: Server got itself in trouble", "500: Server got itself in trouble"),
    ],
)
def test_a_refusal_names_node_and_reason(answer, text):
    assert refusal(answer) == text
