"""The REST API, `/api/v1/`: for the municipality's own systems, server to server.

A view reads what was asked (`asked` modules, to the letter), calls one search or use case with the token's actor, and
answers in a shape (`shapes` modules). Errors become problem documents in `booking.problems`.
"""
