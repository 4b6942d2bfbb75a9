"""The files of a person inside their runtime: the same on both sides, nobody else's, and no more of them than the tier allows."""
import os
import pwd
import unittest
import uuid
from pathlib import Path

import client
from network_test import grant
from person import DATA, Kernel, Person, processes_of

DRIVE = "/content/drive/MyDrive"
MB = 1 << 20
SERVER = pwd.getpwnam("allmende").pw_uid


class TheDrive(unittest.TestCase):
    def setUp(self):
        self.name = f"nils-{uuid.uuid4().hex[:8]}"
        self.person = Person.new(self.name)
        self.addCleanup(self.person.stop_runtime)

    def start(self):
        self.kernel = Kernel(self.person)
        self.addCleanup(self.kernel.close)
        return self.kernel

    def put(self, path, text):
        status, said = self.person.ask("PUT", f"api/contents/{path}", {"type": "file", "format": "text", "content": text})
        self.assertIn(status, (200, 201), said)

    def text(self, path):
        status, said = self.person.ask("GET", f"api/contents/{path}?content=1&type=file&format=text")
        return said["content"] if status == 200 else (status, said)

    def folder(self):
        """Where this person's files lie outside."""
        marker = f"marker-{uuid.uuid4().hex}.txt"
        self.put(marker, "")
        found = next(Path(DATA, "drives").glob(f"*/{marker}"))
        found.unlink()
        return found.parent

    def test_has_what_the_page_has_and_gives_back_what_code_writes(self):
        self.put("data.csv", "a,b\n1,2\n")
        kernel = self.start()
        self.assertEqual(kernel.value(f"read('{DRIVE}/data.csv').decode()"), "a,b\n1,2\n")
        kernel.run(f"os.mkdir('{DRIVE}/made'); open('{DRIVE}/made/inside.txt', 'w').write('from a cell'); os.chdir('{DRIVE}')\n"
                   "import pathlib; pathlib.Path('data.csv').write_text('changed')")
        self.assertEqual(self.text("made/inside.txt"), "from a cell")
        self.assertEqual(self.text("data.csv"), "changed")
        self.put("later.txt", "from the page")
        self.assertEqual(kernel.value(f"read('{DRIVE}/later.txt').decode()"), "from the page")
        status, _ = self.person.ask("DELETE", "api/contents/made")
        self.assertEqual(status, 204)
        self.assertEqual(kernel.value(f"os.path.exists('{DRIVE}/made')"), False)

    def test_is_found_by_notebooks_that_were_written_for_colab(self):
        self.put("data.csv", "a,b")
        kernel = self.start()
        self.assertEqual(kernel.run("from google.colab import drive\ndrive.mount('/content/drive')"), "Your files are at /content/drive/MyDrive.\n")
        kernel.run("drive.mount('/content/gdrive', force_remount=True); drive.mount('/content/gdrive'); drive.flush_and_unmount()")
        self.assertEqual(kernel.value("[read(f'/content/{place}/data.csv').decode() for place in ('drive/MyDrive', 'drive/My Drive', 'gdrive/MyDrive')]"), ["a,b"] * 3)
        self.assertEqual(kernel.run("try: drive.mount('/content/sample_data_of_mine' if os.makedirs('/content/sample_data_of_mine/x') else '/content/sample_data_of_mine')\n"
                                    "except ValueError as error: print(str(error)[:34])"), "Mountpoint must not contain files:\n")

    def test_outlives_the_runtime(self):
        self.start().run(f"open('{DRIVE}/kept.txt', 'w').write('kept')")
        self.person.stop_runtime()
        self.assertEqual(self.start().value(f"read('{DRIVE}/kept.txt').decode()"), "kept")

    def test_belongs_outside_to_the_server_and_inside_to_the_person(self):
        kernel = self.start()
        kernel.run(f"open('{DRIVE}/a', 'w').close(); os.chmod('{DRIVE}/a', 0o4777); os.mkdir('{DRIVE}/b', 0)")
        self.assertEqual(kernel.value(f"[os.stat('{DRIVE}/a').st_uid, os.stat('{DRIVE}/a').st_gid]"), [1000, 1000])
        folder = self.folder()
        self.assertEqual({os.stat(folder / name).st_uid for name in ("a", "b")}, {SERVER})
        self.assertEqual(os.stat(folder).st_mode & 0o77, 0)
        self.assertEqual(kernel.value(f"bool(os.statvfs('{DRIVE}').f_flag & os.ST_NOSUID and os.statvfs('{DRIVE}').f_flag & 4)"), True)

    def test_is_nobody_elses(self):
        self.put("secret.txt", "mine")
        other = Person.new(f"olaf-{uuid.uuid4().hex[:8]}")
        kernel = Kernel(other)
        self.addCleanup(other.stop_runtime)
        self.addCleanup(kernel.close)
        self.assertEqual(kernel.value(f"os.listdir('{DRIVE}')"), [])
        self.assertEqual(kernel.value(f"refusal(os.listdir, '{DRIVE}/../..') == 'allowed' and set(os.listdir('{DRIVE}/../..')) <= {{'drive', 'sample_data'}}"), True)

    def test_leads_the_server_nowhere_by_links_pipes_and_depth(self):
        kernel = self.start()
        kernel.run(f"os.chdir('{DRIVE}')\nos.symlink('/etc/passwd', 'out'); os.symlink('../../../..', 'up'); os.symlink('loop', 'loop')\nos.mkfifo('pipe')\n"
                   "for _ in range(300): os.mkdir('deep'); os.chdir('deep')\nopen('bottom', 'w').write('x')")
        for path in ("out", "up/etc/passwd", "loop", "pipe"):
            status, said = self.person.ask("GET", f"api/contents/{path}?content=1")
            self.assertIn(status, (400, 403, 404), (path, said))
        status, listing = self.person.ask("GET", "api/contents?content=1")
        self.assertEqual(status, 200)
        self.assertIn("deep", [entry["name"] for entry in listing["content"]])
        kernel.run(f"os.makedirs('{DRIVE}/shut/inner/more'); open('{DRIVE}/shut/inner/file', 'w').close()\n"
                   f"for path in ('shut/inner/more', 'shut/inner', 'shut'): os.chmod('{DRIVE}/' + path, 0)")
        for path in ("deep", "pipe", "loop", "shut"):
            self.assertEqual(self.person.ask("DELETE", f"api/contents/{path}")[0], 204, path)
        self.assertEqual(self.person.ask("DELETE", "api/trash"), (204, ""))
        trash = Path(DATA, "trash", self.folder().name)
        self.assertEqual(list(trash.iterdir()), [])
        self.assertEqual(self.person.ask("GET", "healthz")[0], 200)

    def test_takes_no_more_than_the_tier_allows_and_opens_again_when_there_is_room(self):
        grant(self.name, "small")
        kernel = self.start()
        # Without end: it stops because it is told to.
        said = kernel.run(f"try:\n    with open('{DRIVE}/large', 'wb') as file:\n        while True: file.write(bytes(1 << 20)); file.flush(); time.sleep(0.02)\n"
                          "except OSError as error: print(error.strerror)")
        self.assertEqual(said.strip(), "File too large")
        client.until("the drive to be closed", lambda: kernel.value(f"refusal(open, '{DRIVE}/more', 'w')") == "EROFS")
        self.assertEqual(kernel.value("refusal(open, '/content/more', 'w')"), "allowed")
        drive = self.person.runtime()["drive"]
        self.assertEqual(drive["limit"], 24 * MB)
        self.assertGreater(drive["used"], drive["limit"])
        status, said = self.person.ask("PUT", "api/contents/more.txt", {"type": "file", "format": "text", "content": "x"})
        self.assertEqual(status, 413, said)
        self.assertIn("your files are full", said["message"])
        self.assertEqual(self.person.ask("DELETE", "api/contents/large")[0], 204)
        self.assertEqual(self.person.ask("DELETE", "api/trash")[0], 204)
        client.until("the drive to be opened", lambda: kernel.value(f"refusal(open, '{DRIVE}/more', 'w')") == "allowed")

    def test_is_closed_though_somebody_holds_a_file_open(self):
        grant(self.name, "small")
        kernel = self.start()
        kernel.run(f"held = open('{DRIVE}/held', 'wb'); held.truncate({64 * MB})")
        agent = processes_of(kernel.runtime)[0]  # kernels may be ended for it
        client.until("the drive to be closed", lambda: f" {DRIVE} ro," in Path(f"/proc/{agent}/mountinfo").read_text())


if __name__ == "__main__":
    unittest.main()
