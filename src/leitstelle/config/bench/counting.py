"""Middleware of a measured server only: says in each answer how many statements it took and how long."""

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase


def counting(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Add `X-Statements`, `X-Server-Ms` and, without what other processes took, `X-Cpu-Ms`."""

    def measured(request: HttpRequest) -> HttpResponseBase:
        statements = 0

        def count(execute: Callable[..., Any], *args: Any) -> Any:
            nonlocal statements
            statements += 1
            return execute(*args)

        begin, cpu = time.perf_counter(), time.thread_time()
        with connection.execute_wrapper(count):
            response = get_response(request)
        response.headers["X-Server-Ms"] = f"{(time.perf_counter() - begin) * 1000:.2f}"
        response.headers["X-Cpu-Ms"] = f"{(time.thread_time() - cpu) * 1000:.2f}"
        response.headers["X-Statements"] = str(statements)
        return response

    return measured
