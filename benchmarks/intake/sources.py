"""Clean tables of CRM shape, from a seed: what a pollution is applied to.

Every column knows its kind, so that a pollution can ask what a careful person would ask: "in how many ways can these
cells be put back so that each fits its column?" The people and companies are invented, and numbered.
"""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

WORDS = [
    "order",
    "delivery",
    "late",
    "again",
    "thanks",
    "please",
    "call",
    "back",
    "invoice",
    "address",
    "changed",
    "wrong",
    "size",
    "colour",
    "blue",
    "box",
    "of",
    "ten",
    "desk",
    "lamp",
    "arm",
    "chair",
    "renewal",
    "pilot",
    "phase",
    "two",
    "training",
    "day",
    "rate",
    "new",
    "contact",
    "asked",
    "for",
    "discount",
    "spring",
    "offer",
    "newsletter",
]
UNICODE = (
    "Zażółć",
    "Büro",
    "Crème brûlée",
    "Ångström",
    "東京支社",
    "№ 3",
    "naïve",
    "€ 5",
    "ﬁrst",
    "Łódź – Süd",
    "🤓 ok",
)
LETTERS = {"cp1251": ("Заказ", "Москва и", "Привет"), "shift_jis": ("東京支社", "お客様", "注文です")}
WESTERN = ("Büro", "Crème brûlée", "naïve", "Ñandú", "Straße", "Århus", "café")
_ID = r"[A-Za-z]{0,6}[-_#]?\d{2,}"
KINDS: Mapping[str, str] = {
    "id": _ID,
    "name": r"[^\d\"';,|\t]+ \d{4}",
    "email": r"[^@\s,;|\"']+@[^@\s,;|\"']+\.[a-z]{2,3}",
    "date": r"\d{4}-\d\d-\d\d|\d\d\.\d\d\.\d{4}|\d\d/\d\d/\d{4}",
    "stamp": r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?( ?(Z|[+-]\d\d:?\d\d))?",
    "money": r"-?\(?[$€£]?-?\d{1,3}(,\d{3})*\.\d\d\)?|-?[$€£]?\d+\.\d\d|-?\d{1,3}([.\u00a0]\d{3})*,\d\d( €)?",
    "int": r"\d{1,3}|\d{1,3},\d{3}|\d+",
    "phone": r"\+?[\d ()-]{6,}",
    "ids": r"\d{3,}(;\d{3,})*",
    "json": r"\{.*\}",
    "text": r"(?s:.*)",
}
ODD, COMMON = 0.12, 0.5


@dataclass(frozen=True)
class Column:
    """A column: ``kind`` is a key of :data:`KINDS`, or ``enum`` with its ``words``; ``quoted`` = always quoted."""

    name: str
    kind: str
    words: tuple[str, ...] = ()
    blank: float = 0.0  # share of empty cells
    quoted: bool = False

    def fits(self, cell: str) -> bool:
        """Whether a careful person would believe that this cell belongs to the column."""
        if not cell:
            return self.blank > 0
        if self.kind == "enum":
            return cell in self.words
        return re.fullmatch(KINDS[self.kind], cell) is not None


