"""Reading a scanned form: bytes of a stranger in, a `Reading` out. No database and no Django here.

The bytes are opened in a child process with little memory (`guarded`), which gives back grey pages and the
codes that it read on them. All else is done on those grey pages by `form.read_form`.
"""
