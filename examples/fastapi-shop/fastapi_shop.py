"""A shop that asks Janji before it collects, uses or mails anything: FastAPI in one file."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sqlite3
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from html import escape
from typing import Any
from urllib.parse import parse_qsl

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from janji_client import AsyncClient, Collected, Invalid, Patience, Question, email
from janji_client.asgi import JanjiMiddleware
from janji_client.gates import requires
from janji_client.webhooks import Receiver, Unverified

JANJI = os.environ["SHOP_JANJI_URL"]
janji = AsyncClient(JANJI, os.environ["SHOP_JANJI_KEY"], Patience(deadline=3))
store = sqlite3.connect(os.environ.get("SHOP_STORE", "shop.db"), check_same_thread=False)
store.row_factory = sqlite3.Row
store.executescript("""
    CREATE TABLE IF NOT EXISTS customer (token TEXT PRIMARY KEY, subject TEXT UNIQUE, email TEXT, address TEXT);
    CREATE TABLE IF NOT EXISTS parcel (id INTEGER PRIMARY KEY, subject TEXT, thing TEXT, address TEXT);
    CREATE TABLE IF NOT EXISTS letter (id INTEGER PRIMARY KEY, subject TEXT, email TEXT, text TEXT, headers TEXT);
    CREATE TABLE IF NOT EXISTS heard (message TEXT PRIMARY KEY);
""")


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    """Close the connections to Janji when the shop closes."""
    async with janji:
        yield


shop = FastAPI(lifespan=lifespan)
shop.add_middleware(JanjiMiddleware, client=janji)


# --- pages


@shop.get("/")
async def welcome() -> HTMLResponse:
    """The form to open an account. Nobody has to take the newsletter, and the box is not ticked for anybody."""
    return page(f"""
        <h1>Open an account</h1>
        <form method="post" action="/accounts">
          <label>E-mail <input name="email" type="email" required></label>
          <label>Address <input name="address"></label>
          <label>Date of birth <input name="born" type="date" required></label>
          <label><input name="newsletter" type="checkbox"> Send me the newsletter</label>
          <p><a href="{JANJI}/v1/touchpoints/sign-up/notice?language=en">What we do with this</a></p>
          <button>Open</button>
        </form>""")


@shop.post("/accounts")
async def open_account(request: Request) -> Response:
    """Hand the form to Janji before anything is stored, and store what may be kept. A ticked box becomes a consent record."""
    form = await form_of(request)
    fields: dict[str, Any] = {name: form[name] for name in ("email", "address", "born") if form.get(name)}
    if "newsletter" in form:
        fields["newsletter"] = True
    token = secrets.token_urlsafe()
    collected = await janji.collect(
        "sign-up", fields, identifiers=[email(form["email"])], agreements={"account": token}, language="en", method="unticked-box"
    )
    if not collected:
        return refused(collected)
    with store:
        kept = [token, collected.subject, collected.kept["email"], collected.kept.get("address")]
        if not store.execute("INSERT OR IGNORE INTO customer VALUES (?, ?, ?, ?)", kept).rowcount:
            return page("<h1>You have an account already</h1>", 409)
    response = RedirectResponse("/account", 303)
    response.set_cookie("token", token, httponly=True, samesite="lax")
    return response


@shop.get("/account")
async def account(request: Request) -> HTMLResponse:
    """What a customer can do here."""
    who = customer(request)
    gets = await request.scope["janji"].may("newsletter", ["contact.email"], subject=who["subject"], channel="email")
    return page(f"""
        <h1>Hello, {escape(who["email"])}</h1>
        <form method="post" action="/orders">
          <label>Thing <input name="thing" required></label>
          <label>Address <input name="address" value="{escape(who["address"] or "")}" required></label>
          <button>Order</button>
        </form>
        <p>You get {"our newsletter" if gets else "no newsletter"}.</p>
        {"<form method='post' action='/newsletter/stop'><button>Stop the newsletter</button></form>" if gets else ""}""")


@shop.post("/orders")
async def order(request: Request) -> Response:
    """Take an order: the agreement goes on record with the address, and then the parcel may use it."""
    who, form = customer(request), await form_of(request)
    collected = await janji.collect(
        "checkout", {"address": form["address"]}, subject=who["subject"], agreements={"order": secrets.token_hex(8)}
    )
    if not collected:
        return refused(collected)
    await send_parcel(who["subject"], form["thing"], collected.kept["address"])
    return page("<h1>Thank you</h1><p>Your order is on its way.</p>")


@shop.post("/newsletter/stop")
async def stop_newsletter(request: Request) -> RedirectResponse:
    """Take the consent back. Letters that wait are stopped by Janji's word, as after a click on a link in a letter."""
    await janji.choose(customer(request)["subject"], "withdraw", "newsletter", channel="email")
    return RedirectResponse("/account", 303)


