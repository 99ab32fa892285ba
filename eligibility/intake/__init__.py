"""Intake: reading, checking, pseudonymising and loading one delivered file.

No Django here: streams, values and a psycopg connection go in, counts and refusals come out.

A file is read twice. `files.examine` reads it from end to end and refuses it as a whole before one
row is stored; `load.load` reads it again, checks each row and copies what is good into the black
box, in one transaction. Nothing but the two reads holds a clear BSN, and neither writes one.
"""
