"""Training: the noise objective and a resumable loop. `python -m gligen_core.training --help`."""
