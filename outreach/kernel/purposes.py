"""For what data may be used. An agreement, a koppeling, a round and an export each say for which one."""

#: Finding who misses a regeling. All of Bereik is for this, unless an agreement says otherwise.
MINIMA = "minimavoorzieningen"
