"""Studies in the dashboard: surveyed, computed and read in processes beside the server, kept in one folder."""