@dataclass(frozen=True)
class Clean:
    """A clean table: header, rows of equal width, and how its system writes it."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    delimiter: str = ","
    end: str = "\n"
    above: tuple[str, ...] = ()  # lines that the system writes above the header, as they stand
    below: tuple[str, ...] = ()

    @property
    def header(self) -> tuple[str, ...]:
        """The names of the columns."""
        return tuple(column.name for column in self.columns)

    @property
    def typed(self) -> bool:
        """Whether any column shows by its cells alone what it is."""
        return any(column.kind not in ("text", "enum", "name") for column in self.columns)

    def fits(self, cells: tuple[str, ...]) -> bool:
        """Whether every cell fits its column."""
        return len(cells) == len(self.columns) and all(
            column.fits(cell) for column, cell in zip(self.columns, cells, strict=True)
        )


@dataclass
class Maker:
    """Cell values from one random stream. ``letters`` are the foreign words that texts may hold."""

    random: random.Random
    letters: tuple[str, ...] = UNICODE
    counters: dict[str, int] = field(default_factory=dict)

    def serial(self, name: str, start: int) -> int:
        """The next number of a counter."""
        self.counters[name] = self.counters.get(name, start) + self.random.randint(1, 3)
        return self.counters[name]

    def words(self, least: int, most: int) -> str:
        """Plain words."""
        return " ".join(self.random.choice(WORDS) for _ in range(self.random.randint(least, most)))

    def text(self, most: int = 6, lines: bool = False) -> str:
        """Free text: plain, or with what free text holds — commas, quotes, other letters, line ends."""
        text, dice = self.words(2, most), self.random.random()
        if dice < COMMON:
            return text
        return self.random.choice(
            [
                f"{text}, {self.words(1, 3)}",
                f'{text} "{self.words(1, 2)}" {self.words(1, 2)}',
                f'{self.words(1, 2)} {self.random.randint(2, 40)}" {self.words(1, 2)}',
                f"{text} {self.random.choice(self.letters)}",
                f"{self.random.choice(self.letters)}, {text}",
                f"{text}; {self.words(1, 2)}",
                f"it's {text}",
                f"{text} - {self.words(1, 2)}",
                f"Total {text}",
                f"{text}\n{self.words(1, 4)}" if lines else f"{text} ({self.words(1, 2)})",
                f"{text},\n\n{self.words(1, 4)}" if lines else f"{text} #{self.random.randint(1, 99)}",
                f'{text}, "{self.words(1, 2)}", {self.words(1, 2)}',
            ]
        )

    def day(self) -> tuple[int, int, int]:
        """Year, month, day."""
        return self.random.choice((2023, 2024)), self.random.randint(1, 12), self.random.randint(1, 28)

    def date(self, form: str = "{0}-{1:02}-{2:02}") -> str:
        """A date in the given form."""
        return form.format(*self.day())

    def stamp(self, joint: str = " ", seconds: bool = True, zone: str = "") -> str:
        """A date and time."""
        hour, minute, second = self.random.randint(0, 23), self.random.randint(0, 59), self.random.randint(0, 59)
        return f"{self.date()}{joint}{hour:02}:{minute:02}" + (f":{second:02}" if seconds else "") + zone

    def cents(self) -> int:
        """An amount: mostly tens, sometimes thousands."""
        return int(self.random.lognormvariate(9, 1.6)) + 1

    def email(self) -> str:
        """The address of an invented customer."""
        return f"customer{self.random.randint(1, 9999):04}@example.com"

    def customer(self) -> str:
        """The name of an invented customer."""
        return f"Customer {self.random.randint(1, 9999):04}"


def thousands(cents: int, mark: str = ",", point: str = ".") -> str:
    """1234567 -> 12,345.67."""
    whole = f"{cents // 100:,}".replace(",", mark)
    return f"{whole}{point}{cents % 100:02}"


def orders(make: Maker, size: int) -> Clean:
    """A shop: one row a line item, order fields only on the first of an order."""
    states = ("paid", "refunded", "partially_refunded", "pending")
    columns = (
        Column("Name", "id"),
        Column("Email", "email"),
        Column("Financial Status", "enum", states, blank=0.3),
        Column("Created at", "stamp"),
        Column("Lineitem name", "text"),
        Column("Lineitem quantity", "int"),
        Column("Lineitem price", "money"),
        Column("Total", "money", blank=0.3),
        Column("Notes", "text", blank=0.5),
    )
    rows: list[tuple[str, ...]] = []
    while len(rows) < size:
        number, email, stamp = f"#{make.serial('order', 1000)}", make.email(), make.stamp(zone=" -0500")
        state, total = make.random.choice(states), f"{make.cents() / 100:.2f}"
        for line in range(make.random.choice((1, 1, 1, 2, 3))):
            first = line == 0
            note = make.text(8, lines=True) if first and make.random.random() < COMMON else ""
            price = f"{make.cents() / 100:.2f}"
            quantity = str(make.random.randint(1, 5))
            row = (number, email, state if first else "", stamp, make.text(4), quantity, price)
            rows.append((*row, total if first else "", note))
    return Clean("orders", columns, tuple(rows[:size]))


def contacts(make: Maker, size: int) -> Clean:
    """A CRM's people, with addresses over several lines, every cell quoted."""
    stages = ("lead", "customer", "evangelist", "opportunity")
    columns = (
        Column("Record ID", "id", quoted=True),
        Column("Name", "name", quoted=True),
        Column("Email", "email", quoted=True),
        Column("Phone Number", "phone", blank=0.3, quoted=True),
        Column("Street Address", "text", quoted=True),
        Column("Lifecycle Stage", "enum", stages, quoted=True),
        Column("Create Date", "stamp", quoted=True),
        Column("Remarks", "text", blank=0.4, quoted=True),
    )
    rows = []
    for _ in range(size):
        street = f"{make.random.randint(1, 99)} {make.words(1, 2)} street"
        address = make.random.choice((street, f"{street}\nFloor {make.random.randint(1, 9)}", f"{street}, Springfield"))
        phone = f"+1 555 {make.random.randint(1000, 9999)}" if make.random.random() < 0.7 else ""
        note = make.text(6, lines=True) if make.random.random() < 0.6 else ""
        row = (str(10_000_000_000 + make.serial("contact", 500)), make.customer(), make.email(), phone, address)
        rows.append((*row, make.random.choice(stages), make.stamp(seconds=False), note))
    return Clean("contacts", columns, tuple(rows))


