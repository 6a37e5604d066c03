"""The library as it is installed, without sanitizers: what the tests of this folder stand on."""
import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREFIX = pathlib.Path(os.environ.get("CFN_PREFIX", ROOT / "build/test/prefix"))
INCLUDE = PREFIX / "include"
LIBRARY = next(iter(sorted(PREFIX.rglob("libcfngen.so"))), None)
STATIC = next(iter(sorted(PREFIX.rglob("libcfngen.a"))), None)
COMMAND = PREFIX / "bin/cfngen"

ENVIRONMENT = {
    **os.environ,
    "PKG_CONFIG_PATH": str(LIBRARY.parent / "pkgconfig") if LIBRARY else "",
    "LD_LIBRARY_PATH": str(LIBRARY.parent) if LIBRARY else "",
    "CMAKE_PREFIX_PATH": str(PREFIX),
}


def run(*words, **options):
    """What a command says; its words are texts and paths."""
    options = {"capture_output": True, "text": True, "env": ENVIRONMENT, **options}
    return subprocess.run([str(word) for word in words], check=False, **options)


def pkg_config(*words):
    return run("pkg-config", *words, "cfngen").stdout.split()


class Installed(unittest.TestCase):
    """A test with a folder of its own."""

    def setUp(self):
        self.assertTrue(LIBRARY, f"nothing is installed below {PREFIX}")
        scratch = tempfile.TemporaryDirectory(prefix="cfngen-api-")
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)

    def must(self, *words, **options):
        done = run(*words, **options)
        self.assertEqual(done.returncode, 0, f"{' '.join(map(str, words))}\n{done.stdout}{done.stderr}")
        return done
