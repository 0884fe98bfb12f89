#!/usr/bin/env python3
"""Hold the program against the captures of the acceptance corpus, with the reference's known gaps filled.

    test/accept/run.py BINARY [SHARED]

The reference goes by port numbers and reads nothing of four conversations (docs/accuracy.md). corrections.tsv
has what it counts there once it is told the protocol. This makes a copy of the corpus (links, and the truth of
those captures with the corrections behind it) and runs the acceptance program on it with its own floors.
"""
import collections
import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


def corrections():
    rows = collections.defaultdict(list)
    with open(os.path.join(HERE, "corrections.tsv"), encoding="utf-8") as f:
        for line in f:
            if not line.startswith("#"):
                capture, rest = line.rstrip("\n").split("\t", 1)
                rows[capture].append("msg\t" + rest + "\n")
    return rows


def link(corpus, to, rows):
    for folder, _, names in os.walk(corpus):
        target = os.path.join(to, os.path.relpath(folder, corpus))
        os.makedirs(target, exist_ok=True)
        for name in names:
            source, path = os.path.join(folder, name), os.path.join(target, name)
            capture = os.path.relpath(source, corpus).removesuffix(".truth.tsv")
            if name.endswith(".truth.tsv") and capture in rows:
                with open(source, encoding="utf-8", errors="replace") as f, open(path, "w", encoding="utf-8") as out:
                    out.write(f.read())
                    out.writelines(rows[capture])
            else:
                os.symlink(os.path.abspath(source), path)


def main():
    binary = os.path.abspath(sys.argv[1])
    shared = sys.argv[2] if len(sys.argv) > 2 else os.path.join(HERE, "../../../shared")
    compare = os.path.join(shared, "accept/compare.py")
    if not os.path.exists(compare):
        print("skip accept: the acceptance corpus is not there")
        return 0
    with tempfile.TemporaryDirectory() as to:
        link(os.path.join(shared, "corpus"), to, corrections())
        return subprocess.run([sys.executable, compare, "--bin", binary, to]).returncode


if __name__ == "__main__":
    sys.exit(main())