def deals(make: Maker, size: int) -> Clean:
    """Deals with foreign letters, `;`-joined ids and euro amounts with thousands commas."""
    stages = ("Won", "Lost", "Proposal sent", "Cierre Ganado 🤓")
    columns = (
        Column("Deal ID", "id"),
        Column("Deal Name", "text"),
        Column("Amount", "money"),
        Column("Associated Contact IDs", "ids", blank=0.2),
        Column("Deal Stage", "enum", stages),
        Column("Close Date", "date"),
        Column("Deal owner", "text", blank=0.1),
    )
    rows = []
    for _ in range(size):
        ids = ";".join(str(make.random.randint(100, 99999)) for _ in range(make.random.choice((0, 1, 1, 2, 3))))
        row = (str(make.serial("deal", 7_000)), make.text(4), "€" + thousands(make.cents() * 9), ids)
        owner = f"Owner {make.random.choice(make.letters)}" if make.random.random() < 0.9 else ""
        rows.append((*row, make.random.choice(stages), make.date(), owner))
    return Clean("deals", columns, tuple(rows), end="\r\n")


def tickets(make: Maker, size: int) -> Clean:
    """Support tickets with long free text."""
    states, urgency = ("Open", "Closed", "Waiting on customer"), ("Low", "Medium", "High")
    columns = (
        Column("Ticket ID", "id"),
        Column("Subject", "text"),
        Column("Status", "enum", states),
        Column("Priority", "enum", urgency),
        Column("Created time", "stamp"),
        Column("Closed time", "stamp", blank=0.3),
        Column("Requester Email", "email"),
        Column("Description", "text", blank=0.1),
    )
    rows = []
    for _ in range(size):
        closed = make.stamp("T", zone="Z") if make.random.random() < 0.7 else ""
        text = make.text(20, lines=True) if make.random.random() < 0.9 else ""
        row = (str(make.serial("ticket", 300)), make.text(5), make.random.choice(states), make.random.choice(urgency))
        rows.append((*row, make.stamp("T", zone="Z"), closed, make.email(), text))
    return Clean("tickets", columns, tuple(rows))


def spend(make: Maker, size: int) -> Clean:
    """Ad spend: two title lines, thousands commas in quotes, several totals below."""
    columns = (
        Column("Day", "date"),
        Column("Campaign", "text"),
        Column("Currency code", "enum", ("USD",)),
        Column("Cost", "money"),
        Column("Clicks", "int"),
        Column("Impr.", "int"),
    )
    rows, cost = [], 0
    for _ in range(size):
        cents = make.cents() * 4
        cost += cents
        clicks, seen = make.random.randint(0, 900), make.random.randint(1000, 99999)
        rows.append((make.date(), make.text(3), "USD", thousands(cents), str(clicks), f"{seen:,}"))
    totals = (
        f'Total: Campaigns, --,USD,"{thousands(cost)}", --, --',
        f'Total: Account, --,USD,"{thousands(cost)}", --, --',
    )
    above = ("Campaign report", '"January 1, 2023 - December 31, 2024"')
    return Clean("spend", columns, tuple(rows), above=above, below=totals)


