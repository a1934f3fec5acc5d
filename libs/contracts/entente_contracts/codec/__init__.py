"""CloudEvents 1.0 on the wire, both ways: `kafka` in binary mode, `http` in binary, structured and batched mode."""
