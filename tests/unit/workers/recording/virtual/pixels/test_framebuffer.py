"""A window's pixels, read from a process's memory: here, from the test's own."""

from __future__ import annotations

import base64
import ctypes
import mmap
import os

import cv2
import numpy as np
import pytest

from forge.errors import RecordingError
from forge.workers.recording.virtual.pixels.framebuffer import (
    NOTHING,
    RARER,
    SPARE,
    UNSURE,
    Framebuffer,
)
from forge.workers.recording.virtual.pixels.likeness import Pixels

HEIGHT, WIDTH = 360, 640


def drawn(spare: int = 0) -> Pixels:
    """Map memory for a window's pixels, as a browser does; it is freed with the array.

    It lies between two protected pages: the kernel merges neighbouring mappings that are alike.
    """
    size = HEIGHT * WIDTH * 4
    length = -(-(size + spare) // mmap.PAGESIZE) * mmap.PAGESIZE
    memory = np.frombuffer(mmap.mmap(-1, length + 2 * mmap.PAGESIZE, mmap.MAP_PRIVATE), np.uint8)
    for at in (0, mmap.PAGESIZE + length):
        page = ctypes.c_void_p(memory.ctypes.data + at)
        assert ctypes.CDLL(None).mprotect(page, ctypes.c_size_t(mmap.PAGESIZE), 0) == 0
    return memory[mmap.PAGESIZE :][:size].reshape(HEIGHT, WIDTH, 4)


def noise(seed: int) -> Pixels:
    """Return a picture that no other memory of this process holds."""
    picture = np.random.default_rng(seed).integers(0, 255, (HEIGHT, WIDTH, 4), np.uint8)
    picture[..., 3] = 255
    return picture


def screenshot(picture: Pixels) -> str:
    _, png = cv2.imencode(".png", picture)
    return base64.b64encode(png.tobytes()).decode()


def known(framebuffer: Framebuffer, place: Pixels, seed: int) -> None:
    """Let the framebuffer find its place by two pictures, of which the second stays there."""
    for number in (seed, seed + 1):
        place[:] = noise(number)
        framebuffer.pixels(screenshot(place), NOTHING)
    assert framebuffer.is_known and not framebuffer.needs_proof


def test_the_place_is_found_by_screenshots() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    assert not framebuffer.is_known and framebuffer.needs_proof
    known(framebuffer, place, 11)
    assert not framebuffer.is_unproven
    place[:] = noise(13)
    buffer = np.empty_like(place)
    assert framebuffer.pixels(None, buffer) is buffer and np.array_equal(buffer, noise(13))
    assert framebuffer.is_unproven
    assert np.array_equal(framebuffer.proven(screenshot(place), NOTHING), place)
    assert not framebuffer.is_unproven


def test_a_passing_copy_is_not_the_place() -> None:
    framebuffer = Framebuffer(os.getpid())
    copy = drawn()
    copy[:] = noise(15)
    framebuffer.pixels(screenshot(copy), NOTHING)
    assert framebuffer.needs_proof
    del copy
    framebuffer.pixels(screenshot(noise(15)), NOTHING)
    assert framebuffer.needs_proof
    known(framebuffer, drawn(), 17)


def test_proofs_become_rarer() -> None:
    framebuffer, apart = Framebuffer(os.getpid()), []
    place = drawn()
    known(framebuffer, place, 21)
    for _ in range(3):
        read = 0
        while not framebuffer.needs_proof:
            framebuffer.pixels(None, NOTHING)
            read += 1
        framebuffer.pixels(screenshot(place), NOTHING)
        apart.append(read)
    assert apart == [apart[0], apart[0] * RARER, apart[0] * RARER**2]


def drawn_again(picture: Pixels) -> Pixels:
    """Return the picture as a browser draws it anew: not equal to the byte."""
    again = picture.copy()
    again[20::80, 30::90, :3] ^= 1
    again[50, 60:66, :3] ^= 16  # at the edge of an icon
    return again


def lettered(picture: Pixels) -> Pixels:
    """Return the picture with a letter typed."""
    typed = picture.copy()
    typed[100:110, 200:202, :3] = 255 - typed[100:110, 200:202, :3] // 2
    return typed


def test_slight_differences_do_not_hide_the_place() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    for seed in (31, 32):
        place[:] = noise(seed)
        framebuffer.pixels(screenshot(drawn_again(place)), NOTHING, noise(seed - 1))
    assert framebuffer.is_known
    place[:] = noise(33)
    framebuffer.pixels(None, NOTHING)
    shown = framebuffer.pixels(screenshot(drawn_again(place)), NOTHING, noise(32))
    assert np.array_equal(shown, place), "or the pixels that differ would move"
    assert framebuffer.is_known and not framebuffer.is_unproven


def test_the_picture_before_does_not_prove_a_place() -> None:
    framebuffer = Framebuffer(os.getpid())
    copy = drawn()
    copy[:] = noise(34)
    framebuffer.pixels(screenshot(copy), NOTHING)
    for _ in range(3):
        framebuffer.pixels(screenshot(drawn_again(copy)), NOTHING, copy.copy())
    assert not framebuffer.is_known


def test_one_late_letter_ends_the_reading(capsys: pytest.CaptureFixture[str]) -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    known(framebuffer, place, 35)
    for _ in range(3):
        framebuffer.pixels(None, NOTHING)
    typed = lettered(place)
    shown = framebuffer.pixels(screenshot(typed), NOTHING, place.copy())
    assert np.array_equal(shown, typed)
    (said,) = capsys.readouterr().out.splitlines()
    assert "differ from a screenshot in 20 of 230400 pixels" in said
    assert "The last 3 pictures" in said
    framebuffer.forget()
    shot = screenshot(place)
    for _ in range(UNSURE + 3):
        assert framebuffer.needs_proof and not framebuffer.is_unproven
        assert np.array_equal(framebuffer.pixels(shot, NOTHING), place)
    assert not capsys.readouterr().out


def test_a_different_picture_is_a_transient_error(capsys: pytest.CaptureFixture[str]) -> None:
    for read in (1, 0):
        framebuffer = Framebuffer(os.getpid())
        place = drawn()
        known(framebuffer, place, 37)
        for _ in range(read):
            framebuffer.pixels(None, NOTHING)
        if read:
            with pytest.raises(RecordingError) as caught:
                framebuffer.proven(screenshot(noise(39)), NOTHING)
            assert caught.value.transient and not capsys.readouterr().out
        else:
            assert np.array_equal(framebuffer.proven(screenshot(noise(39)), NOTHING), noise(39))
            assert framebuffer.needs_proof and "The last 0 pictures" in capsys.readouterr().out


def test_a_gone_place_is_noticed_at_a_proof() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    known(framebuffer, place, 47)
    del place
    assert np.array_equal(framebuffer.proven(screenshot(noise(49)), NOTHING), noise(49))
    for seed in range(UNSURE):
        framebuffer.pixels(screenshot(noise(seed)), NOTHING)
    known(framebuffer, drawn(), 50)


def test_a_gone_place_is_noticed_at_a_read() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    known(framebuffer, place, 41)
    del place
    with pytest.raises(LookupError):
        framebuffer.pixels(None, NOTHING)
    assert framebuffer.needs_proof
    other = drawn()
    for seed in range(UNSURE):
        framebuffer.pixels(screenshot(noise(seed)), NOTHING)
    known(framebuffer, other, 45)


def test_one_colour_proves_nothing() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    place[:] = 255
    faint = place.copy()
    faint[100, 100:110, :3] = 250
    for _ in range(3):
        framebuffer.pixels(screenshot(place), NOTHING)
        framebuffer.pixels(screenshot(faint), NOTHING)
    assert not framebuffer.is_known


def test_of_two_like_places_neither_is_taken() -> None:
    framebuffer = Framebuffer(os.getpid())
    one = drawn()
    other = drawn()
    one[:] = other[:] = noise(61)
    framebuffer.pixels(screenshot(one), NOTHING)
    assert not framebuffer.is_known
    known(framebuffer, one, 62)
    assert np.array_equal(framebuffer.pixels(None, NOTHING), noise(63))


def test_what_is_longer_is_something_else() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn(spare=SPARE + 4096)
    for seed in (71, 72, 73):
        place[:] = noise(seed)
        framebuffer.pixels(screenshot(place), NOTHING)
        assert not framebuffer.is_known


@pytest.mark.parametrize("process", [None, 2**30])
def test_where_nothing_may_be_read_pictures_are_screenshots(process: int | None) -> None:
    framebuffer = Framebuffer(process)
    for seed in (1, 2):
        shown = framebuffer.pixels(screenshot(noise(seed)), NOTHING)
        assert np.array_equal(shown, noise(seed)) and framebuffer.needs_proof


def test_a_resized_window_is_searched_anew() -> None:
    framebuffer = Framebuffer(os.getpid())
    place = drawn()
    known(framebuffer, place, 101)
    framebuffer.forget()
    for _ in range(UNSURE):
        framebuffer.pixels(screenshot(place), NOTHING)
        assert framebuffer.needs_proof
    known(framebuffer, place, 103)
