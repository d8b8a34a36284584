"""The web application: `streamlit run app.py`."""

import gc
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from importlib import import_module
from pathlib import Path

import streamlit as st
from starlette.concurrency import run_in_threadpool
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core import settings
from core.errors import AppError, Unavailable
from core.messages import signature
from core.messages.twilio import INBOUND, STATUS
from core.web import address, autosave, exports, guard, headers, health, hooks, pictures, twilio
from pages.ui import incident, notes, session

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
ROOT = Path(__file__).resolve().parent
# What the pages need, imported before the first visitor comes. Not the grid: Streamlit knows a component only when
# a page run imports it.
HEAVY = ("pandas", "pyarrow", "duckdb", "altair")


def _rules() -> guard.Rules:
    """Stops the start, with a sentence, when the settings or the address to listen on cannot be used."""
    try:
        given = settings.load()
        origins = address.parse_origins(f"{given.public_origins} {given.twilio_public_url}")
        address.require_private(st.get_option("server.address"), origins)
        check, of_twilio = partial(signature.is_signed, signature.secret(session.data_dir())), twilio.check(given)
    except AppError as error:
        sys.exit(f"Talkdeck cannot start. {error}")
    page = Path(st.__file__).parent / "static" / "index.html"
    return guard.Rules(
        public_origins=origins,
        machine_routes={
            "/healthz": guard.anyone,
            hooks.INBOUND: check,
            hooks.STATUS: check,
            INBOUND: of_twilio,
            STATUS: of_twilio,
        },
        inline_scripts=tuple(headers.script_hashes(page.read_text(encoding="utf-8"))),
        eval_paths=("/component/st_aggrid.AgGrid.agGrid/",),  # the grid compiles its own constants; nothing else may
    )


def healthz(_request: Request) -> JSONResponse:
    """200 while the database answers, else 503."""
    healthy = health.is_healthy(session.store())
    return JSONResponse({"status": "ok" if healthy else "unavailable"}, status_code=200 if healthy else 503)


def account(request: Request) -> Response:
    """The rows of one event as a file, for whoever acts here."""
    return exports.account(session.store(), session.actor(), request.path_params["event_id"])


def exported(request: Request) -> Response:
    """Conversations as a file, for whoever acts here."""
    return exports.conversations(session.store(), session.actor(), session.data_dir(), request.query_params)


def about(request: Request) -> Response:
    """What is known of an exported file."""
    return exports.about(session.store(), session.actor(), request.path_params["event_id"])


def opted_out(_request: Request) -> Response:
    """The list of opt-outs as a file, for whoever acts here."""
    return exports.opted_out(session.store(), session.actor())


async def autosaved(request: Request) -> JSONResponse:
    """A note as it is typed."""
    own = (session.store(), session.actor(), request.path_params["contact"], await request.body())
    status, answer = await run_in_threadpool(autosave.save, *own)
    if "saved_at" in answer:
        answer |= {"said": notes.said(answer["saved_at"])}
    return JSONResponse(answer, status_code=status)


async def draft(request: Request) -> JSONResponse:
    """A text as it is written."""
    own = (session.store(), session.actor(), request.path_params["contact"], await request.body())
    status, answer = await run_in_threadpool(autosave.draft, *own)
    return JSONResponse(answer, status_code=status)


async def away(_request: Request, error: Unavailable) -> JSONResponse:
    """Whatever was asked: the database did not answer."""
    status, answer = autosave.refused(error)
    return JSONResponse(answer, status_code=status)


async def inbound(request: Request) -> JSONResponse:
    """A text came in."""
    status, said = await run_in_threadpool(hooks.inbound, session.store(), settings.load(), await request.body())
    return JSONResponse(said, status_code=status)


async def report(request: Request) -> JSONResponse:
    """The provider says what became of a text."""
    status, said = await run_in_threadpool(hooks.status, session.store(), await request.body())
    return JSONResponse(said, status_code=status)


async def twilio_inbound(request: Request) -> Response:
    """A text came in at Twilio's; an empty answer, for it would be sent."""
    code = await run_in_threadpool(twilio.inbound, session.store(), settings.load(), await request.body())
    return Response("<Response/>", code, media_type="text/xml")


async def twilio_report(request: Request) -> Response:
    """Twilio says what became of a text."""
    key = request.query_params.get("key", "")
    return Response(status_code=await run_in_threadpool(twilio.status, session.store(), key, await request.body()))


def picture(request: Request) -> Response:
    """A file of a picture message, for whoever acts here."""
    key, is_small = (request.path_params["contact"], request.path_params["id"]), "small" in request.query_params
    return pictures.answer(session.store(), session.actor(), session.data_dir(), key, is_small=is_small)


def _own_url() -> str:
    host = st.get_option("server.address")
    host = {"::1": "[::1]", "localhost": "localhost"}.get(host, "127.0.0.1")
    return f"http://{host}:{st.get_option('server.port')}"


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Migrate and import before the first page; what is there now lives as long as the process, so do not scan it."""
    session.store()
    for name in HEAVY:
        import_module(name)
    gc.collect()
    gc.freeze()
    with session.mirrored(), session.simulating(_own_url()), session.working():
        yield


# The script lies inside pages/: beside a folder of that name Streamlit would serve pages without it.
app = st.App(
    ROOT / "pages" / "shell.py",
    routes=[
        Route("/healthz", healthz),
        Route(exports.ABOUT, about),
        Route(exports.ACCOUNT, account),
        Route(exports.CONVERSATIONS, exported),
        Route(exports.OPT_OUTS, opted_out),
        Route(pictures.PATH, picture),
        Route(autosave.PATH, autosaved, methods=["POST"]),
        Route(autosave.DRAFTS, draft, methods=["POST"]),
        Route(hooks.INBOUND, inbound, methods=["POST"]),
        Route(hooks.STATUS, report, methods=["POST"]),
        Route(INBOUND, twilio_inbound, methods=["POST"]),
        Route(STATUS, twilio_report, methods=["POST"]),
    ],
    middleware=[Middleware(guard.Guard, rules=_rules())],
    lifespan=lifespan,
    on_script_error=incident.report,
    exception_handlers={Unavailable: away},
)
