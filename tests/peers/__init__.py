"""Small servers that speak the real protocols, with switches for misbehaviour."""
