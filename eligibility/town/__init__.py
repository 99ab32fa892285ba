"""An invented town, Waterveen, for the demo, the tests and the bench: its people, and what every source
knows.
"""

from eligibility.town.generate import TownFacts, generate
from eligibility.town.streets import GEMEENTECODE, WOONPLAATS, buurten

__all__ = ["GEMEENTECODE", "WOONPLAATS", "TownFacts", "buurten", "generate"]
