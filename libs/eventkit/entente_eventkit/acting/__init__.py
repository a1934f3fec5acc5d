"""What a service does by itself: policies, workers, duties."""
