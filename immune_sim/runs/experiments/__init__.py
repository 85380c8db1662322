"""Virtual experiments: many runs from one file, in any order, on any number of workers, to the same tables."""
