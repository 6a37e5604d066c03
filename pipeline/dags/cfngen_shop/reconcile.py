"""Are the totals of all layers equal? Pure: rows in, differences out.

A row is (layer, table, measure, value, quarantined), as the relation analytics.reconciliation has them. The total of a
layer is value + quarantined; a layer may leave out a measure that it cannot have, and then says nothing of it.
"""
import decimal

LAYERS = ("bronze", "silver", "warehouse")
NONE = "-"
EXACT = decimal.Context(prec=100, traps=[decimal.Inexact, decimal.InvalidOperation])


class MismatchError(Exception):
    """The layers differ, or cannot be compared."""


def number(text, where):
    try:
        return EXACT.create_decimal(text or "0")
    except (decimal.InvalidOperation, decimal.Inexact):
        raise MismatchError(f"{where} must be a number, not '{text}'") from None


def totals(rows):
    """{(table, measure): {layer: total}}."""
    found = {}
    for layer, table, measure, value, quarantined in rows:
        where = f"{layer}: {measure} of {table}"
        if layer not in LAYERS:
            raise MismatchError(f"the layer '{layer}' is not one of {', '.join(LAYERS)}")
        if value is None:
            raise MismatchError(f"{where} has no value")
        layers = found.setdefault((table, measure), {})
        if layer in layers:
            raise MismatchError(f"{where} is stated twice")
        layers[layer] = EXACT.add(number(value, where), number(quarantined, where))
    return found


def silent(found):
    """What cannot be compared: layers that say nothing of a table. Two that are silent of the same are no agreement."""
    tables = sorted({table for table, _ in found})
    said = {(layer, table) for (table, _), layers in found.items() for layer in layers}
    if not tables:
        return ["no layer states anything"]
    return [f"{layer} states nothing of {table}" for table in tables for layer in LAYERS if (layer, table) not in said]


def shown(total):
    return NONE if total is None else f"{total:f}"


def differences(found):
    return [f"{measure} of {table}: " + ", ".join(f"{layer} {shown(layers.get(layer))}" for layer in LAYERS)
            for (table, measure), layers in sorted(found.items()) if len(set(layers.values())) > 1]


def table_of(found):
    """For the log."""
    lines = [f"{'table':<36}{'measure':<22}" + "".join(f"{layer:>24}" for layer in LAYERS)]
    for (table, measure), layers in sorted(found.items()):
        lines.append(f"{table:<36}{measure:<22}" + "".join(f"{shown(layers.get(layer)):>24}" for layer in LAYERS))
    return "\n".join(lines)


def check(rows):
    """The table of totals; raises MismatchError, which says what differs."""
    found = totals(rows)
    wrong = silent(found) + differences(found)
    if wrong:
        raise MismatchError("the layers differ: " + "; ".join(wrong))
    return table_of(found)


def rows_of(results):
    """The rows in what the Redshift Data API gave: a list of pages, of which Airflow fetches the first."""
    rows = []
    for page in results:
        if page.get("NextToken"):
            raise MismatchError("the relation has more rows than one answer of the Data API holds")
        rows += [[None if field.get("isNull") else field.get("stringValue") for field in record]
                 for record in page["Records"]]
    return rows
