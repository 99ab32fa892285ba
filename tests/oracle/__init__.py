"""The koppeling once more, in plain Python, to hold the product to: obvious rather than quick.

Nothing here is imported from the product, and nothing of the product from here. Every function does what
one sentence of the rules says, and quotes it. Standard library only.
"""

from tests.oracle.koppeling import Result, oracle

__all__ = ["Result", "oracle"]
