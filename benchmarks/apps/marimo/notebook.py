import marimo

app = marimo.App()


@app.cell
def _():
    import time

    import marimo as mo

    return mo, time


@app.cell
def _(mo):
    size = mo.ui.slider(1, 20, value=5, label="Size")
    size  # noqa: B018 - shown, as a cell's last value
    return (size,)


@app.cell
def _(mo, size):
    mo.md(f"A square of **{size.value}** has an area of **{size.value**2}**.")
    return


@app.cell
def _(mo):
    go = mo.ui.run_button(label="Count trees")
    go  # noqa: B018
    return (go,)


@app.cell
def _(go, mo, time):
    mo.stop(not go.value, mo.md("*Nothing is counted yet.*"))
    for _n in mo.status.progress_bar(range(15), title="Counting", remove_on_exit=True):
        time.sleep(0.2)
    mo.md("There are **400** trees.")
    return


if __name__ == "__main__":
    app.run()
