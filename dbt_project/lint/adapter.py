"""What dbt calls `adapter`, as far as linting needs it: a macro's form for Redshift, from the macro files themselves."""
import pathlib

import jinja2

MACROS = pathlib.Path(__file__).resolve().parent.parent / "macros"


def dispatch(name, package=None):
    environment = jinja2.Environment(loader=jinja2.FileSystemLoader(MACROS), extensions=["jinja2.ext.do"])
    module = environment.get_template("dialect.sql").module
    return getattr(module, f"redshift__{name}", None) or getattr(module, f"default__{name}")
