"""What holds for every test: hypothesis searches the same way each time, and takes the time that a loaded machine needs."""

from hypothesis import settings

pytest_plugins = ["entente_testkit.columns.plugin"]

settings.register_profile("steady", deadline=None, derandomize=True, max_examples=25, print_blob=True)
settings.register_profile("explore", deadline=None, max_examples=1_000, print_blob=True)
settings.load_profile("steady")