@shop.post("/janji")
async def hear(request: Request) -> Response:
    """Word from Janji: after a withdrawal not one more letter goes out, not even one that waits."""
    body = await request.body()
    try:
        with store:
            message = Receiver(os.environ["SHOP_WEBHOOK_KEY"], first=first_time).read(request.headers, body)
            if message.type in ("withdrawal", "objection", "restriction", "erasure"):
                store.execute("DELETE FROM letter WHERE subject = ?", [message.data["subject"]])
    except Unverified:
        return Response(status_code=400)
    return Response(status_code=204)


# --- what is done with data


@requires("order", ["contact.address"], of="subject")
async def send_parcel(subject: str, thing: str, address: str) -> None:
    """Use the address, for the order alone: raises `Denied`, which is answered with 403, when that is not allowed."""
    with store:
        store.execute("INSERT INTO parcel (subject, thing, address) VALUES (?, ?, ?)", [subject, thing, address])


async def write_newsletter(text: str) -> int:
    """Put a letter into the outbox for each customer who may be written to; how many that are."""
    readers = store.execute("SELECT * FROM customer").fetchall()
    questions = [Question("newsletter", ["contact.email"], subject=one["subject"], channel="email", record=True) for one in readers]
    may = [one for one, verdict in zip(readers, await janji.decide_many(questions), strict=True) if verdict]
    for one in may:
        link = await janji.unsubscribe_link(one["subject"], "newsletter", "email")
        letter = one["subject"], one["email"], f"{text}\n\nStop: {link.url}", json.dumps(dict(link.headers))
        with store:
            store.execute("INSERT INTO letter (subject, email, text, headers) VALUES (?, ?, ?, ?)", letter)
    return len(may)


def first_time(message: str) -> bool:
    """Note a message down, in the transaction of what it does; whether it is new."""
    return store.execute("INSERT OR IGNORE INTO heard VALUES (?)", [message]).rowcount == 1


# --- small things


@shop.exception_handler(Invalid)
async def not_understood(_: Request, error: Exception) -> HTMLResponse:
    """What Janji could not read, such as an address that is none, in its words."""
    return page(f"<h1>We cannot take this</h1><p>{escape(str(error))}</p>", 422)


def customer(request: Request) -> sqlite3.Row:
    """Who is signed in."""
    found: sqlite3.Row | None = store.execute("SELECT * FROM customer WHERE token = ?", [request.cookies.get("token")]).fetchone()
    if found is None:
        raise HTTPException(401, "open an account first")
    return found


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form."""
    return dict(parse_qsl((await request.body()).decode()))


def refused(collected: Collected) -> HTMLResponse:
    """Why nothing was taken, in Janji's words."""
    why = [f"{item.field}: {item.reasons[0].text}" for item in collected.dropped]
    why = why or [f"{item.field}: {item.consequence}" for item in collected.missing if item.required]
    return page(f"<h1>We cannot take this</h1><ul>{''.join(f'<li>{escape(line)}' for line in why)}</ul>", 422)


def page(inside: str, status: int = 200) -> HTMLResponse:
    """A page of the shop."""
    style = "body{font:1.1rem/1.5 system-ui;max-width:32rem;margin:3rem auto;padding:0 1rem}label{display:block;margin:.6rem 0}"
    head = f'<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Example Shop</title><style>{style}</style>'
    return HTMLResponse(f'<!doctype html><html lang="en"><head>{head}</head><body><main>{inside}</main></body></html>', status)


if __name__ == "__main__":
    print(asyncio.run(write_newsletter(sys.argv[1])), "letters")
