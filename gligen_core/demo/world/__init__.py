"""The demo's world: things that a child names, drawn by our own code.

A scene (`scene.py`) gives its picture, caption, boxes, joints and maps; nothing here is learned.
"""
