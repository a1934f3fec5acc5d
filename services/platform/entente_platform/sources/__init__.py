"""What can be published: files of foreign sources, read into observations, each row mapped or reported."""
