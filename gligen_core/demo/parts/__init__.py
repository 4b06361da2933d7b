"""The demo's networks and their sizes."""
