"""Arrays and what acts on them; nothing biological."""
