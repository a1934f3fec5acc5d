"""Real services on real backends, under a load, with one fault at a time; then the history checker. `make chaos` prints the table."""
