"""Tests of what the browser is sent: modules, styles, texts."""
