"""Four tools that Gradio shows: a quick one, a slow one, one that counts, one that streams."""

import os
import time

import gradio

FORECAST = "Rain in the morning, sun at noon, and a clear cold night to follow"
PROGRESS = gradio.Progress()


def greet(name):
    return f"Good morning, {name}!"


def count(number):
    return f"{number} days are {number * 24} hours"


def report(progress=PROGRESS):
    for part in range(15):
        time.sleep(0.2)
        progress((part + 1) / 15, desc="Adding it all up")
    return "All 15 parts are in the report."


def forecast():
    words = FORECAST.split()
    for end in range(1, len(words) + 1):
        time.sleep(0.3)
        yield " ".join(words[:end])


with gradio.Blocks(title="Weather desk") as page:
    gradio.Markdown("# Weather desk")
    name = gradio.Textbox(label="Your name", elem_id="name")
    greeting = gradio.Textbox(label="Greeting", elem_id="greeting")
    name.submit(greet, name, greeting)
    days = gradio.Slider(1, 30, 7, step=1, label="Days", elem_id="days")
    hours = gradio.Textbox(label="Hours", elem_id="hours")
    days.release(count, days, hours)
    with gradio.Row():
        make = gradio.Button("Make report", elem_id="make")
        ask = gradio.Button("Ask for the forecast", elem_id="ask")
    made = gradio.Textbox(label="Report", elem_id="made")
    said = gradio.Textbox(label="Forecast", elem_id="said")
    make.click(report, None, made)
    ask.click(forecast, None, said)

    page.unload(lambda: None)  # a heartbeat, then: it tells when the page goes away

page.launch(server_name="127.0.0.1", server_port=int(os.environ["PORT"]))
