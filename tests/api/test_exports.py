"""The shared library shows the API and nothing else; a static link takes the tables that it names and no others."""
import pathlib
import re
import unittest

from installed import INCLUDE, LIBRARY, STATIC, Installed, pkg_config

HERE = pathlib.Path(__file__).parent


def declared():
    """The names that the installed headers declare with CFN_API."""
    names = set()
    for header in INCLUDE.rglob("*.h"):
        text = re.sub(r"/\*.*?\*/", "", header.read_text(), flags=re.S)
        for declaration in re.findall(r"^(?:extern )?CFN_API\b([^;]*?);", text, re.M | re.S):
            head = declaration.split("(")[0].split("[")[0]
            names.add(re.findall(r"\w+", head)[-1])
    return names


class Exports(Installed):
    def symbols(self, *words):
        return {line.split()[-1] for line in self.must("nm", *words).stdout.splitlines() if len(line.split()) > 1}

    def test_the_api_and_nothing_else(self):
        exported = {name for name in self.symbols("-D", "--defined-only", LIBRARY) if not name.startswith("_")}
        self.assertEqual(sorted(exported - declared()), [], "exported, but declared in no header")
        self.assertEqual(sorted(declared() - exported), [], "declared, but not exported")
        self.assertEqual([name for name in exported if not name.startswith("cfn_")], [])

    def test_globals_are_constant(self):
        """Nothing that can be written but the one hook for memory, beside what the compiler's runtime brings."""
        said = self.must("objdump", "-t", LIBRARY).stdout
        found = re.findall(r"^\S+ \S*\s+O \.(?:data|bss|tdata|tbss)\s+\S+\s+(?:\.hidden )?(\S+)$", said, re.M)
        runtime = {"completed.0", "__dso_handle", "__TMC_END__"}
        self.assertEqual(set(found) - runtime, {"out_of_memory"})

    def test_version_of_the_binary_interface(self):
        said = self.must("objdump", "-p", LIBRARY).stdout
        version = self.must("pkg-config", "--modversion", "cfngen").stdout.strip()
        self.assertIn(f"libcfngen.so.{version.split('.')[0]}", said)

    def test_needs_no_other_libraries(self):
        needed = re.findall(r"NEEDED\s+(\S+?)\.so", self.must("objdump", "-p", LIBRARY).stdout)
        self.assertEqual(sorted(set(needed) - {"libc", "libm", "ld-linux-x86-64", "ld-linux-aarch64"}),
                         ["libcrypto", "libcurl", "libexpat", "libjansson", "libpcre2-8", "libyaml-0"])


class StaticLink(Installed):
    def link(self, name):
        program = self.folder / name
        self.must("gcc", "-std=c11", "-Wall", "-Werror", "-O1", HERE / f"{name}.c", "-o", program,
                  *pkg_config("--cflags"), STATIC, *[f for f in pkg_config("--static", "--libs") if f != "-lcfngen"])
        self.must(program)
        tables = set(re.findall(r"\bcfn_aws_\w+", self.must("nm", program).stdout))
        return program.stat().st_size, tables

    def test_two_services_do_not_pay_for_all(self):
        small, few = self.link("two_services")
        large, all_of_them = self.link("all_services")
        self.assertEqual(few, {"cfn_aws_s3", "cfn_aws_kms"})
        self.assertIn("cfn_aws_sagemaker", all_of_them)
        self.assertGreater(len(all_of_them), 200)
        self.assertLess(small * 3, large)


if __name__ == "__main__":
    unittest.main()