def sends(make: Maker, size: int) -> Clean:
    """Mail sends: many short rows, nothing quoted unless it must be."""
    columns = (
        Column("Campaign", "text"),
        Column("Recipient", "email"),
        Column("Sent At", "stamp"),
        Column("Opens", "int"),
        Column("Clicks", "int"),
        Column("Bounced", "enum", ("yes", "no"), blank=0.1),
    )
    campaigns = [make.text(4) for _ in range(5)]
    rows = []
    for _ in range(size):
        row = (make.random.choice(campaigns), make.email(), make.stamp("T", zone="+00:00"))
        opens = str(make.random.choice((0, 0, 1, 2)))
        rows.append((*row, opens, str(make.random.choice((0, 0, 0, 1))), make.random.choice(("yes", "no", "no", ""))))
    return Clean("sends", columns, tuple(rows))


def ledger(make: Maker, size: int) -> Clean:
    """German books: semicolons, decimal commas, dates with dots."""
    columns = (
        Column("Belegnr", "id"),
        Column("Datum", "date"),
        Column("Konto", "enum", ("Werbung", "Löhne Kundendienst", "Miete", "Software")),
        Column("Buchungstext", "text"),
        Column("Betrag", "money"),
        Column("Währung", "enum", ("EUR",)),
    )
    rows = []
    for _ in range(size):
        row = (
            f"RE-{make.serial('voucher', 2000)}",
            make.date("{2:02}.{1:02}.{0}"),
            make.random.choice(columns[2].words),
        )
        rows.append((*row, make.text(4), thousands(make.cents() * 3, ".", ","), "EUR"))
    return Clean("ledger", columns, tuple(rows), delimiter=";", end="\r\n")


def events(make: Maker, size: int) -> Clean:
    """Product events with JSON in a cell."""
    columns = (
        Column("event_id", "id"),
        Column("user_id", "id"),
        Column("event_type", "enum", ("Project Created", "Report Shared", "Log In")),
        Column("event_time", "stamp"),
        Column("event_properties", "json"),
        Column("country", "enum", ("Germany", "France", "Peru"), blank=0.2),
    )
    rows = []
    for _ in range(size):
        data = {"plan": make.random.choice(("free", "team")), "note": make.words(1, 3), "n": make.random.randint(1, 9)}
        row = (f"ev_{make.serial('event', 90_000)}", f"u-{make.random.randint(100, 999)}")
        kind, where = make.random.choice(columns[2].words), make.random.choice((*columns[5].words, ""))
        rows.append((*row, kind, make.stamp(), json.dumps(data), where))
    return Clean("events", columns, tuple(rows))


def survey(make: Maker, size: int) -> Clean:
    """Survey answers: three columns, comments over several lines."""
    columns = (Column("email", "email"), Column("score", "int"), Column("comment", "text", blank=0.3))
    rows = []
    for _ in range(size):
        comment = make.text(12, lines=True) if make.random.random() < 0.7 else ""
        rows.append((make.email(), str(make.random.randint(0, 10)), comment))
    return Clean("survey", columns, tuple(rows), end="\r\n")


def subscriptions(make: Maker, size: int) -> Clean:
    """Subscriptions: tabs, amounts with a currency sign and parentheses, blank ends."""
    states = ("active", "canceled", "past_due")
    columns = (
        Column("Subscription", "id"),
        Column("Customer Name", "name"),
        Column("Plan", "enum", ("Basic, monthly", "Team, yearly", "Pro")),
        Column("Status", "enum", states),
        Column("Start (UTC)", "stamp"),
        Column("Ended (UTC)", "stamp", blank=0.6),
        Column("MRR", "money"),
        Column("Memo", "text", blank=0.5),
    )
    rows = []
    for _ in range(size):
        amount = "$" + thousands(make.cents())
        ended = make.stamp(seconds=False) if make.random.random() < 0.4 else ""
        row = (f"sub_{make.serial('sub', 100)}", make.customer(), make.random.choice(columns[2].words))
        memo = make.text(5) if make.random.random() < COMMON else ""
        rows.append((*row, make.random.choice(states), make.stamp(seconds=False), ended, amount, memo))
    return Clean("subscriptions", columns, tuple(rows), delimiter="\t")


