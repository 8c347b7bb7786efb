"""An OpenID provider of our own: a real https server that does right by default, with switches for every wrong."""
