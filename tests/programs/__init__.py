"""Long runs as programs; the same code runs with small numbers in the tests."""
