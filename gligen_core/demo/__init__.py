"""The demo model: small networks and the world of coloured shapes that they were trained on."""
