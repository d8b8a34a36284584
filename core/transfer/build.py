"""From a record's cells to a checked row, or the reason why not."""

from collections.abc import Callable

from core import mail, money, phone, templates, times
from core.errors import Invalid
from core.tags import LONGEST_NAME as LONGEST_TAG
from core.transfer import fields, own
from core.transfer.builder import A_DAY, Build, Builder, Rules
from core.transfer.plan import Plan
from core.transfer.rows import (
    ContactRow,
    DealRow,
    MessageRow,
    OptOutRow,
    Own,
    Reject,
    Remark,
    TemplateRow,
    WorkflowRow,
)
from core.words import straight
from core.workflows.edit import LONGEST_NAME as LONGEST_WORKFLOW

TOO_LONG = "longer than {} letters; its beginning is kept"
EMPTY_BODY = "the message is empty"

_new = tuple.__new__  # a named tuple's own constructor takes twice as long


class ContactBuilder(Builder):
    """Contacts: only the phone must be right; what else is wrong is left blank (an e-mail kept) and remarked."""

    def __init__(self, plan: Plan, rules: Rules) -> None:
        super().__init__(plan, rules)
        self.separator = plan.tag_separator
        self.own = plan.own_columns()

    def build(self, line: int, cells: list[str]) -> ContactRow | Reject:
        # fmt: off
        (raw, first, last, name, email, born, zip_code, city, state, source, owner, created, tags, notes, external_id,
         opportunities) = self.arrange(cells)
        # fmt: on
        remarks: list[Remark] = []
        number = phone.plain(raw, self.region)
        if number is None or not number[1]:
            try:
                number = self.number(raw, remarks)
            except Invalid as error:
                return self.reject(line, "phone", raw, error, cells)
        if name and not (first or last):
            first, last = fields.split_name(name)
        external_id = external_id.strip()
        row = (
            line,
            *number,
            self._name("first_name", first, remarks),
            self._name("last_name", last, remarks),
            email if not email or mail.is_plain(email) else self._email(email, remarks),
            self._birth_date(born, remarks) if born else None,
            zip_code.strip(),
            city.strip(),
            state.strip(),
            external_id,
            self._name("source", source, remarks),
            self._name("owner", owner, remarks),
            self._created(created, remarks) if created else None,
            self._tags(tags, remarks) if tags else (),
            notes if notes and not notes.isspace() else "",
            self._own(cells, remarks) if self.own else (),
            self._deals((line, *number), external_id, opportunities, remarks) if opportunities else (),
            tuple(remarks),
            None,
        )
        return _new(ContactRow, row)

    def _name(self, field: str, text: str, remarks: list[Remark]) -> str:
        if len(text) <= fields.LONGEST_NAME and text.isascii():
            return text.strip()
        name = straight(text).strip()
        if len(name) > fields.LONGEST_NAME:
            remarks.append(self.remark(field, text, TOO_LONG.format(fields.LONGEST_NAME)))
        return name[: fields.LONGEST_NAME].rstrip()

    def _tags(self, text: str, remarks: list[Remark]) -> tuple[str, ...]:
        found = fields.tags(text, self.separator)
        if max(map(len, found), default=0) > LONGEST_TAG:
            remarks.append(self.remark("tags", text, TOO_LONG.format(LONGEST_TAG)))
            found = tuple(dict.fromkeys(tag[:LONGEST_TAG].rstrip() for tag in found))
        return found if text.isascii() else tuple(dict.fromkeys(filter(None, map(straight, found))))

    def _email(self, text: str, remarks: list[Remark]) -> str:
        bare = text.strip(" ")
        if bare:
            try:
                mail.check(bare)
            except Invalid as error:
                remarks.append(self.remark("email", text, error))
        return bare.strip()

    def _birth_date(self, text: str, remarks: list[Remark]) -> str | None:
        try:
            return times.birth_date(text, self.order, self.rules.today)
        except Invalid as error:
            if text.strip():
                remarks.append(self.remark("date_of_birth", text, f"{error}; left blank"))
            return None

    def _own(self, cells: list[str], remarks: list[Remark]) -> tuple[Own, ...]:
        found: dict[int, Own] = {}
        for at, field in self.own:
            try:
                value = own.read(field, cells[at], self.order) if field.id not in found else None
            except Invalid as error:
                remarks.append(Remark(self.plan.columns[at], cells[at], f"{error} Left blank."))
                continue
            if value:
                found[field.id] = value
        return tuple(found.values())

    def _created(self, text: str, remarks: list[Remark]) -> int | None:
        try:
            found = times.moment(text, self.rules.zone, self.order)
            if found > self.rules.now + A_DAY:
                raise Invalid(times.IN_FUTURE)
        except Invalid as error:
            if text.strip():
                remarks.append(self.remark("created_at", text, f"{error}; left blank"))
            return None
        return found

    def _deals(
        self, contact: tuple[int, str, bool], external_id: str, text: str, remarks: list[Remark]
    ) -> tuple[DealRow, ...]:
        try:
            found = fields.opportunities(text)
        except Invalid as error:
            remarks.append(self.remark("opportunities", text, error))
            return ()
        return tuple(
            DealRow(*contact, pipeline, stage, None, None, None, outcome, "", "", f"{external_id or contact[1]}/{n}")
            for n, (outcome, pipeline, stage) in enumerate(found, 1)
        )


