"""No core dump of a process that holds a private key: the key would lie in it in clear."""


def forbid_core_dumps() -> None:
    """Let this process, and those that it starts, leave no core dump.

    The limit itself may be raised again by whoever wants one. Root can read the memory of a process all the same, and a
    kernel that is set to hand core dumps to a program leaves it to that program to heed the limit.
    Source: Linux manual, core(5).
    """
    try:
        import resource
    except ModuleNotFoundError:
        return  # On Windows, which knows no such limit.
    _, hard_limit = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard_limit))
