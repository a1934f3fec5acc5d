"""Reading the log, and the stores, into the instances of a service."""
