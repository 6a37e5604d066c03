"""From a bronze row to a silver row: types, cleaning, and what sends a row to quarantine."""
import functools
import unicodedata

from pyspark.sql import functions as F

from shop_tables import JobError

UNSOUND = "bronze:"  # rules about rows that cannot be placed in any history: no operation, time or key
LIVE, DELETED, HELD, LOST = "L", "D", "Q", "X"  # published, deleted, in quarantine, without a place in any history
PLAIN = r"^[\x00-\x7F]*$"


def _numeric_loss(column, source):
    """True where the value changes in the column's type: digits would be cut off."""
    wide = "decimal(38,18)" if source == "string" else source
    return F.expr(f"NOT (try_cast(try_cast(`{column.name}` AS {column.spark_type}) AS {wide}) "
                  f"<=> try_cast(`{column.name}` AS {wide}))")


def cast_failure(column, source):
    """'cast:NAME' where the value cannot be had in the column's type, else null."""
    here, failed = F.col(column.name), F.lit(f"cast:{column.name}")
    if column.kind in ("char", "varchar"):
        return F.when(F.length(_text(column)) > column.size[0], failed)
    if column.kind == "text" or source == column.spark_type:
        return F.lit(None).cast("string")
    lost = F.expr(f"try_cast(`{column.name}` AS {column.spark_type}) IS NULL")
    if column.kind in ("integer", "numeric"):
        lost = lost | _numeric_loss(column, source)
    return F.when(here.isNotNull() & lost, failed)


def _text(column):
    """The blanks that fill up a char(n) are no part of it."""
    text = F.col(column.name).cast("string")
    return F.rtrim(text) if column.kind == "char" else text


def typed(column, source):
    """The value in the column's type, null where that fails."""
    value = F.expr(f"try_cast(`{column.name}` AS {column.spark_type})")
    if column.spark_type == "string":
        value = _text(column)
    return F.when(cast_failure(column, source).isNull(), value)


def accent_stripper():
    """A function of text that Spark ships whole to its workers: they need not find this module."""
    known = {}

    def strip(text):
        if text is None:
            return None
        if text not in known:
            if len(known) > 100000:
                known.clear()
            normal = unicodedata.normalize("NFKD", text)
            known[text] = "".join(c for c in normal if not unicodedata.combining(c))
        return known[text]

    return strip


def _city(column):
    """Only what is not plain ASCII goes through Python; most values do not."""
    here = F.col(column)
    stripped = F.udf(accent_stripper(), "string")(F.when(~here.rlike(PLAIN), here))
    plain = F.when(here.rlike(PLAIN), here).otherwise(stripped)
    return F.trim(F.regexp_replace(F.lower(plain), r"[\s_]+", " "))


def _zip5(column):
    here = F.col(column)
    return F.when(here.rlike("^[0-9]{1,4}$"), F.lpad(here, 5, "0")).otherwise(here)


def cleaned(table, frame):
    """The frame with cleaned columns; each one's text as it came is kept as _was_NAME."""
    how = {"city": _city, "zip5": _zip5}
    columns = [c for c in table.columns if c.clean]
    kept = frame.select("*", *[F.col(c.name).alias(f"_was_{c.name}") for c in columns])
    return kept.withColumns({c.name: how[c.clean](c.name) for c in columns}) if columns else kept


def check_rules(table, frame):
    """A rule that Spark cannot read is a mistake in the description, and named as one."""
    for name, check in table.rules:
        try:
            frame.limit(0).where(F.expr(check)).schema
        except Exception as error:
            raise JobError(f"rule {name}: {str(error).splitlines()[0]}") from None


def _failed(column):
    return F.coalesce(F.array_contains(F.split("_cast", ", "), f"cast:{column.name}"), F.lit(False))


def broken_rules(table):
    """The names of what a row breaks, joined by ', ', or null. As in SQL, a check that is null is not broken."""
    required = [F.when(F.col(c.name).isNull() & ~_failed(c), F.lit(f"required:{c.name}"))
                for c in table.columns if c.required and c.name not in table.key]
    rules = [F.when(~F.expr(check), F.lit(name)) for name, check in table.rules]
    broken = F.concat_ws(", ", F.col("_cast"), *required, *rules)
    return F.when(broken != "", broken)


def unsound(table):
    """'bronze:...' for a row that has no place in any history, else null."""
    known = ("I", "U", "D") if table.key else ("I",)  # no version of a row can be told without a key
    no_key = functools.reduce(lambda a, b: a | b, [F.col(k).isNull() for k in table.key], F.lit(False))
    return (F.when(F.col("_op").isNull() | ~F.col("_op").isin(*known), F.lit(UNSOUND + "Op"))
            .when(F.col("_ts").isNull(), F.lit(UNSOUND + "timestamp"))
            .when(no_key, F.lit(UNSOUND + "key")))


def row_json(table, was=()):
    """The row as it came, every value as text."""
    values = [F.col(f"_was_{n}" if n in was else n).cast("string").alias(n) for n in table.names]
    return F.coalesce(F.col("_raw"), F.to_json(F.struct(*values), {"ignoreNullFields": "false"}))


def key_json(table):
    if not table.key:
        return F.to_json(F.struct(F.col("_file").alias("file"), F.col("_pos").alias("row")))
    return F.to_json(F.struct(*table.key), {"ignoreNullFields": "false"})


def partition_value(table):
    """Which physical partition a row belongs to, as text."""
    if not table.partition:
        return F.lit("")
    column, by = table.partition
    return F.coalesce(F.date_format(column, "yyyy" if by == "year" else "yyyy-MM"), F.lit("none"))
