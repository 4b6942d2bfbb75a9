"""Runs *_test.py beside it, or in the folder it is given, and closes with the plain line that ./test counts."""
import sys
import unittest
from pathlib import Path

suite = unittest.defaultTestLoader.discover(sys.argv[1] if len(sys.argv) > 1 else str(Path(__file__).parent), pattern="*_test.py")
result = unittest.TextTestRunner(verbosity=2).run(suite)
bad = len(result.failures) + len(result.errors) + len(result.unexpectedSuccesses)
print(f"{result.testsRun - bad - len(result.skipped)} passed, {bad} failed")
sys.exit(1 if bad else 0)
