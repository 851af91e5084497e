"""Reading a list of purchases: customer, date, amount, one line each.

The whole list is read before anything is loaded. What is wrong is told by line and
column; the words for it are made where the reader's language is known.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

DELIMITERS = (",", ";", "\t")
EARLIEST = date(1900, 1, 1)
LARGEST = Decimal(10) ** 12

# What a column may be called. Case, spaces, dashes and underscores do not matter.
COLUMNS = {
    "customer": (
        "customer", "customer id", "client", "client id", "counterparty", "partner",
        "buyer", "клиент", "контрагент", "покупатель", "клієнт", "покупець",
    ),
    "date": ("date", "day", "purchase date", "invoice date", "дата"),
    "amount": (
        "amount", "sales", "spent", "turnover", "value", "revenue", "sum", "total",
        "сумма", "оборот", "выручка", "сума", "виручка",
    ),
    "name": (
        "name", "customer name", "client name", "название", "наименование", "назва",
    ),
    "reference": ("reference", "ref", "external ref", "ссылка", "посилання"),
    "currency": ("currency", "валюта"),
    "category": (
        "product category", "category", "категория товара", "категория",
        "категорія товару", "категорія",
    ),
}  # fmt: skip
REQUIRED = ("customer", "date", "amount")

_DATES = (
    re.compile(
        r"(?P<y>\d{4})-(?P<m>\d\d)-(?P<d>\d\d)(?:[ T]\d\d:\d\d(?::\d\d)?)?", re.A
    ),
    re.compile(r"(?P<y>\d{4})(?P<m>\d\d)(?P<d>\d\d)", re.A),
    re.compile(r"(?P<d>\d\d?)\.(?P<m>\d\d?)\.(?P<y>\d{4})", re.A),
)
_GROUPS = " \u00a0\u202f'.,"
_AMOUNT = re.compile(
    rf"(?P<minus>-?)"
    rf"(?P<whole>\d+|\d{{1,3}}(?P<group>[{_GROUPS}])\d{{3}}(?:(?P=group)\d{{3}})*)"
    r"(?:(?P<point>[.,])(?P<cents>\d+))?",
    re.A,
)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong in a list.

    :param line: line in the file, the header is line 1
    :param column: name of the column as it stands in the file; empty for the line
    :param kind: what is wrong: ``encoding``, ``quoting``, ``empty``,
        ``column_missing``, ``column_twice``, ``too_many_values``, ``customer_empty``,
        ``date``, ``date_early``, ``date_future``, ``amount``, ``amount_ambiguous``,
        ``amount_large``, ``reference_twice``; the loader adds ``currency``,
        ``category``, ``customer_ambiguous`` and ``customer_shared``
    :param value: the text that was found
    """

    line: int
    column: str
    kind: str
    value: str = ""


@dataclass(frozen=True)
class Purchase:
    """One line of a list.

    :param line: line in the file
    :param customer: the customer's id or name in the list
    :param name: what to call a new customer; empty when the list does not say
    :param date: the day as it stands in the list
    :param amount: without tax; a return is negative
    :param key: the line's name in its origin, the same whenever the list is read
    :param currency: code; empty for the company's own
    :param category: name of the product category; empty when the list does not say
    """

    line: int
    customer: str
    name: str
    date: date
    amount: Decimal
    key: str
    currency: str = ""
    category: str = ""


@dataclass
class PurchaseList:
    """What a file holds: either purchases without any problem, or problems.

    :param purchases: in the order of the file
    :param problems: in the order of the file
    :param columns: what we call a column → what the file calls it
    """

    purchases: list[Purchase] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: dict[str, str] = field(default_factory=dict)


def read(content: bytes, today: date | None = None) -> PurchaseList:
    """Read and check a whole list.

    :param content: the file: CSV in UTF-8, a header line, values separated by comma,
        semicolon or tab
    :param today: later dates are a problem; None when dates will be moved anyway
    :return: the purchases, none of them if anything at all is wrong
    """
    found = PurchaseList()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        found.problems.append(Problem(line, "", "encoding"))
        return found
    records = _records(text, found.problems)
    if found.problems:
        return found
    if not records:
        found.problems.append(Problem(1, "", "empty"))
        return found
    places = _places(records[0][1], found)
    if not found.problems:
        _read_records(records, places, today, found)
    if found.problems:
        found.purchases = []
        found.problems.sort(key=lambda problem: problem.line)
    return found


def parse_date(text: str) -> date | None:
    """A day written as 2024-03-31 (a time may follow), 20240331 or 31.03.2024."""
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if match:
            try:
                return date(int(match["y"]), int(match["m"]), int(match["d"]))
            except ValueError:
                return None
    return None


def decimal_signs(texts: Iterable[str]) -> set[str]:
    """The signs that stand before decimals in these amounts without any doubt."""
    signs = set()
    for match in filter(None, map(_AMOUNT.fullmatch, texts)):
        if match["group"] in (".", ","):
            signs.add("," if match["group"] == "." else ".")
        elif match["point"] and not _is_ambiguous(match):
            signs.add(match["point"])
    return signs


def parse_amount(text: str, signs: set[str]) -> Decimal | str:
    """An amount with decimal point or comma; thousands may be grouped.

    :param text: such as ``1234.50``, ``1 234,50`` or ``-1,234.50``
    :param signs: the decimal signs of the list, which say whether ``1,234`` is about
        one or about a thousand
    :return: the amount, or the kind of problem
    """
    match = _AMOUNT.fullmatch(text.replace("\u2212", "-"))
    if not match or (match["group"] and match["group"] == match["point"]):
        return "amount"
    cents = match["cents"] or ""
    whole = re.sub(rf"[{_GROUPS}]", "", match["whole"])
    if _is_ambiguous(match):
        if len(signs) != 1:
            return "amount_ambiguous"
        if match["point"] not in signs:
            whole, cents = whole + cents, ""
    amount = Decimal(f"{match['minus']}{whole}.{cents or 0}")
    return "amount_large" if abs(amount) >= LARGEST else amount


