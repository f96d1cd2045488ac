"""Whether a transaction is open here: the question behind "no network inside a transaction"."""

from django.db import connections


def in_own_transaction() -> bool:
    """Whether this thread is in a transaction of the product, not just in that around a test."""
    blocks = connections["default"].atomic_blocks
    return any(not getattr(block, "_from_testcase", False) for block in blocks)
