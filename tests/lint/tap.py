"""What the lint tests share: results in TAP, and the files of the tree."""
import os
import sys

SKIPPED_FOLDERS = {".git", "quickstart-data", "__pycache__"}


class Tap:
    """Prints one line for each result; finish() gives the exit code."""

    def __init__(self):
        self.count = 0
        self.failed = 0

    def result(self, name, findings):
        """`findings` is a list of lines about what is wrong; an empty one is a pass."""
        self.count += 1
        print(f"{'not ok' if findings else 'ok'} {self.count} - {name}")
        for finding in findings:
            print(f"#   {finding}")
        self.failed += bool(findings)

    def skip(self, name, reason):
        self.count += 1
        print(f"ok {self.count} - {name} # SKIP {reason}")

    def finish(self):
        print(f"1..{self.count}")
        sys.stdout.flush()
        return 1 if self.failed else 0


def is_build_folder(path):
    return os.path.exists(os.path.join(path, "meson-private"))


def tree_files(root, endings=None):
    """Paths relative to `root`, sorted; build folders and what is not ours are left out."""
    found = []
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(
            f for f in folders
            if f not in SKIPPED_FOLDERS and not is_build_folder(os.path.join(folder, f)))
        for name in names:
            if endings is None or name.endswith(tuple(endings)):
                found.append(os.path.relpath(os.path.join(folder, name), root))
    return sorted(found)


def read(root, path):
    with open(os.path.join(root, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def plant(root, path, text):
    """Writes a file of a little tree for the tests of the tests."""
    full = os.path.join(root, path)
    os.makedirs(os.path.dirname(full), exist_ok=True)
    with open(full, "w", encoding="utf-8") as file:
        file.write(text)
