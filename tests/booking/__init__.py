"""Tests of booking; the pure ones need no database."""
