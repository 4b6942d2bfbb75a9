"""packages.py FOLDER: writes FOLDER/web, a package index with one package, as pip reads it from /simple."""
import base64
import hashlib
import sys
import zipfile
from pathlib import Path

FILES = {
    "greeting_from_outside/__init__.py": "def greet():\n    return 'installed'\n",
    "greeting_from_outside-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: greeting-from-outside\nVersion: 1.0\n",
    "greeting_from_outside-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
}
WHEEL = "greeting_from_outside-1.0-py3-none-any.whl"


def main(folder):
    project = Path(folder) / "web/simple/greeting-from-outside"
    project.mkdir(parents=True)
    record = "greeting_from_outside-1.0.dist-info/RECORD"
    lines = [f"{name},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},{len(text)}"
             for name, text in FILES.items()]
    with zipfile.ZipFile(project / WHEEL, "w") as wheel:
        for name, text in {**FILES, record: "\n".join([*lines, f"{record},,"]) + "\n"}.items():
            wheel.writestr(name, text)
    (project / "index.html").write_text(f'<a href="{WHEEL}">{WHEEL}</a>\n')


if __name__ == "__main__":
    main(sys.argv[1])
