"""Database work of the sockets: a few threads of their own, so that no page waits for them nor they for pages.

Each call opens its own transaction with the municipality as an argument (context variables do not cross), and gives
its connection back to the pool when it is done. The number of threads bounds the connections.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

from channels.db import database_sync_to_async

P = ParamSpec("P")
R = TypeVar("R")

THREADS: Final = 4
_executor: Final = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="meetings")


async def in_thread(function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Run a synchronous use case in one of the threads and wait for what it returns or raises."""
    return await database_sync_to_async(function, thread_sensitive=False, executor=_executor)(*args, **kwargs)