def accounts(make: Maker, size: int) -> Clean:
    """A wide CRM table, mostly empty."""
    fixed = (
        Column("Account ID", "id", quoted=True),
        Column("Account Name", "text", quoted=True),
        Column("Created Date", "date"),
        Column("Annual Revenue", "money", blank=0.4),
    )
    custom = tuple(Column(f"Custom Field {n}", "text", blank=0.8) for n in range(1, 17))
    last = (Column("Region", "enum", ("North", "South", "West")), Column("Employees", "int", blank=0.2))
    rows = []
    for _ in range(size):
        revenue = f"{make.cents() * 7 / 100:.2f}" if make.random.random() < 0.6 else ""
        more = [make.text(3) if make.random.random() < ODD else "" for _ in custom]
        row = (f"00{make.serial('account', 10_000)}", make.text(3), make.date("{1:02}/{2:02}/{0}"), revenue)
        tail = (make.random.choice(("North", "South", "West")), make.random.choice(("", "12", "250", "4800")))
        rows.append((*row, *more, *tail))
    return Clean("accounts", fixed + custom + last, tuple(rows))


def consent(make: Maker, size: int) -> Clean:
    """Two columns only: a suppression list."""
    columns = (Column("Email Address", "email"), Column("Reason", "text", blank=0.1))
    rows = [(make.email(), make.text(3) if make.random.random() < 0.9 else "") for _ in range(size)]
    return Clean("consent", columns, tuple(rows))


def pages(make: Maker, size: int) -> Clean:
    """Text only: nothing but the words tells one column from another."""
    columns = (
        Column("Title", "text"),
        Column("Author", "name"),
        Column("Summary", "text"),
        Column("Tags", "text", blank=0.3),
    )
    rows = []
    for _ in range(size):
        tags = make.words(1, 3) if make.random.random() < 0.7 else ""
        rows.append((make.text(4), make.customer(), make.text(12, lines=True), tags))
    return Clean("pages", columns, tuple(rows))


def figures(make: Maker, size: int) -> Clean:
    """Numbers only, by month."""
    names = ("Sent", "Delivered", "Opened", "Clicked", "Unsubscribed")
    columns = (
        Column("Month", "date"),
        *(Column(name, "int") for name in names),
        Column("Revenue", "money", quoted=True),
    )
    rows = []
    for number in range(size):
        month = f"{2010 + number // 12}-{number % 12 + 1:02}-01"
        counts = [str(make.random.randint(0, 99_999)) for _ in names]
        rows.append((month, *counts, thousands(make.cents() * 50)))
    return Clean("figures", columns, tuple(rows))


def stages(make: Maker, size: int) -> Clean:
    """Short codes: truth values, flags, a stage, ids with leading zeros, `|` between cells."""
    words = ("lead", "mql", "sql", "customer")
    columns = (
        Column("Contact", "id"),
        Column("Stage", "enum", words),
        Column("Entered", "date"),
        Column("Manual", "enum", ("0", "1")),
        Column("Reason", "text", blank=0.4),
        Column("IsDeleted", "enum", ("true", "false")),
    )
    rows = []
    for _ in range(size):
        reason = make.text(3) if make.random.random() < 0.6 else ""
        row = (f"000{make.serial('stage', 4000)}", make.random.choice(words), make.date(), make.random.choice("01"))
        rows.append((*row, reason, make.random.choice(("true", "false", "false"))))
    return Clean("stages", columns, tuple(rows), delimiter="|")


SOURCES: Mapping[str, Callable[[Maker, int], Clean]] = {
    one.__name__: one
    for one in (
        orders, contacts, deals, tickets, spend, sends, ledger, events, survey, subscriptions, accounts, consent,
        pages, figures, stages,
    )
}  # fmt: skip


def clean(name: str, rng: random.Random, encoding: str = "utf-8", size: int | None = None) -> Clean:
    """A clean table of 40 to 200 rows, or of ``size``; with a narrow encoding, only the letters that it has."""
    wide = encoding == "utf-8"
    made = SOURCES[name](Maker(rng, UNICODE if wide else LETTERS.get(encoding, WESTERN)), size or rng.randint(40, 200))
    if wide:
        return made

    def narrow(text: str) -> str:
        return text.encode(encoding, "ignore").decode(encoding)

    columns = tuple(replace(one, words=tuple(map(narrow, one.words))) for one in made.columns)
    return replace(made, rows=tuple(tuple(map(narrow, row)) for row in made.rows), columns=columns)
