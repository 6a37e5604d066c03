"""The house's own rules: floors, doors, sizes, leftovers. What is written down in the README's map is checked here."""
import collections
import pathlib
import re
import statistics
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A floor may include what stands left of it, and itself.
MAY_INCLUDE = {
    "base": {"base"},
    "schema": {"schema", "base"},
    "config": {"config", "base"},
    "cfn": {"cfn", "schema", "base"},
    "aws": {"aws", "base"},
    "tables": {"tables", "base"},
    "stacks": {"stacks", "tables", "cfn", "config", "schema", "base"},
    "deploy": {"deploy", "aws", "stacks", "tables", "cfn", "config", "schema", "base"},
    "sim": {"sim", "aws", "cfn", "schema", "base"},
    "data": {"data", "aws", "stacks", "tables", "cfn", "config", "schema", "base"},
}

# Which floor implements which public header, so that including it counts as standing on that floor.
PUBLIC_FLOOR = {
    "diag.h": "base", "export.h": "base", "version.h": "base",
    "schema.h": "schema",
    "config.h": "config",
    "value.h": "cfn", "template.h": "cfn", "check.h": "cfn", "graph.h": "cfn", "evaluate.h": "cfn",
    "aws.h": "aws", "session.h": "aws", "web.h": "aws",
    "tables.h": "tables",
    "diff.h": "deploy", "deploy.h": "deploy", "inspect.h": "deploy",
    "sim.h": "sim",
    "generate.h": "data", "database.h": "data", "load.h": "data", "reconcile.h": "data",
    "upload.h": "data", "replicate.h": "data", "warehouse.h": "data", "warehouse_setup.h": "data",
    "job.h": "data", "dbt.h": "data", "bi.h": "data",
    "stack.h": "stacks", "platform.h": "stacks", "cfngen.h": "stacks",
}

# A third-party library enters through one door per floor.
DOORS = {
    "yaml.h": {"config": 1, "cfn": 1},
    "pcre2.h": {"base": 1},
    "curl/curl.h": {"aws": 1},
    "openssl/evp.h": {"aws": 1},
    "expat.h": {"aws": 1},
}
# What POSIX has beyond C, and the files that may use it.
SYSTEM = set("""arpa/inet.h dirent.h dlfcn.h fcntl.h netinet/in.h netinet/tcp.h poll.h spawn.h sys/socket.h sys/stat.h
    sys/wait.h unistd.h""".split())
SYSTEM_DOORS = {"lib/aws/files.c", "lib/aws/process.c", "lib/sim/serve_net.c", "lib/data/source.c", "lib/data/upload_list.c",
                "lib/data/connect.c", "lib/data/postgres.c"}
EVERYWHERE = {"jansson.h"}
STANDARD = set("""assert complex ctype errno fenv float inttypes iso646 limits locale math setjmp signal stdalign stdarg
    stdatomic stdbool stddef stdint stdio stdlib stdnoreturn string tgmath time uchar wchar wctype""".split())

# The library's own limits on what a function may call: no clock, no environment, no terminal, no exit.
FORBIDDEN = re.compile(
    r"(?<![\w.>])(getenv|secure_getenv|setenv|time|clock|clock_gettime|gettimeofday|localtime|gmtime|strftime|printf|puts"
    r"|putchar|exit|_Exit|quick_exit|setlocale|system|popen|rand|srand|random|strtok|gets|sprintf|vsprintf"
    r"|setjmp|longjmp|alloca)\s*\(")

CLOCK_DOORS = {"lib/aws/clock.c"}  # which may read the clock


def sources(*folders, suffixes=(".c", ".h")):
    """The C files of some folders; the compiler of facts is a program of the build, not a part of the library."""
    return sorted(f for folder in folders for f in (ROOT / folder).rglob("*") if f.suffix in suffixes)


def library():
    return [f for f in sources("lib") if "compiler" not in f.parts]


def floor_of(path):
    return path.relative_to(ROOT / "lib").parts[0]


def code_of(path):
    """A C file without comments and string literals."""
    text = path.read_text()
    token = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)
    blank = lambda m: re.sub(r"[^\n]", " ", m[0]) if m[0].startswith("/") else '""'
    return token.sub(blank, text)


