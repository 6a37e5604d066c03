"""The same stack of one's own as in examples/custom_stack, from Python through ctypes.

    custom_stack.py platform.yaml

The library is looked for as any shared library, or where $CFNGEN_LIBRARY says.
"""
import ctypes as c
import ctypes.util
import json
import os
import sys

lib = c.CDLL(os.environ.get("CFNGEN_LIBRARY") or ctypes.util.find_library("cfngen") or "libcfngen.so.0")
jansson = c.CDLL(ctypes.util.find_library("jansson") or "libjansson.so.4")

# --- the library's structs, as in its headers ---


class Place(c.Structure):
    _fields_ = [("file", c.c_char_p), ("line", c.c_int), ("column", c.c_int)]


class Type(c.Structure):
    _fields_ = [("service", c.c_void_p), ("index", c.c_uint)]


class Resource(c.Structure):
    _fields_ = [("type", Type), ("type_name", c.c_char_p), ("properties", c.c_void_p)]


class Attributes(c.Structure):
    _fields_ = [("DeletionPolicy", c.c_char_p), ("UpdateReplacePolicy", c.c_char_p), ("Condition", c.c_char_p),
                ("DependsOn", c.c_void_p), ("Metadata", c.c_void_p), ("UpdatePolicy", c.c_void_p),
                ("CreationPolicy", c.c_void_p), ("cfn_end", c.c_void_p)]


class Row(c.Structure):
    _fields_ = [("name", c.c_char_p), ("kind", c.c_int), ("offset", c.c_size_t), ("fallback", c.c_char_p),
                ("min", c.c_long), ("max", c.c_long), ("choices", c.c_char_p), ("format", c.c_void_p),
                ("rows", c.c_void_p), ("required", c.c_bool), ("help", c.c_char_p)]


class Scope(c.Structure):
    _fields_ = [("t", c.c_void_p), ("settings", c.c_void_p)]  # its beginning


BUILD = c.CFUNCTYPE(None, c.POINTER(Scope))


class Stack(c.Structure):
    _fields_ = [("name", c.c_char_p), ("summary", c.c_char_p), ("size", c.c_size_t), ("rows", c.POINTER(Row)),
                ("check", c.c_void_p), ("build", BUILD)]


class Source(c.Structure):
    _fields_ = [("name", c.c_char_p), ("text", c.c_char_p), ("size", c.c_size_t), ("environment", c.c_char_p),
                ("variables", c.c_void_p), ("flags", c.c_void_p)]


class Assembled(c.Structure):
    _fields_ = [("name", c.c_char_p), ("stack_name", c.c_char_p), ("summary", c.c_char_p), ("body", c.c_void_p)]


def declare(name, result, *arguments, library=lib):
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
    return function


free = declare("free", None, c.c_void_p, library=c.CDLL(None))
JSON_DECODE_ANY = 4
json_loads = declare("json_loads", c.c_void_p, c.c_char_p, c.c_size_t, c.c_void_p, library=jansson)
import_at = declare("cfn_import_at", c.c_void_p, c.POINTER(Scope), c.c_char_p, c.c_char_p, Place)
export_at = declare("cfn_export_at", None, c.POINTER(Scope), c.c_char_p, c.c_void_p, c.c_char_p, Place)
scoped = declare("cfn_scoped", c.c_char_p, c.POINTER(Scope), c.c_char_p, c.c_size_t)
retain = declare("cfn_retain", c.c_char_p, c.POINTER(Scope))
map_of = declare("cfn_map_of", c.c_void_p, c.c_void_p, c.c_size_t)
resource_named = declare("cfn_resource_named", Resource, c.c_char_p, c.c_void_p)
template_add = declare("cfn_template_add", None, c.c_void_p, c.c_char_p, Resource, c.POINTER(Attributes), Place)
render = declare("cfn_render", c.c_void_p, c.c_void_p, c.c_int)
diags_new = declare("cfn_diags_new", c.c_void_p)
diags_count = declare("cfn_diags_count", c.c_size_t, c.c_void_p)
diags_at = declare("cfn_diags_at", c.c_void_p, c.c_void_p, c.c_size_t)
diag_text = declare("cfn_diag_text", c.c_void_p, c.c_void_p)
set_new = declare("cfn_stack_set_new", c.c_void_p)
set_add = declare("cfn_stack_set_add", None, c.c_void_p, c.POINTER(Stack))
platform_load = declare("cfn_platform_load", c.c_void_p, c.c_void_p, c.POINTER(Source), c.c_char_p, c.c_void_p)
platform_synth = declare("cfn_platform_synth", c.c_void_p, c.c_void_p, c.c_void_p)
assembly_find = declare("cfn_assembly_find", c.POINTER(Assembled), c.c_void_p, c.c_char_p)
diags_free = declare("cfn_diags_free", None, c.c_void_p)
set_free = declare("cfn_stack_set_free", None, c.c_void_p)
platform_free = declare("cfn_platform_free", None, c.c_void_p)
assembly_free = declare("cfn_assembly_free", None, c.c_void_p)


