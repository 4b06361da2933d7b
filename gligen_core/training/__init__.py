"""Training: the noise objective and a resumable loop."""
