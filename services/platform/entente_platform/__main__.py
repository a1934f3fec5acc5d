"""`python -m entente_platform` is the `entente` command."""

from entente_platform.command import main

main()
