"""Gate of the fusers over a run: its schedule, and its JSON."""
