"""How the numbers in the product were fitted. Nothing here is installed or imported by it."""
