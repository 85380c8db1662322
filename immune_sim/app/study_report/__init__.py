"""The report of a study: one self-contained page, its figures as pictures and its tables as CSV."""
