"""The pictures beside words: outlines of 24 by 24, drawn by the page itself in the colour of the text."""

from __future__ import annotations

from janji.terms.processing import Right

ICONS = {
    "home": "M4 11 12 4l8 7M6 9.5V20h12V9.5M10 20v-6h4v6",
    "eye": "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
    "pen": "M4 20l1-4L16 5l3 3L8 19zM14 7l3 3",
    "bin": "M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v5M14 11v5",
    "back": "M9 7 4 12l5 5M4 12h11a5 5 0 0 1 5 5v1",
    "hand": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM5.8 5.8l12.4 12.4",
    "pause": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM10 9v6M14 9v6",
    "info": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 11v5M12 7.5v.5",
    "scale": "M12 4v16M7 20h10M5 8h14M5 8l-2.5 6h5zM19 8l-2.5 6h5z",
    "box": "M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8",
    "people": "M8 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 19c0-3 2.5-5 5.5-5s5.5 2 5.5 5M16 5.5a3 3 0 0 1 0 5.5M17 14.5c2.5.3 4.5 2 4.5 4.5",
    "tick": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM8 12.5l2.8 2.8L16 9.5",
    "list": "M5 6h.01M5 12h.01M5 18h.01M9 6h11M9 12h11M9 18h11",
    "map": "M12 21s-7-6.5-7-11a7 7 0 0 1 14 0c0 4.5-7 11-7 11zM12 7.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5z",
    "book": "M5 4h11a3 3 0 0 1 3 3v13H8a3 3 0 0 1-3-3zM5 17a3 3 0 0 1 3-3h11M9 8h6",
    "clock": "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zM12 7v5l3.5 2",
    "help": "M4 6h16v11H9l-5 4zM9 10h6M9 13h4",
    "bars": "M5 20V11M12 20V5M19 20v-6M3 20h18",
}
"""Each as the path of one line."""

OF_RIGHT = {
    Right.INFORMATION: "info", Right.ACCESS: "eye", Right.CORRECTION: "pen", Right.END: "hand", Right.DELETION: "bin", Right.DESTRUCTION: "bin",
    Right.WITHDRAWAL: "back", Right.AUTOMATED_OBJECTION: "people", Right.DELAY: "clock", Right.RESTRICTION: "pause", Right.CLAIM: "scale",
    Right.PORTABILITY: "box", Right.OBJECTION: "hand",
}  # fmt: skip
"""The picture of each right."""
