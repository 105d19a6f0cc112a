"""Changing what is not the student's: grades, peers, start-up files, modules."""

from attacks.attack import TOOK, Attack, changes, took


def write(tries: str, code: str, **more) -> Attack:
    return Attack("write", tries, code, more.pop("seen", changes), **more)


WRITING = [
    write(
        "its own grade",
        """
        import sqlite3
        with sqlite3.connect("<<course>>/gradebook.db") as database:
            database.execute("insert into grade values ('mallory', 100, '')")
        """,
    ),
    write(
        "a peer's grade",
        """
        import sqlite3
        with sqlite3.connect("<<course>>/gradebook.db") as database:
            database.execute("update grade set score = 0 where student = 'alice'")
        """,
    ),
    write(
        "a peer's submission away",
        "import os; os.remove('<<course>>/submitted/alice/mini/mini.ipynb')",
    ),
    write(
        "a peer's graded notebook",
        "open('<<course>>/autograded/alice/mini/mini.ipynb', 'w').write('{}')",
    ),
    write("the secret", "open('<<course>>/secret', 'w').write('known')"),
    write("into the course by the shell", "!echo x > <<course>>/planted.py"),
    write("the course's modes", "import os; os.chmod('<<course>>/secret', 0o666)"),
    write(
        "the time of a peer's submission",
        "import os; os.utime('<<course>>/submitted/alice/mini/mini.ipynb', (1, 1))",
    ),
    write(
        "its own file into the course",
        "import os; open('x', 'w'); os.rename('x', '<<course>>/x')",
    ),
    write("a hard link into the course", "import os; open('y', 'w'); os.link('y', '<<course>>/y')"),
    write("a symlink into the course", "import os; os.symlink('/etc', '<<course>>/z')"),
    write("through another process's folder", "open('/proc/<<victim>>/cwd/planted', 'w')"),
    write(
        "a start-up file for IPython",
        """
        import os, pathlib
        folder = pathlib.Path(os.path.expanduser("~/.ipython/profile_default/startup"))
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "00.py").write_text("print('planted')")
        """,
    ),
    write(
        "a configuration for nbgrader",
        """
        import os
        os.makedirs(os.path.expanduser("~/.jupyter"), exist_ok=True)
        open(os.path.expanduser("~/.jupyter/nbgrader_config.py"), "w").write("raise SystemExit")
        """,
    ),
    write("a start-up file for the shell", "!echo exit >> ~/.bashrc"),
    write("shared memory", "open('<<shared>>', 'w').write('changed')"),
    write("the temporary folder", "open('<<temporary>>', 'w').write('changed')"),
    write(
        "a module beside Python's own",
        f"""
        import sysconfig, os
        path = os.path.join(sysconfig.get_paths()["purelib"], "sa_attack_probe.txt")
        open(path, "w"); os.remove(path); print("{TOOK}")
        """,
        seen=took,
        needs_root=True,
    ),
    write(
        "a setting of the machine",
        f"""
        path = "/proc/sys/kernel/panic"
        now = open(path).read(); open(path, "w").write(now); print("{TOOK}")
        """,
        seen=took,
        needs_root=True,
    ),
    write(
        "a device of its own",
        f"""
        import os, stat
        os.mknod("null", 0o600 | stat.S_IFCHR, os.makedev(1, 3)); open("null", "w").write("x")
        print("{TOOK}")
        """,
        seen=took,
        needs_root=True,
    ),
]
