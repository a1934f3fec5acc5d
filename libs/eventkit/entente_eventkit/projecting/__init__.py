"""What a service knows: folds, their rows, and the instances that hold them."""
