"""What people use: the command line, the reports and the dashboard."""
