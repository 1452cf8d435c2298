"""What uWSGI's modules have and ours do not, and what to use instead."""

_INSTEAD = {
    "cache": "adapter has no cache: use memcached, Redis or the framework's own",
    "spool": "adapter has no spooler: use a task queue such as Celery, RQ or huey",
    "send_to_spooler": "adapter has no spooler: use a task queue such as Celery, RQ or huey",
    "set_spooler": "adapter has no spooler: use a task queue such as Celery, RQ or huey",
    "mule": "adapter has no mules: run another program beside it, under the same supervisor",
    "farm": "adapter has no mules: run another program beside it, under the same supervisor",
    "in_farm": "adapter has no mules: run another program beside it, under the same supervisor",
    "install_mule": "adapter has no mules: run another program beside it, under the same supervisor",
    "queue": "adapter has no queue: use Redis or a message broker",
    "sharedarea": "adapter has no shared area: use multiprocessing.shared_memory",
    "metric": "adapter has no metrics of the application's: it has its own at --metrics",
    "snmp": "adapter has no SNMP: it has --metrics and --stats",
    "rpc": "adapter has no RPC: use HTTP",
    "register_rpc": "adapter has no RPC: use HTTP",
    "call": "adapter has no RPC: use HTTP",
    "websocket": "adapter serves WSGI over HTTP: use an ASGI server for web sockets",
    "signal": "adapter has no signals between workers: use uwsgidecorators.timer, cron or filemon, or adapter.api",
    "register_signal": "adapter has no signals between workers: use uwsgidecorators.timer, cron or filemon, or adapter.api",
    "add_timer": "use uwsgidecorators.timer",
    "add_rb_timer": "use uwsgidecorators.rbtimer",
    "add_ms_timer": "use uwsgidecorators.timer",
    "add_cron": "use uwsgidecorators.cron",
    "add_file_monitor": "use uwsgidecorators.filemon",
    "set_user_harakiri": "a request's time is limited by --request-timeout, and adapter.api.extend_deadline gives it more",
    "harakiri": "a request's time is limited by --request-timeout, and adapter.api.extend_deadline gives it more",
    "chunked_read": "read wsgi.input: it knows the end of a chunked body",
    "sendfile": "return wsgi.file_wrapper(file)",
    "offload": "return wsgi.file_wrapper(file)",
    "alarm": "write to the log: the supervisor's logger can raise alarms",
    "async": "adapter runs WSGI calls in threads: block, and give it more --threads",
    "wait_fd": "adapter runs WSGI calls in threads: block, and give it more --threads",
    "suspend": "adapter runs WSGI calls in threads: block, and give it more --threads",
    "i_am_the_lord": "adapter has no legions: use a lock of the database or of etcd",
}


def sentence(module: str, name: str) -> str:
    """Why `module.name` is not there; the longest known beginning of the name counts."""
    known = [begin for begin in _INSTEAD if name == begin or name.startswith(f"{begin}_") or name.rstrip("s") == begin]
    known += [begin for begin in _INSTEAD if begin in ("spool", "mule", "rpc") and name.startswith(begin)]
    advice = _INSTEAD[max(known, key=len)] if known else "adapter.api has what adapter offers"
    return f"{module}.{name} is not there under adapter: {advice}"