def _is_ambiguous(match: re.Match) -> bool:
    """Whether 1,234 could be one thousand or one and a bit."""
    return (
        not match["group"]
        and len(match["cents"] or "") == 3
        and len(match["whole"]) <= 3
        and not match["whole"].startswith("0")
    )


def _records(text: str, problems: list[Problem]) -> list[tuple[int, list[str]]]:
    """Line number and stripped values of each line that is not empty."""
    header = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(DELIMITERS, key=lambda sign: _known_columns(header, sign))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    records = []
    line = 1
    try:
        for values in reader:
            values = [value.strip() for value in values]
            if any(values):
                records.append((line, values))
            line = reader.line_num + 1
    except csv.Error:
        problems.append(Problem(line, "", "quoting"))
    return records


def _known_columns(header: str, delimiter: str) -> int:
    return sum(1 for title in header.split(delimiter) if _column(title))


def _column(title: str) -> str | None:
    """What we call a column, from what a file calls it."""
    plain = re.sub(r"[\s_\-]+", " ", title.strip().strip('"').casefold()).strip()
    return next((name for name, titles in COLUMNS.items() if plain in titles), None)


def _places(header: list[str], found: PurchaseList) -> dict[str, int]:
    """Where each known column stands; adds problems when the header will not do."""
    places: dict[str, int] = {}
    for place, title in enumerate(header):
        name = _column(title)
        if name in places:
            both = f"{header[places[name]]}, {title}"
            found.problems.append(Problem(1, name, "column_twice", both))
        elif name:
            places[name] = place
    for name in REQUIRED:
        if name not in places:
            shown = ", ".join(header)
            found.problems.append(Problem(1, name, "column_missing", shown))
    found.columns = {name: header[place] for name, place in places.items()}
    return places


def _read_records(records, places, today, found: PurchaseList) -> None:
    width = len(records[0][1])
    lines = [
        (line, {name: _at(values, place) for name, place in places.items()})
        for line, values in records[1:]
        if not _is_too_long(line, values, width, found)
    ]
    reader = _LineReader(
        decimal_signs(values["amount"] for _line, values in lines), today, found
    )
    for line, values in lines:
        reader.take(line, values)
    if not found.purchases and not found.problems:
        found.problems.append(Problem(1, "", "empty"))


def _at(values: list[str], place: int) -> str:
    return values[place] if place < len(values) else ""


def _is_too_long(line, values, width, found: PurchaseList) -> bool:
    too_long = any(values[width:])
    if too_long:
        shown = str(len(values))
        found.problems.append(Problem(line, "", "too_many_values", shown))
    return too_long


class _LineReader:
    """Turns the values of one line after the other into purchases or problems."""

    def __init__(self, signs: set[str], today: date | None, found: PurchaseList):
        self.signs = signs
        self.today = today
        self.found = found
        self.seen: Counter = Counter()

    def take(self, line: int, values: dict[str, str]) -> None:
        """Add the purchase of a line, or everything that is wrong with the line."""
        before = len(self.found.problems)
        if not values["customer"]:
            self._problem(line, "customer", "customer_empty")
        day = self._day(line, values["date"])
        amount = parse_amount(values["amount"], self.signs)
        if isinstance(amount, str):
            self._problem(line, "amount", amount, values["amount"])
        if len(self.found.problems) > before:
            return
        currency = values.get("currency", "").upper()
        self.found.purchases.append(
            Purchase(
                line,
                values["customer"],
                values.get("name", ""),
                day,
                amount,
                self._key(line, values, day, amount, currency),
                currency,
                values.get("category", ""),
            )
        )

    def _day(self, line: int, text: str) -> date | None:
        day = parse_date(text)
        if day is None:
            self._problem(line, "date", "date", text)
        elif day < EARLIEST:
            self._problem(line, "date", "date_early", text)
        elif self.today and day > self.today:
            self._problem(line, "date", "date_future", text)
        return day

    def _key(self, line, values, day, amount, currency) -> str:
        """The line's name in its origin: its reference, or all that is said of it.

        Equal purchases of one customer on one day are told apart by counting them.
        """
        reference = values.get("reference")
        if reference:
            self.seen[reference] += 1
            if self.seen[reference] > 1:
                self._problem(line, "reference", "reference_twice", reference)
            return f"ref:{reference}"
        parts = [values["customer"], day.isoformat(), _plain(amount)]
        if currency:
            parts.append(currency)
        self.seen[tuple(parts)] += 1
        return "|".join([*parts, str(self.seen[tuple(parts)])])

    def _problem(self, line: int, name: str, kind: str, value: str = "") -> None:
        title = self.found.columns[name]
        self.found.problems.append(Problem(line, title, kind, value))


def _plain(amount: Decimal) -> str:
    """The amount without zeros at the end, so that 5, 5.0 and 5.00 are one name."""
    return f"{amount:f}".rstrip("0").rstrip(".") if amount else "0"


def batches(purchases: list[Purchase], size: int) -> Iterator[list[Purchase]]:
    """The purchases in pieces of at most ``size``."""
    for start in range(0, len(purchases), size):
        yield purchases[start : start + size]
