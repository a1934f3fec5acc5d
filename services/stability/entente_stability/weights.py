"""The parameters in force: the committed file `weights.toml`, read once."""

from functools import cache
from importlib.resources import files

from entente_stability.domain.weights import Weights, read_weights


@cache
def weights_in_force() -> Weights:
    """The shipped parameters, checked."""
    return read_weights(files("entente_stability").joinpath("weights.toml").read_text(encoding="utf-8"))
