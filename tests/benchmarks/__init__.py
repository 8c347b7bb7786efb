"""Programs that print measured times, each beside its floor in the same run (`make bench`)."""
