"""A booking while it is held: signalling, lobby, participants and the connections between them."""
