from hypothesis import settings

settings.register_profile("contracts", deadline=None, max_examples=25, print_blob=True)
settings.load_profile("contracts")
