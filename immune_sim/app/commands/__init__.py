"""The commands of the command line; each module has ``register(app)``."""
