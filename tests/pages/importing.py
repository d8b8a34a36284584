"""Files for the import page, and the hands to bring them in."""

import io
from pathlib import Path

import pandas as pd
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from core import settings
from core.access import Right
from core.database import Store, Work
from core.database.tables import contact, role_right
from core.transfer import imports, open_import, run
from tests.conftest import ALICE

GOOD = "phone,first_name,last_name,tags\n(212) 555-0101,Ann,Lee,vip\n(212) 555-0102,Bo,Ray,\n"
BAD = GOOD + "12,Cy,Young,\n"


def uploaded(app: AppTest, content: str | bytes, name: str = "people.csv", kind: str = "contacts") -> AppTest:
    if kind != "contacts":
        app.get("button_group")[0].set_value(kind).run()
    data = content.encode() if isinstance(content, str) else content
    app.file_uploader[0].upload(name, data).run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(element.value for element in app.text)


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def keys(app: AppTest) -> list[str]:
    return [str(button.key) for button in app.button]


def incoming(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "imports" / "incoming").glob("*"))


def carry_out(store: Store, event_id: int) -> None:
    run.carry_out(store, ALICE, event_id, settings.load(), run.Pace(1.0, 0.0))


def imported(store: Store, content: str, name: str = "people.csv") -> int:
    file = io.BytesIO(content.encode())
    file.name = name
    with open_import(file, "contacts", settings.load()) as source:
        event_id = imports.start(store, ALICE, source)
    carry_out(store, event_id)
    return event_id


def phones(store: Store) -> list[str]:
    with store.read() as reader:
        return list(reader.execute(select(contact.c.phone).order_by(contact.c.phone)).scalars())


def events(store: Store) -> pd.DataFrame:
    with store.read() as reader:
        return imports.recent(reader)


def drop_right(work: Work, right: Right) -> None:
    work.conn.execute(role_right.delete().where(role_right.c.right == right.value))
