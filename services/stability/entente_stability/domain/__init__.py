"""The pure part: what an observation adds, how sums decay, what the score is and when it becomes a warning."""
