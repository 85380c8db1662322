"""Pages compose components."""
