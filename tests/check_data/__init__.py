"""Checks the registry against whole data sets of others: `python -m tests.check_data FOLDER`, `make check-data DIR=FOLDER`."""
