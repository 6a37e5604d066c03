"""Immutable Parquet files, one for each group of rows, so that a merge rewrites only the groups it touches.

A group is a partition and, where that is too large for one file, the lowest bits of the hash of the key: the files of a
partition are the leaves of a tree that is split where it grows (extendible hashing). No row can be in two files.
"""
import collections

from pyspark.sql import functions as F

from shop_tables import JobError

Group = collections.namedtuple("Group", "part bits value")
MASK = 0xFFFFFFFF


def key_hash(key):
    return F.hash(*key)


def low_bits(bits):
    return F.col("_h").bitwiseAND(F.lit((1 << bits) - 1))


def group_of(entry):
    return Group(entry["part"], entry["bits"], entry["value"])


def splits(group, size, target):
    """The groups that take the place of one that has become too large."""
    if size <= target or group.bits >= 24:
        return [group]
    deeper = [Group(group.part, group.bits + 1, group.value + (b << group.bits)) for b in (0, 1)]
    return [g for d in deeper for g in splits(d, size / 2, target)]


def _within(inner, outer):
    return (inner.part == outer.part and inner.bits >= outer.bits
            and inner.value & ((1 << outer.bits) - 1) == outer.value)


def home(groups, part, value):
    """The group of a partition that holds a hash. Where none does (there is no file for it), the largest that
    overlaps none of those there are."""
    alike = [g for g in groups if g.part == part]
    for bits in range(33):
        group = Group(part, bits, value & ((1 << bits) - 1))
        if group in alike or not any(_within(g, group) for g in alike):
            return group
    raise JobError(f"the groups of partition '{part}' overlap")


def spark_int_hash(value):
    """What Spark's hash() gives for an int (Murmur3, seed 42)."""
    def rotated(x, n):
        return ((x << n) | (x >> (32 - n))) & MASK
    k = rotated(value * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK
    h = (rotated(42 ^ k, 13) * 5 + 0xE6546B64) & MASK
    h ^= 4
    h = (h ^ (h >> 16)) * 0x85EBCA6B & MASK
    h = (h ^ (h >> 13)) * 0xC2B2AE35 & MASK
    h ^= h >> 16
    return h - (1 << 32) if h >> 31 else h


def _numbers_for_tasks(count):
    """For each of `count` tasks a number that Spark's repartition sends there, so that a task has one group."""
    found, number = {}, 0
    while len(found) < count:
        found.setdefault(spark_int_hash(number) % count, number)
        number += 1
    return [found[i] for i in range(count)]


def _laid_out(spark, frame, groups):
    if len(groups) == 1:
        return frame.repartition(1)
    values = [(g.part, (1 << g.bits) - 1, g.value, n) for g, n in zip(groups, _numbers_for_tasks(len(groups)))]
    listed = ", ".join("('{}', {}, {}, {})".format(*v) for v in values)
    slots = F.broadcast(spark.sql(f"SELECT * FROM VALUES {listed} AS s(_slot_part, _mask, _value, _slot)"))
    held = (F.col("_part") == F.col("_slot_part")) & (F.col("_h").bitwiseAND(F.col("_mask")) == F.col("_value"))
    return frame.join(slots, held, "inner").repartition(len(groups), "_slot")


def write(spark, files, frame, columns, groups, order, folder):
    """Writes rows that have _part and _h, one file for each group that has any. Returns (path, size, group) of each
    file; where there are no rows at all, one empty file of no group, so that readers find the columns."""
    laid = _laid_out(spark, frame, groups) if groups else frame.limit(0).coalesce(1)
    laid = laid.sortWithinPartitions(*order) if order else laid
    laid.select(*columns).write.parquet(folder)
    found = [e for e in files.below(folder) if e.name.endswith(".parquet")]
    return [(e.path, e.size, groups[int(e.name.split("-")[1])] if groups else None) for e in found]


def verify(entry, row):
    """The rows that were read back from a file must be of its group."""
    mask = (1 << entry["bits"]) - 1
    if row["rows"] and (row["low_part"] != entry["part"] or row["high_part"] != entry["part"]
                        or row["all_and"] & mask != entry["value"] or row["all_or"] & mask != entry["value"]):
        raise JobError(f"{entry['path']} holds rows of another group than {group_of(entry)}")


def placement():
    return [F.min("_part").alias("low_part"), F.max("_part").alias("high_part"),
            F.bit_and("_h").alias("all_and"), F.bit_or("_h").alias("all_or")]
