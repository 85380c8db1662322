"""Running models and keeping what they computed: one run, its folder, its provenance, its measured speed."""
