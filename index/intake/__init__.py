"""What comes in: which files are new, changed or gone, what is in them, and with which vectors.

Owns the way of a file up to where it can be written. Refuses to know when it is, and what the user is told meanwhile.

A file as it was costs one stat. Size or time differ: its bytes decide. A file written less than two seconds before it
was read could change again within the same clock tick, so its mark carries no time and its bytes are compared once more
by the next run (git's "racily clean" entries).

The files, each importing only those before it: marks (what is remembered of a file), plan (which files changed), reading
(they are loaded and taken apart, a few ahead), encoding (articles and their vectors).
"""
