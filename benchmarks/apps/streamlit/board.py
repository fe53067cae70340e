"""A board of sales, as Streamlit shows it: its report takes three seconds."""

import time

import numpy as np
import pandas as pd
import streamlit as st

st.set_page_config(page_title="Sales board", layout="centered")
st.title("Sales board")


@st.cache_data(show_spinner=False)
def sales():
    rng = np.random.default_rng(7)
    sold = {"north": rng.integers(20, 90, 60).cumsum(), "south": rng.integers(10, 60, 60).cumsum()}
    return pd.DataFrame(sold, index=pd.date_range("2026-01-01", periods=60, name="day"))


data = sales()
with st.sidebar:
    name = st.text_input("Your name")
    days = st.slider("Days", 10, 60, 30)
    region = st.selectbox("Region", ["both", "north", "south"])
if name:
    st.write(f"Good morning, **{name}**!")
shown = data.tail(days)[["north", "south"] if region == "both" else [region]]
st.line_chart(shown)
tab1, tab2 = st.tabs(["Table", "Report"])
with tab1:
    st.dataframe(shown.tail(8))
with tab2:
    if st.button("Make report"):
        with st.spinner("Adding it all up…"):
            bar = st.progress(0)
            for n in range(20):
                time.sleep(0.15)
                bar.progress((n + 1) / 20)
        st.success(f"Sold {int(shown.iloc[-1].sum())} in {days} days")
        st.balloons()
