"""What `dev.py` does: environment, host, demo and checks.

Standard library only, but for `demo`, `client` and `results`: those run inside the environment.
"""
