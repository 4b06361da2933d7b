"""Templates and blueprints: what ComfyUI's browser of workflows and its node search show of us.

    python3 dev.py python -m devtools.templates

writes the form for the browser of every example from its form for the API (which is the one to
edit, in example_workflows/api), its title and note (`tour`), and the places of its nodes (`grid`).
"""
