"""Read models, each named for the question that it answers."""
