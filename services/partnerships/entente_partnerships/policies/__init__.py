"""What this service does by itself: because of marks, of the clock and of its own events."""
