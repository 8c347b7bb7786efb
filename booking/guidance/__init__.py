"""The guided process: words by version, and the proof of which were shown."""
