"""Tests of Mötas; the folders mirror the packages."""