def taken(pointer):
    """A text that the library made and that is ours to free."""
    text = c.string_at(pointer).decode()
    free(pointer)
    return text


def value(thing):
    """Any Python value as a value of a template."""
    text = json.dumps(thing).encode()
    return json_loads(text, JSON_DECODE_ANY, None)


def place():
    """Where the caller stands: diagnostics name it."""
    frame = sys._getframe(2)
    return Place(os.path.basename(frame.f_code.co_filename).encode(), frame.f_lineno, 0)


# --- the stack: settings, rows, builders, descriptor ---

BOOL, INT = 1, 2


class Jobs(c.Structure):
    _fields_ = [("enabled", c.c_bool), ("allow_data_deletion", c.c_bool), ("retention_days", c.c_long),
                ("visibility_seconds", c.c_long), ("attempts", c.c_long)]


def row(name, kind, fallback, help, min=0, max=0):
    return Row(name=name.encode(), kind=kind, offset=getattr(Jobs, name).offset, fallback=fallback.encode(), min=min,
               max=max, help=help.encode())


ROWS = (Row * 6)(
    row("enabled", BOOL, "true", "whether this stack is part of the platform"),
    row("allow_data_deletion", BOOL, "false", "second key: jobs may be deleted with the stack"),
    row("retention_days", INT, "7", "how long a job waits before it is dropped", 1, 14),
    row("visibility_seconds", INT, "300", "how long a job that is being worked on is hidden from others", 0, 43200),
    row("attempts", INT, "3", "how often a job is tried before it is put aside", 1, 1000),
)


class Pair(c.Structure):
    _fields_ = [("key", c.c_char_p), ("value", c.c_void_p)]


def add_queue(scope, logical_id, suffix, **properties):
    pairs = {name: value(thing) for name, thing in properties.items()}
    pairs["QueueName"] = value(scoped(scope, suffix, 80).decode())
    pairs["KmsMasterKeyId"] = import_at(scope, b"common", b"KeyArn", place())
    array = (Pair * len(pairs))(*[Pair(name.encode(), item) for name, item in pairs.items()])
    queue = resource_named(b"AWS::SQS::Queue", map_of(array, len(pairs)))
    attributes = Attributes(DeletionPolicy=retain(scope))
    template_add(scope.contents.t, logical_id, queue, attributes, place())


@BUILD
def build(scope):
    jobs = c.cast(scope.contents.settings, c.POINTER(Jobs)).contents
    add_queue(scope, b"FailedJobs", b"failed-jobs", MessageRetentionPeriod=14 * 24 * 3600)
    add_queue(scope, b"Jobs", b"jobs", MessageRetentionPeriod=jobs.retention_days * 24 * 3600,
              VisibilityTimeout=jobs.visibility_seconds,
              RedrivePolicy={"deadLetterTargetArn": {"Fn::GetAtt": ["FailedJobs", "Arn"]},
                             "maxReceiveCount": jobs.attempts})
    export_at(scope, b"QueueArn", value({"Fn::GetAtt": ["Jobs", "Arn"]}), b"the queue of jobs", place())


STACK = Stack(b"jobs", b"a queue of jobs, and one of those that failed", c.sizeof(Jobs), ROWS, None, build)

# --- the program ---


def synthesize(name, text, stacks, diags):
    platform = platform_load(stacks, Source(name.encode(), text, len(text)), None, diags)
    assembly = platform_synth(platform, diags) if platform else None
    found = assembly_find(assembly, b"jobs") if assembly else None
    if found:
        sys.stdout.write(taken(render(found.contents.body, 0)))
    assembly_free(assembly)
    platform_free(platform)
    return 0 if found else 1


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: custom_stack.py PLATFORM.yaml")
    with open(sys.argv[1], "rb") as file:
        text = file.read()
    stacks, diags = set_new(), diags_new()
    set_add(stacks, STACK)
    code = synthesize(sys.argv[1], text, stacks, diags)
    for index in range(diags_count(diags)):
        print(taken(diag_text(diags_at(diags, index))), file=sys.stderr)
    set_free(stacks)
    diags_free(diags)
    return code


if __name__ == "__main__":
    sys.exit(main())
