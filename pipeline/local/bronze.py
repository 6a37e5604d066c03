"""Files of the bronze layer as AWS DMS writes them: their types, names and places.

Parquet 1.0, gzip, timestamps in milliseconds; the columns Op and dms_timestamp beside the table's own. Used by the
stand-in for DMS for the full load and for changes alike, so that both have the same types.
"""
import datetime
import os
import pathlib
import shutil

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet

PARTITIONS = {"none": "", "month": "%Y/%m/", "day": "%Y/%m/%d/", "hour": "%Y/%m/%d/%H/"}
BLOCK = 16 << 20  # of the source's text that is converted at once; no row may be longer

BOOLEAN, BYTES, NUMERIC, TIMESTAMP, TIMESTAMP_TZ = 16, 17, 1700, 1114, 1184
TYPES = {
    BOOLEAN: pa.bool_(), BYTES: pa.binary(), 21: pa.int16(), 23: pa.int32(), 20: pa.int64(), 700: pa.float32(),
    701: pa.float64(), 1082: pa.date32(), TIMESTAMP: pa.timestamp("ms"), TIMESTAMP_TZ: pa.timestamp("ms"),
}  # by PostgreSQL's object id of the type; every other type is a STRING of its text


class Error(Exception):
    """What went wrong, in words for the user."""


def arrow_type(column):
    if column.type != NUMERIC:
        return TYPES.get(column.type, pa.string())
    precision, scale = (column.modifier - 4) >> 16 & 0xFFFF, (column.modifier - 4) & 0x7FF
    if column.modifier < 4 or precision > 38 or scale > precision:
        raise Error(f"column '{column.name}' must be numeric(p,s) of at most 38 digits, for parquet's DECIMAL")
    return pa.decimal128(precision, scale)


def convert(texts, column):
    """An array of the source's text as the type that the file has. A time with a zone is in UTC already."""
    try:
        if column.type in (TIMESTAMP, TIMESTAMP_TZ):
            fine = texts.cast(pa.timestamp("us", "UTC" if column.type == TIMESTAMP_TZ else None))
            return pc.floor_temporal(fine, unit="millisecond").cast(pa.timestamp("us")).cast(pa.timestamp("ms"))
        if column.type == BOOLEAN:
            return pc.equal(texts, "t")
        if column.type == BYTES:
            return pa.array([None if t is None else bytes.fromhex(t[2:]) for t in texts.to_pylist()], pa.binary())
        return texts.cast(arrow_type(column))
    except pa.ArrowInvalid as error:
        raise Error(f"column '{column.name}': parquet cannot hold it: {error}") from None


def batch(columns, texts, ops, stamps):
    """A table of a file: `texts` are arrays of strings, one for each column."""
    fields = {"Op": pa.array(ops, pa.string()), "dms_timestamp": pa.array(stamps, pa.string())}
    for column, text in zip(columns, texts):
        if column.name in fields:
            raise Error(f"the source has a column '{column.name}', which DMS adds")
        fields[column.name] = convert(text, column)
    return pa.table(fields)


def rows_batch(columns, rows):
    """As `batch`, of rows (op, stamp, values)."""
    texts = [pa.array([row[2][n] for row in rows], pa.string()) for n in range(len(columns))]
    return batch(columns, texts, [row[0] for row in rows], [row[1] for row in rows])


def copied(stream, columns, rows_per_file, stamp):
    """Tables of at most so many rows, of what COPY ... (FORMAT csv) says."""
    names = [column.name for column in columns]
    reader = pa.csv.open_csv(
        stream, read_options=pa.csv.ReadOptions(column_names=names, block_size=BLOCK),
        parse_options=pa.csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=pa.csv.ConvertOptions(
            column_types={name: pa.string() for name in names}, strings_can_be_null=True,
            quoted_strings_can_be_null=False, null_values=[""]))
    waiting, count = [], 0
    for part in reader:
        while part.num_rows:
            take = min(rows_per_file - count, part.num_rows)
            waiting.append(part.slice(0, take))
            part, count = part.slice(take), count + take
            if count == rows_per_file:
                yield _full(waiting, columns, stamp)
                waiting, count = [], 0
    if count:
        yield _full(waiting, columns, stamp)


def _full(parts, columns, stamp):
    table = pa.Table.from_batches(parts)
    texts = [table.column(n).combine_chunks() for n in range(len(columns))]
    return batch(columns, texts, ["I"] * table.num_rows, [stamp] * table.num_rows)


def write(table, path, temporary):
    """The file appears under its name when it is complete and safe on the disk, as an object of S3 does."""
    temporary.mkdir(parents=True, exist_ok=True)
    new = temporary / "writing.parquet"
    # Level 6 is gzip's own; pyarrow's is 9, three times the work for files of the same size.
    pa.parquet.write_table(table, new, version="1.0", compression="gzip", compression_level=6, coerce_timestamps="ms",
                           write_statistics=True, store_schema=False)
    deliver(new, path)


def deliver(new, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(new, "rb") as file:
        os.fsync(file.fileno())
    os.replace(new, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def load_name(number):
    """Of the full load's files: a counter in hexadecimal, from 1."""
    return f"LOAD{number:08X}.parquet"


def change_name(committed, last):
    """The stem of a file of changes: the commit's time in milliseconds, but always after the table's last one."""
    if last:
        after = datetime.datetime.strptime(last + "000", "%Y%m%d-%H%M%S%f") + datetime.timedelta(milliseconds=1)
        committed = max(committed, after)
    return committed.strftime("%Y%m%d-%H%M%S") + f"{committed.microsecond // 1000:03}"


def change_path(stem, partition):
    """The path below the table's folder."""
    when = datetime.datetime.strptime(stem[:11], "%Y%m%d-%H")
    return when.strftime(PARTITIONS[partition]) + stem + ".parquet"


def clear(folder):
    shutil.rmtree(pathlib.Path(folder), ignore_errors=True)
