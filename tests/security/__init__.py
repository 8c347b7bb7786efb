"""Who may what, on every way in: the walk of all of them, the expected outcomes by hand, and what breaks them."""
