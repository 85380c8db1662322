"""Parts of a page: each shows one thing of a session."""
