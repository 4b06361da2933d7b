"""`dev.py bench`: what a grounded step costs beside a plain one, measured side by side."""