def includes(path):
    return re.findall(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', path.read_text(), re.M)


class Floors(unittest.TestCase):
    def floor_of_include(self, path, quote, name):
        """The floor that an include stands on; None for the standard library and others' libraries."""
        if name.startswith("cfngen/aws/"):
            return "schema"
        if name.startswith("cfngen/"):
            self.assertIn(name.removeprefix("cfngen/"), PUBLIC_FLOOR, f"{path}: a public header of no floor")
            return PUBLIC_FLOOR[name.removeprefix("cfngen/")]
        for found in (path.parent / name, ROOT / "lib" / name):
            if found.exists():
                return found.resolve().relative_to(ROOT / "lib").parts[0]
        return floor_of(path) if quote == '"' else None  # made at build time; of somebody else

    def test_every_floor_includes_only_what_stands_left_of_it(self):
        self.assertEqual({floor_of(f) for f in library()}, set(MAY_INCLUDE))
        wrong = []
        for path in library():
            for quote, name in includes(path):
                floor = self.floor_of_include(path, quote, name)
                if floor and floor not in MAY_INCLUDE[floor_of(path)]:
                    wrong.append(f"{path.relative_to(ROOT)} includes {name}, which is of {floor}")
        self.assertEqual(wrong, [])

    def test_public_headers_include_public_headers_only(self):
        for path in sources("include"):
            for quote, name in includes(path):
                outside = name.removesuffix(".h") in STANDARD or name in EVERYWHERE
                self.assertTrue(outside or name.startswith("cfngen/"), f"{path.name} includes {name}")

    def test_every_public_header_has_a_floor_and_stands_in_the_umbrella(self):
        names = {f.name for f in sources("include")} | {"version.h"}
        self.assertEqual(names, set(PUBLIC_FLOOR))
        umbrella = {n.removeprefix("cfngen/") for _, n in includes(ROOT / "include/cfngen/cfngen.h")}
        self.assertEqual(umbrella, names - {"cfngen.h", "export.h"})

    def test_the_command_stands_on_public_headers_alone(self):
        for path in sources("cli"):
            for quote, name in includes(path):
                own = quote == '"' and (path.parent / name).exists()
                self.assertTrue(own or quote == "<", f"{path.name} includes {name}")
                self.assertNotIn("lib/", name, path.name)

    def test_no_stack_includes_another(self):
        listed = set(re.findall(r"^STACK\((\w+)\)", (ROOT / "lib/stacks/stacks.def").read_text(), re.M))
        for name in listed:
            for _, header in includes(ROOT / f"lib/stacks/{name}.c"):
                self.assertNotIn(pathlib.Path(header).stem, listed - {name}, f"{name}.c includes {header}")

    def test_each_library_of_others_has_one_door(self):
        doors = collections.defaultdict(lambda: collections.defaultdict(list))
        for path in library():
            for quote, name in includes(path):
                own = name.startswith("cfngen/") or (ROOT / "lib" / name).exists()
                own |= name in SYSTEM and str(path.relative_to(ROOT)) in SYSTEM_DOORS
                if quote == "<" and name.removesuffix(".h") not in STANDARD and not own:
                    doors[name][floor_of(path)].append(path.name)
        self.assertEqual(set(doors) - EVERYWHERE, set(DOORS), "headers of others")
        for header, floors in DOORS.items():
            for floor, files in doors[header].items():
                self.assertEqual(len(files), floors.get(floor, 0), f"{header} in {floor}: {files}")
        self.assertEqual(doors["pcre2.h"]["base"], ["pattern.c"])

    def test_every_stack_is_its_file_and_its_line(self):
        defined = {
            name: path
            for path in sources("lib/stacks")
            for name in re.findall(r"^const struct cfn_stack cfn_stack_(\w+)\s*=", path.read_text(), re.M)
        }
        listed = re.findall(r"^STACK\((\w+)\)", (ROOT / "lib/stacks/stacks.def").read_text(), re.M)
        self.assertEqual(sorted(listed), sorted(defined))
        for name in listed:
            self.assertEqual(defined[name].name, f"{name}.c")


class Library(unittest.TestCase):
    def test_no_clock_environment_terminal_or_exit(self):
        wrong = [f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
                 for path in library()
                 for number, line in enumerate(code_of(path).splitlines(), 1)
                 if FORBIDDEN.search(line)
                 and not ("clock_gettime" in line and str(path.relative_to(ROOT)) in CLOCK_DOORS)]
        self.assertEqual(wrong, [])

    def test_no_typedef_of_structs(self):
        for path in library() + sources("include", "cli"):
            self.assertNotRegex(code_of(path), r"typedef\s+(?:struct|union|enum)\s*\w*\s*(?:\{|\**\s*\w+\s*;)", path.name)

    def test_arns_are_partition_neutral(self):
        """No partition in a literal: templates take ${AWS::Partition}."""
        allowed = {"formats.c"}  # what an ARN in a setting looks like
        for path in sources("lib/stacks"):
            if path.name not in allowed:
                self.assertNotRegex(path.read_text(), r"arn:aws[:\-]", path.name)


class Sizes(unittest.TestCase):
    """A function fits on a screen, a file in a head."""

    def functions(self, files):
        said = subprocess.run(
            ["ctags", "--fields=+ne", "--kinds-C=f", "--languages=C", "-f", "-", *map(str, files)],
            capture_output=True, text=True, check=True).stdout
        for row in said.splitlines():
            name, path, *rest = row.split("\t")
            tags = dict(part.split(":", 1) for part in rest if ":" in part)
            if not row.startswith("!") and "line" in tags and "end" in tags:
                yield int(tags["end"]) - int(tags["line"]) + 1, f"{pathlib.Path(path).relative_to(ROOT)}: {name}"

    def test_functions(self):
        sizes = sorted(self.functions(sources("lib", "cli", suffixes=(".c",))))
        self.assertGreater(len(sizes), 100)
        lengths = [size for size, _ in sizes]
        self.assertLessEqual(statistics.median(lengths), 12)
        self.assertLessEqual(lengths[int(len(lengths) * 0.9)], 40)
        self.assertEqual([f"{size} lines: {name}" for size, name in sizes if size > 80], [])

    def test_files(self):
        long = [f"{path.relative_to(ROOT)}: {lines} lines" for path in sources("lib", "cli", "include", "tests", "examples")
                if (lines := len(path.read_text().splitlines())) > 400]
        self.assertEqual(long, [])


class Tidiness(unittest.TestCase):
    @staticmethod
    def tracked():
        """Every text that belongs to the project; git knows which, an exported tree has nothing else."""
        if (ROOT / ".git").exists():
            listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT,
                                    capture_output=True, text=True, check=True).stdout.split("\0")
            paths = [ROOT / name for name in listed if name]
        else:
            skip = {"build", ".venv", "out", "__pycache__"}
            paths = [p for p in ROOT.rglob("*") if not skip & set(p.relative_to(ROOT).parts)]
        for path in paths:
            if path.is_file() and path.suffix not in {".facts", ".png", ".gz"} and ".ci" not in path.parts:
                yield path

    def search(self, pattern, skip=()):
        expression = re.compile(pattern)
        for path in self.tracked():
            if path == pathlib.Path(__file__).resolve() or path.name in skip:
                continue
            for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
                if expression.search(line):
                    yield f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]}"

    def test_nothing_is_left_for_later(self):
        self.assertEqual(list(self.search(r"\b(TODO|FIXME|XXX|HACK)\b", skip={"package-lock.json"})), [])

    def test_no_path_of_one_machine(self):
        self.assertEqual(list(self.search(r"(^|[^\w.])/(home|Users)/\w", skip={"package-lock.json"})), [])

    def test_c_is_formatted(self):
        files = [str(f) for f in sources("lib", "cli", "include", "tests", "examples")]
        said = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], capture_output=True, text=True)
        wrong = sorted(set(re.findall(r"^(\S+?):\d+:\d+: error", said.stderr, re.M)))
        self.assertEqual(wrong, [])


class Readme(unittest.TestCase):
    readme = ROOT / "README.md"

    def test_folder_map_names_what_is_there(self):
        """Each folder that the map names is there; each of the library, and each beside it, is named, in their order."""
        named = re.findall(r"^\| `([\w./-]+/)` \|", self.readme.read_text(), re.M)
        for name in named:
            self.assertTrue((ROOT / name).is_dir(), f"{name} is in the map, but not in the tree")
        there = {f"{p.name}/" for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "build"))
                 and p.name not in {"out", "lib", "__pycache__"}}
        there |= {f"lib/{p.name}/" for p in (ROOT / "lib").iterdir() if p.is_dir()}
        self.assertEqual(sorted(there - {name if name.startswith("lib/") else name.split("/")[0] + "/" for name in named}), [])
        self.assertEqual([name.split("/")[1] for name in named if name.startswith("lib/")], list(MAY_INCLUDE))

    def test_links_lead_somewhere(self):
        for page in [self.readme, *sorted((ROOT / "docs").glob("*.md"))]:
            for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
                self.assertTrue((page.parent / target).exists(), f"{page.name}: {target}")


if __name__ == "__main__":
    unittest.main()
