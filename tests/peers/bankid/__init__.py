"""A BankID relying-party service on loopback, with mutual TLS, people with an app, and switches for bad answers."""