class MessageBuilder(Builder):
    """Messages: phone, direction and time must be right; the body is kept as it stands, an empty one is remarked."""

    def __init__(self, plan: Plan, rules: Rules) -> None:
        super().__init__(plan, rules)
        self.words = dict(plan.preset.directions)
        self.is_two_sided = "from_phone" in plan.mapping.values()

    def build(self, line: int, cells: list[str]) -> MessageRow | Reject:
        raw, way, body, sent, sender, status, external_id, contact_name, from_phone, to_phone = self.arrange(cells)
        remarks: list[Remark] = []
        field, value = "direction", way
        try:
            direction = self.words.get(way) or fields.direction(way, self.words)
            field, value = "phone", raw
            if self.is_two_sided and not raw:  # the other side of a message that came in is its sender
                field, value = ("from_phone", from_phone) if direction == "in" else ("to_phone", to_phone)
            number = phone.plain(value, self.region)
            if number is None or not number[1]:
                number = self.number(value, remarks)
            field, value = "sent_at", sent
            sent_at = times.moment(sent, self.rules.zone, self.order)
            if sent_at > self.rules.now + A_DAY:
                raise Invalid(f"time is {times.IN_FUTURE}")
        except Invalid as error:
            return self.reject(line, field, value, error, cells)
        if not body or body.isspace():
            remarks.append(self.remark("body", body, EMPTY_BODY))
        row = (
            line,
            *number,
            direction,
            body,
            sent_at,
            sender.strip(),
            status.strip(),
            external_id.strip(),
            contact_name.strip(),
            tuple(remarks),
        )
        return _new(MessageRow, row)


class DealBuilder(Builder):
    """Deals: everything given must be right, because sums are made of it."""

    def build(self, line: int, cells: list[str]) -> DealRow | Reject:
        raw, pipeline, stage, amount, entered, closed, outcome, owner, account, external_id = self.arrange(cells)
        for field, value in (("pipeline", pipeline), ("stage", stage)):
            if not value.strip():
                return self.reject(line, field, value, "is missing", cells)
        remarks: list[Remark] = []
        field, value = "phone", raw
        try:
            number = self.number(raw, remarks)
            field, value = "quoted_amount", amount
            amount_cents = money.cents(amount, self.rules.currency)
            field, value = "entered_at", entered
            entered_at = self.moment(entered) if entered.strip() else None
            field, value = "closed_at", closed
            closed_at = self.moment(closed) if closed.strip() else None
            field, value = "outcome", outcome
            result = fields.outcome(outcome)
        except Invalid as error:
            return self.reject(line, field, value, error, cells)
        return DealRow(
            line,
            *number,
            pipeline.strip(),
            stage.strip(),
            amount_cents,
            entered_at,
            closed_at,
            result,
            owner.strip(),
            account.strip(),
            external_id.strip(),
            tuple(remarks),
            tuple(cells),
        )


class TemplateBuilder(Builder):
    """Templates: a title and a body."""

    def build(self, line: int, cells: list[str]) -> TemplateRow | Reject:
        title, shortcut, body, folder = self.arrange(cells)
        for field, value in (("title", title), ("body", body)):
            if not value.strip():
                return self.reject(line, field, value, "is missing", cells)
        remarks: list[Remark] = []
        try:
            shortcut = templates.as_shortcut(shortcut)
        except Invalid as error:
            remarks.append(self.remark("shortcut", shortcut, f"{error} Imported without one."))
            shortcut = ""
        return TemplateRow(line, title.strip(), shortcut, body, folder.strip(), tuple(remarks))


class OptOutBuilder(Builder):
    """Opt-outs: the phone must be right, and the date when there is one; whatever else is said is kept as words."""

    def build(self, line: int, cells: list[str]) -> OptOutRow | Reject:
        raw, date, source, text = self.arrange(cells)
        remarks: list[Remark] = []
        field, value = "phone", raw
        try:
            number = self.number(raw, remarks)
            field, value = "date", date
            said_at = self.moment(date) if date.strip() else None
            if said_at is not None and said_at > self.rules.now + A_DAY:
                raise Invalid(f"time is {times.IN_FUTURE}")
        except Invalid as error:
            return self.reject(line, field, value, error, cells)
        words = ": ".join(filter(None, (source.strip(), text.strip())))
        return OptOutRow(line, *number, said_at, words, tuple(remarks))


class WorkflowBuilder(Builder):
    """Flows: a name, a place in the order, and the text that comes."""

    def build(self, line: int, cells: list[str]) -> WorkflowRow | Reject:
        name, step, from_, to = self.arrange(cells)
        for field, value in (("workflow", name), ("to", to)):
            if not value.strip():
                return self.reject(line, field, value, "is missing", cells)
        if not (step.strip().isascii() and step.strip().isdecimal()):
            return self.reject(line, "step", step, "is no number", cells)
        if len(name.strip()) > LONGEST_WORKFLOW:
            return self.reject(line, "workflow", name, f"is longer than {LONGEST_WORKFLOW} letters", cells)
        return WorkflowRow(line, " ".join(name.split()), int(step), from_.strip(), to.strip(), (), tuple(cells))


_BUILDERS: dict[str, Callable[[Plan, Rules], Builder]] = {
    "contacts": ContactBuilder,
    "messages": MessageBuilder,
    "deals": DealBuilder,
    "templates": TemplateBuilder,
    "optouts": OptOutBuilder,
    "workflows": WorkflowBuilder,
}


def builder(plan: Plan, rules: Rules) -> Build:
    """The function that checks the records of one file."""
    return _BUILDERS[plan.kind](plan, rules).build
