"""A stand-in for the printing vendor: it knows the API and the paper, and nothing else of this project.

It fetches, checks, confirms, prints, spoils, posts, gets forms back, scans them and tells about all that as
a vendor on the other side of the country would: late, twice and out of order. What it really did with each
letter goes into its journal, so that its truth can be laid beside ours.
"""
