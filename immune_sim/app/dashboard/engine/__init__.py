"""The engine: every session computes its tissues in a process of its own, outside the server's.

On the server's side, ``process.Engine`` tells commands and hears events. In the session's process, a
``workshop.Workshop`` holds the tissues, ``loop.Loop`` gives the pace, and the parts do the rest. To add something:
a subclass of ``parts.Part`` (its public methods are the commands), one line in ``workshop.PARTS``, and one
``Stage.on_<event>``.
"""
