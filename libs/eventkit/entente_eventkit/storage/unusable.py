"""Why a database cannot be used."""


class UnusableDatabase(Exception):
    """The database cannot be used as it is; the text says what it is, and how to mend it."""
