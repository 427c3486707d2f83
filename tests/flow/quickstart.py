"""./quickstart: twice in a row into the same folder, in English and in Chinese; it ends well, shows what it promises,
and leaves nothing running."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "support"))
import flow

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
folder = tempfile.mkdtemp(prefix="studyday-flow-")
flow.atexit.register(shutil.rmtree, folder, ignore_errors=True)
data = os.path.join(folder, "data")


def quickstart(language):
    """Its output."""
    environment = {**os.environ, "LC_ALL": language, "STUDYDAY_BUILD": os.environ["BUILD"]}
    return flow.run([os.path.join(ROOT, "quickstart"), data], env=environment)


def running():
    """Command lines of the processes that know the folder."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                command = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile
        if data in command and int(pid) != os.getpid():
            found.append(command)
    return found


@flow.test
def quickstart_shows_a_report_and_a_record_and_leaves_nothing_running():
    printed = quickstart("C.UTF-8")
    for words in ("Participation in ", "Study record of ", "each with its receipt", "unreported, not absent",
                  "State: complete.", "What to try next:"):
        assert words in printed, words
    assert running() == []


@flow.test
def quickstart_can_be_run_again_and_speaks_chinese():
    printed = quickstart("zh_CN.UTF-8")
    for words in ("均已收到回执", "不算缺席", "接下来可以试试"):
        assert words in printed, words
    assert running() == []


@flow.test
def folder_of_somebody_else_is_left_alone():
    other = os.path.join(folder, "other")
    os.mkdir(other)
    with open(os.path.join(other, "thesis.txt"), "w") as file:
        file.write("years of work")
    environment = {**os.environ, "STUDYDAY_BUILD": os.environ["BUILD"]}
    flow.run([os.path.join(ROOT, "quickstart"), other], code=1, env=environment)
    assert os.listdir(other) == ["thesis.txt"]


@flow.test
def interrupted_quickstart_leaves_nothing_running():
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "STUDYDAY_BUILD": os.environ["BUILD"]}
    process = flow.spawn([os.path.join(ROOT, "quickstart"), data], env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL)
    flow.Lines(process.stdout).wait(lambda lines: any(line.startswith("[4/7]") for line in lines), "the centre is up")
    assert running() != []
    process.send_signal(signal.SIGTERM)
    assert process.wait(flow.PATIENCE) == 143
    assert running() == []


if __name__ == "__main__":
    flow.main()
