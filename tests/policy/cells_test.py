"""More than a thousand cells of ordinary people that speak of what rules are about, or of something that is called like it: none of them is asked about.

Made from what people do with words and from words that rules know; each cell is of its own runtime, and `allmende policy check` says what follows.
"""
import itertools
import json
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from house import BIN

ROOT = Path(__file__).resolve().parents[2]
WORDS = ["xmrig", "minerd", "cpuminer-multi", "t-rex", "nbminer", "stratum+tcp://pool.example:3333", "--donate-level 1", "monero", "hashcat -m 0 -a 3", "john --wordlist=rockyou.txt",
         "hydra -l root -P words", "medusa -u admin", "fcrackzip -u", "aircrack-ng", "transmission-daemon", "rtorrent", "qbittorrent-nox", "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9",
         "webtorrent", "libtorrent", "tmate", "sshuttle", "autossh", "ngrok tcp 22", "cloudflared tunnel", "x11vnc", "ssh -R 2222:localhost:22 me@host", "ssh -D 1080 me@host",
         "roop", "facefusion", "faceswap.py train", "deepfacelab", "simswap", "hping3 --flood", "slowloris", "mhddos"]
# {0} is such a word, {1} the word without anything that is not a letter.
HABITS = [
    "# {0} is what this lesson is about\nprint('lesson')",
    "print('{0}')",
    "text = \"An attacker would type {0} here.\"\nprint(len(text))",
    "words = ['{0}', 'pandas', 'numpy']\nframe.text.str.contains('|'.join(words)).mean()",
    "frame['mentions_{1}'] = frame.text.str.count(r'{1}')\nframe.mentions_{1}.plot()",
    "def has_{1}(log):\n    \"\"\"Whether a line of the log speaks of {0}.\"\"\"\n    return '{0}' in log\n\nassert has_{1}('{0}')",
    "labels = {{'{0}': 1, 'benign': 0}}\nclassifier.fit(texts, [labels[each] for each in kinds])",
    "class {1}Detector:\n    pattern = '{0}'  # of the paper's table 2\n\nprint({1}Detector.pattern)",
    "prompt = f\"\"\"Explain to a beginner what {0} does and why it is forbidden on shared machines.\"\"\"\nanswer = model.generate(prompt)",
    "%%writefile notes_{1}.md\n# Notes\n{0} was found in the compromised package.",
    "%%markdown\n## What is {0}?\nA tool that this course only speaks of.",
    "%%html\n<p>{0}</p>",
    "events = [line for line in open('auth.log') if '{0}' in line]\nprint(len(events))",
    "import logging\nlogging.warning('found %s in the image', '{0}')",
    "requests.get('https://en.wikipedia.example/wiki/' + quote('{0}')).text[:100]",
    "tokens = tokenizer('{0}', return_tensors='pt')\nmodel(**tokens).logits.argmax()",
    "try:\n    check('{0}')\nexcept ValueError as fault:\n    print('refused:', fault)",
    "import re\nre.findall(r'{1}', corpus)",
    "for name in processes:\n    if name.startswith('{1}'): alerts.append((name, '{0}'))",
    "config = {{'blocklist': ['{0}']}}\njson.dump(config, open('config.json', 'w'))",
    "plt.title('Searches for {0}, 2010 to 2026')\nplt.plot(years, searches)",
    "df.query(\"tool == '{0}'\").groupby('year').size()",
    "spark.sql(\"SELECT count(*) FROM logs WHERE line LIKE '%{1}%'\").show()",
    "input_ids = 'cell: {0}'.encode()\nprint(hash(input_ids))",
    "x = 1  # not {0}",
    "print(\"\"\"\nlines of a transcript:\n$ {0}\n\"\"\")",
    "quiz = [('What is {0}?', ['a tool', 'a bird'], 0)]\nask(quiz)",
    "assert not forbidden('{0}'), 'the student wrote {0}'",
    "writer.writerow(['{0}', 'forbidden', 'see the rules'])",
    "mask = ~titles.isin(['{0}', '{1}'])\ntitles = titles[mask]",
]


# Commands whose argument, file or address is called like one of them.
COMMANDS = [
    "!grep -c {1} report.txt",
    "!grep -rn '{0}' papers/",
    "!echo '{0}' >> notes.md",
    "!cat lesson-{1}.md | head -n 20",
    "!python analyse_{1}.py --epochs 3",
    "!python -m pytest tests/test_{1}.py -q",
    "%cd /content/lesson-{1}",
    "!ls | grep {1}",
]
# What is fetched under such a name may be what it is called; and what a list of words does that Python hands to the system is not understood.
DOUBTFUL = [
    "!curl -s https://example.org/articles/{1}.html -o {1}.html",
    "!wget -q https://data.example.org/{1}-traffic.csv",
    "import subprocess\nsubprocess.run(['grep', '-c', '{1}', 'report.txt'])",
]


def cells_of(habits):
    return [habit.format(word, re.sub(r"[^a-z]", "", word.lower())) for habit, word in itertools.product(habits, WORDS)]


class OrdinaryCells(unittest.TestCase):
    maxDiff = None

    def report(self, cells, expectation):
        """What the check says of the expectation, and the cells that something followed from."""
        lines = []
        for at, cell in enumerate(cells):
            lines += [f"given runtime rt_{at} of person{at} on tier free", f"at 1s rt_{at} submits " + cell.replace("\n", "⏎")]
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "rules").symlink_to(ROOT / "policies" / "rules")
            Path(folder, "scenarios").mkdir()
            Path(folder, "scenarios", "cells.scenario").write_text("\n".join([*lines, expectation, ""]))
            said = subprocess.run([f"{BIN}/allmende-server", "--check-policy", folder], stdout=subprocess.PIPE, text=True, timeout=120).stdout
        report = next(one for one in map(json.loads, said.splitlines()) if one.get("scenario"))
        self.assertEqual(report["expectations"], 1)
        found = sorted({int(at) for failure in report["failures"] for at in re.findall(r" rt_(\d+)", failure)})
        return report["failures"], [cells[at] for at in found]

    def test_are_not_asked_about_whatever_they_speak_of(self):
        cells = cells_of(HABITS + COMMANDS)
        self.assertGreaterEqual(len(set(cells)), 1000)
        self.assertEqual(self.report(cells, "expect nothing by 1m"), ([], []))

    def test_in_doubt_lead_to_a_question_and_nothing_more(self):
        cells = cells_of(DOUBTFUL)
        _, asked = self.report(cells, "expect nothing by 1m")
        self.assertLess(len(asked), len(cells) / 3)
        self.assertEqual(self.report(cells, "expect nothing beyond log by 10m"), ([], []))


if __name__ == "__main__":
    unittest.main()
