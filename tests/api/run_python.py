"""Runs *_test.py and closes with the plain line that ./test counts.

    run_python.py                      those beside it
    run_python.py FOLDER               those in a folder
    run_python.py FOLDER MODULE.CLASS  some of them
"""
import sys
import unittest
from pathlib import Path

folder, names = sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parent), sys.argv[2:]
sys.path.insert(0, folder)
loader = unittest.defaultTestLoader
suite = loader.loadTestsFromNames(names) if names else loader.discover(folder, pattern="*_test.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
sys.exit(1 if bad else 0)
