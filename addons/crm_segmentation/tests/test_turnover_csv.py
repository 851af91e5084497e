from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..core.turnover_csv import (
    decimal_signs,
    parse_amount,
    parse_date,
    read,
)

TODAY = date(2026, 5, 20)
HEADER = "customer,date,amount\n"


def _read(text):
    return read(text.encode(), TODAY)


def _first(text):
    """What the first line of a list says."""
    found = _read(text)
    if found.problems:
        raise AssertionError(found.problems)
    purchase = found.purchases[0]
    return purchase.customer, purchase.date, purchase.amount


@tagged("post_install", "-at_install")
class TestTurnoverCsv(BaseCase):
    # --- what is understood ---------------------------------------------------

    def test_headers_and_delimiters(self):
        expected = ("Clinic", date(2026, 3, 31), Decimal("12.5"))
        table = [
            "customer,date,amount\nClinic,2026-03-31,12.50\n",
            "Customer;Date;Amount\nClinic;2026-03-31;12,50\n",
            "client\tday\tspent\nClinic\t20260331\t12.5\n",
            "CUSTOMER_ID, Date ,Turnover\r\nClinic, 31.03.2026 ,12.50\r\n",
            '"client-id";"date";"value"\n"Clinic";"2026-03-31";"12,5"\n',
            "\ufeffcustomer,date,amount\nClinic,2026-03-31,12.50",
            "Контрагент;Дата;Сумма\nClinic;31.03.2026;12,50\n",
            "Покупець;Дата;Сума\nClinic;31.03.2026;12,50\n",
            "amount,note,date,customer\n12.5,hello,2026-03-31 17:05:00,Clinic\n",
            "\n\ncustomer,date,amount\n\nClinic,2026-03-31,12.50\n,,\n\n",
        ]
        for text in table:
            with self.subTest(text=text):
                self.assertEqual(_first(text), expected)

    def test_dates(self):
        day = date(2024, 2, 29)
        for text in (
            "2024-02-29",
            "20240229",
            "29.02.2024",
            "29.2.2024",
            "2024-02-29 10:00",
            "2024-02-29T10:00:00",
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_date(text), day)
        for text in (
            "",
            "2023-02-29",
            "2024-13-01",
            "29/02/2024",
            "02-29-2024",
            "24-02-29",
            "2024-2-29",
            "1 March 2024",
            "45351",
        ):
            with self.subTest(text=text):
                self.assertIsNone(parse_date(text))

    def test_amounts(self):
        table = {
            "0": "0",
            "12": "12",
            "12.5": "12.5",
            "12,5": "12.5",
            "-12.50": "-12.50",
            "\u221212.50": "-12.50",
            "1234.56": "1234.56",
            "1 234,56": "1234.56",
            "1\u00a0234,56": "1234.56",
            "1\u202f234\u202f567,8": "1234567.8",
            "1'234.56": "1234.56",
            "1,234.56": "1234.56",
            "1.234,56": "1234.56",
            "1,234,567": "1234567",
            "1.234.567,89": "1234567.89",
            "0.125": "0.125",
            "1234.567": "1234.567",
            "12.3456": "12.3456",
        }
        for text, amount in table.items():
            with self.subTest(text=text):
                self.assertEqual(parse_amount(text, set()), Decimal(amount))

    def test_what_is_no_amount(self):
        for text in (
            "",
            "free",
            "12.50 EUR",
            "$12",
            "1e3",
            "nan",
            "inf",
            ".5",
            "5.",
            "1.234.56",
            "1,23,456",
            "12 34",
            "--5",
            "٣",
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_amount(text, set()), "amount")
        self.assertEqual(parse_amount("1000000000000", set()), "amount_large")

    def test_a_thousand_or_one_and_a_bit(self):
        """The rest of the list decides; without a hint nobody guesses."""
        table = [
            (["1,234"], None),
            (["1,234", "1.234"], None),
            (["1,234", "5.50"], "1234"),
            (["1,234", "5,50"], "1.234"),
            (["1,234", "5,678.90"], "1234"),
            (["1.234", "5.678,90"], "1234"),
            (["1.234", "0.5"], "1.234"),
            (["1,234", "5,50", "5.50"], None),
        ]
        for texts, amount in table:
            with self.subTest(texts=texts):
                self.assertEqual(
                    parse_amount(texts[0], decimal_signs(texts)),
                    Decimal(amount) if amount else "amount_ambiguous",
                )

    # --- keys -----------------------------------------------------------------

    def _keys(self, *lines, header="customer,date,amount"):
        found = _read("\n".join([header, *lines]))
        self.assertFalse(found.problems)
        return [purchase.key for purchase in found.purchases]

    def test_key_says_all_that_is_known(self):
        self.assertEqual(
            self._keys("1,2026-01-02,5.00", "1,2026-01-02,5.00", "1,02.01.2026,5"),
            ["1|2026-01-02|5|1", "1|2026-01-02|5|2", "1|2026-01-02|5|3"],
        )
        self.assertEqual(self._keys("1,2026-01-02,0.00"), ["1|2026-01-02|0|1"])
        self.assertEqual(self._keys("1,2026-01-02,100"), ["1|2026-01-02|100|1"])
        self.assertEqual(
            self._keys("1,2026-01-02,5,eur", header="customer,date,amount,currency"),
            ["1|2026-01-02|5|EUR|1"],
        )
        self.assertEqual(
            self._keys("1,2026-01-02,5,R-1", header="customer,date,amount,reference"),
            ["ref:R-1"],
        )

    def test_a_longer_list_keeps_the_keys(self):
        lines = ["1,2026-01-02,5", "2,2026-01-02,5", "1,2026-01-02,5"]
        more = [*lines, "1,2026-01-02,5", "3,2026-01-03,5"]
        self.assertEqual(self._keys(*more)[:3], self._keys(*lines))

    # --- what is wrong --------------------------------------------------------

    def test_each_mistake_is_named_by_line_and_column(self):
        table = [
            ("", [(1, "", "empty")]),
            ("\n \n", [(1, "", "empty")]),
            (HEADER, [(1, "", "empty")]),
            (
                "who,date,sum\n1,2026-01-02,5\n",
                [(1, "customer", "column_missing")],
            ),
            (
                "hello\n",
                [
                    (1, "customer", "column_missing"),
                    (1, "date", "column_missing"),
                    (1, "amount", "column_missing"),
                ],
            ),
            (
                "customer,date,amount,value\n1,2026-01-02,5,5\n",
                [(1, "amount", "column_twice")],
            ),
            (HEADER + "1,2026-01-02,11,50\n", [(2, "", "too_many_values")]),
            (HEADER + '1,2026-01-02,"5\n', [(2, "", "quoting")]),
            (HEADER + ",2026-01-02,5\n", [(2, "customer", "customer_empty")]),
            (HEADER + "1,2026-01-02\n", [(2, "amount", "amount")]),
            (HEADER + "1,yesterday,5\n", [(2, "date", "date")]),
            (HEADER + "1,0026-01-02,5\n", [(2, "date", "date_early")]),
            (HEADER + "1,2026-05-21,5\n", [(2, "date", "date_future")]),
            (HEADER + "1,2026-01-02,free\n", [(2, "amount", "amount")]),
            (HEADER + "1,2026-01-02,1.234\n", [(2, "amount", "amount_ambiguous")]),
            (
                HEADER + "1,2026-01-02,5\n\n,x,y\n2,2026-01-02,5\n,2026-01-02,5\n",
                [
                    (4, "customer", "customer_empty"),
                    (4, "date", "date"),
                    (4, "amount", "amount"),
                    (6, "customer", "customer_empty"),
                ],
            ),
            (
                'customer,date,amount\n"two\nlines",2026-01-02,5\n1,x,5\n',
                [(4, "date", "date")],
            ),
            (
                "Клиент;День;Дата;Сумма\n1;1;x;5\n",
                [(2, "Дата", "date")],
            ),
            (
                "customer,date,amount,reference\n1,2026-01-02,5,R\n2,2026-01-02,5,R\n",
                [(3, "reference", "reference_twice")],
            ),
        ]
        for text, problems in table:
            with self.subTest(text=text):
                found = _read(text)
                self.assertEqual(
                    [(p.line, p.column, p.kind) for p in found.problems], problems
                )
                self.assertEqual(found.purchases, [])

    def test_not_utf8(self):
        found = read(
            "customer,date,amount\n1,2026-01-02,5\nКлиника,x,5\n".encode("cp1251")
        )
        self.assertEqual([(p.line, p.kind) for p in found.problems], [(3, "encoding")])

    def test_dates_that_will_be_moved_may_lie_ahead(self):
        text = (HEADER + "1,2026-05-21,5\n").encode()
        self.assertTrue(read(text, TODAY).problems)
        self.assertFalse(read(text, None).problems)

    # --- any list -------------------------------------------------------------

    @given(
        st.lists(
            st.tuples(
                st.text(
                    st.characters(blacklist_categories=["Cs", "Cc", "Z"]), min_size=1
                ),
                st.dates(date(1990, 1, 1), TODAY),
                st.decimals(-(10**6), 10**6, places=2),
            ),
            min_size=1,
            max_size=6,
        ),
        st.sampled_from([",", ";", "\t"]),
        st.sampled_from([".", ","]),
        st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d.%m.%Y"]),
    )
    @settings(deadline=None, derandomize=True, database=None)
    def test_any_list_reads_back(self, rows, delimiter, point, style):
        lines = [["customer", "date", "amount"]]
        for customer, day, amount in rows:
            text = f"{amount:.2f}".replace(".", point)
            lines.append([customer, day.strftime(style), text])
        text = "\n".join(
            delimiter.join('"' + value.replace('"', '""') + '"' for value in line)
            for line in lines
        )
        found = _read(text)
        self.assertEqual(
            [(p.customer, p.date, p.amount) for p in found.purchases],
            [(customer.strip(), day, amount) for customer, day, amount in rows],
        )
        keys = [purchase.key for purchase in found.purchases]
        self.assertEqual(len(set(keys)), len(keys))

    @given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode))
    @settings(deadline=None, derandomize=True, database=None)
    def test_nonsense_never_fails_otherwise(self, content):
        found = read(content, TODAY)
        self.assertTrue(found.problems)
        self.assertFalse(found.purchases)

    def test_a_large_list_takes_seconds(self):
        days = [TODAY - timedelta(days=number) for number in range(100)]
        lines = [f"{n % 900},{days[n % 100]},{n % 77}.5" for n in range(100_000)]
        found = _read(HEADER + "\n".join(lines))
        self.assertEqual(len(found.purchases), 100_000)
