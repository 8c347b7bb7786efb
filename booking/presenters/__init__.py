"""What pages say, as plain values: unit-tested without HTML, rendered after the transaction is closed."""
