"""What is changed in H.264 packets: the numbers of frames; and x264's message is left out.

A packet depends on the picture before it and not on how often that was repeated, except for the
number of its frame: `frame_num` of the slice header (ITU-T H.264, 7.3.3), which counts the frames
since the key frame, modulo 16 in x264's streams without B-frames. With other numbers, repeats of a
picture can be put between the packets.
"""

from __future__ import annotations

from forge.errors import ComposeError

MESSAGE = bytes.fromhex("00000106")  # a start code, and the kind of a message (SEI)
IDR = bytes.fromhex("00000165")  # the same of a key frame's slice
START = bytes.fromhex("0000000141")  # a start code, and the kind of a slice that others refer to
MODULO = 16
#: The two bytes after START: first macroblock 0 (1 bit), a P slice (5), parameter set 0 (1), the
#: number (4), and the beginning of what follows it, which is never all zero: no byte becomes 0, so
#: no other byte has to be inserted to keep a start code out of the slice.
FIXED, HEAD = 0xFE1F, 0x9A03


def numbered(packet: bytes, number: int) -> bytes:
    """Return the packet of the frame `number` of its GOP; the key frame, number 0, as it is.

    Raises:
        ComposeError: it is not a packet as x264 makes them with forge's options.
    """
    if not number:
        return packet
    head = int.from_bytes(packet[5:7], "big")
    if not packet.startswith(START) or head & FIXED != HEAD:
        raise ComposeError(
            f"the video encoder's packets begin with {packet[:7].hex()}, which forge cannot number",
            hint="install the version of PyAV that forge was tested with: pip install av==18.*",
        )
    return START + (HEAD | (number % MODULO) << 5).to_bytes(2, "big") + packet[7:]


def bare(packet: bytes) -> bytes:
    """Return the packet of a key frame without x264's message before it, which lists its options.

    The message takes half a kilobyte of every GOP.
    """
    return packet[packet.index(IDR) :] if packet.startswith(MESSAGE) else packet
