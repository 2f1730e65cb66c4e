"""How fast, how large and how right, beside others, on the same articles and questions: `make bench`."""
