"""Sandboxed kernels for students' notebooks, forked from a warm process: imports cost the most.

One process, the zygote, imports everything once and loads the model. For each notebook it forks a
warden, which builds the sandbox around itself and forks the kernel behind it. A kernel is a real
ipykernel, so nbclient and nbgrader drive it as they drive any other. Most notebooks need no
messages: an engine, in the same sandbox, runs their cells, and leaves the others to a kernel.

================  ==================================================================
``provisioner``   what jupyter_client calls: one kernel, its signals, its report
``zygote``        the warm process, and ``warm()``, which starts and ends one
``serve``         that process itself: forks for each request
``preload``       what is imported before the first notebook, and what must not be
``monitor``       outside the sandbox: the zygote's forks; answers for a warden that died
``warden``        inside, as pid 1: enforces the limits, ends what is left over
``kernel``        a fork becomes an ipykernel
``report``        how a kernel ended and what it used
``confinement``   what the sandbox is made of, in which order; what a machine lacks
``namespaces``    own users, processes, network, mounts, names
``new_root``      the few folders that a kernel sees
``landlock``      files, by the kernel's path rules
``seccomp``       the system calls that a kernel may make
``rlimits``       how much a kernel may use
``cgroup``        what all its processes use together, counted and limited by the machine
``usage``         the same added up from what is seen, where no cgroup can be had
``files``         a submission's files on their way in and out
``request``       what the provisioner asks of the zygote
``trial``         builds the sandbox once, to see what a machine lacks
``libc``          the system calls that Python has no name for
================  ==================================================================
"""

CONFINED, STOCK = "confined", "local-provisioner"
"""jupyter_client's names of our provisioner and of its own."""
