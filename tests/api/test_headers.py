"""Each installed header compiles alone, as C and as C++, with both compilers; what is misspelt does not compile."""
import pathlib
import unittest

from installed import INCLUDE, Installed, pkg_config, run

HERE = pathlib.Path(__file__).parent
STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only"]
COMPILERS = [("gcc", "-std=c11", "c"), ("clang", "-std=c11", "c"),
             ("g++", "-std=c++17", "c++"), ("clang++", "-std=c++17", "c++")]
SERVICES = ["s3", "kms", "ec2", "rds", "dms", "glue", "sqs", "lambda"]


class Headers(Installed):
    def compile(self, source, compilers=COMPILERS, flags=STRICT):
        for compiler, standard, language in compilers:
            with self.subTest(compiler=compiler, source=source):
                self.must(compiler, standard, *flags, *pkg_config("--cflags"), "-x", language, "-", input=source)

    def test_each_alone(self):
        names = sorted(p.relative_to(INCLUDE) for p in (INCLUDE / "cfngen").glob("*.h"))
        self.assertGreaterEqual(len(names), 12)
        for name in names + [pathlib.Path(f"cfngen/aws/{s}.h") for s in SERVICES]:
            self.compile(f"#include <{name}>\n#include <{name}>\nint unit;\n")

    def test_all_services_together(self):
        """No name of one service's header is another's."""
        names = sorted(p.relative_to(INCLUDE) for p in (INCLUDE / "cfngen/aws").glob("*.h"))
        self.assertGreater(len(names), 200)
        self.compile("".join(f"#include <{name}>\n" for name in names) + "int unit;\n", compilers=[COMPILERS[0], COMPILERS[3]])


class Spelling(Installed):
    """misspelt.c compiles as it stands, and with any one of its words misspelt it does not."""

    def compile(self, compiler, *macros):
        return run(compiler, "-std=c11", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", *pkg_config("--cflags"),
                   *[f"-D{macro}" for macro in macros], HERE / "misspelt.c")

    def test_right_spelling_compiles(self):
        for compiler in ("gcc", "clang"):
            said = self.compile(compiler)
            self.assertEqual((said.returncode, said.stderr), (0, ""))

    def test_misspelt_does_not(self):
        for macro, words in {
            "PROPERTY=BucketNam": "BucketNam",
            "NESTED=Statu": "Statu",
            "RESOURCE=AWS_S3_Buckett": "AWS_S3_Buckett",
            "ATTRIBUTE=DeletionPolici": "DeletionPolici",
            'VALUE="shop"': "incompatible",
            "MEMBER=name": "eneric",
        }.items():
            for compiler in ("gcc", "clang"):
                with self.subTest(macro=macro, compiler=compiler):
                    said = self.compile(compiler, macro)
                    self.assertNotEqual(said.returncode, 0, "compiles")
                    self.assertIn(words, said.stderr)


if __name__ == "__main__":
    unittest.main()
