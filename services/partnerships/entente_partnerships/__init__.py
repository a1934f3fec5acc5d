"""Who is bound to what, since when, until when, and why."""
