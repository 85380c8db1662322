"""One process a module: its parameters, its equation, its kernels."""
