"""The colours of both themes can be read: contrast ratios computed from the configuration itself."""

import tomllib
from pathlib import Path
from typing import Any

import pytest

CONFIG = Path(__file__).resolve().parent.parent / ".streamlit" / "config.toml"
THEME: dict[str, Any] = tomllib.loads(CONFIG.read_text(encoding="utf-8"))["theme"]
TEXT, SHAPE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11
FADED = 0.6  # Streamlit draws captions with this share of the text's colour
COLORED = [f"{name}TextColor" for name in ("red", "orange", "yellow", "green", "blue", "violet", "gray")]


def channels(color: str) -> list[float]:
    return [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]


def luminance(parts: list[float]) -> float:
    """Source: WCAG 2.2, relative luminance."""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: list[float], other: list[float]) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def grounds(theme: dict[str, Any]) -> list[list[float]]:
    names = ("backgroundColor", "secondaryBackgroundColor")
    return [channels(part[name]) for part in (theme, theme["sidebar"]) for name in names]


@pytest.fixture(params=["light", "dark"])
def theme(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = THEME[request.param]
    return found


@pytest.mark.parametrize("name", ["textColor", "linkColor", *COLORED])
def test_text_can_be_read_on_every_ground(theme: dict[str, Any], name: str) -> None:
    for ground in grounds(theme):
        assert contrast(channels(theme[name]), ground) >= TEXT


def test_captions_can_be_read(theme: dict[str, Any]) -> None:
    text, ground = channels(theme["textColor"]), channels(theme["backgroundColor"])
    faded = [FADED * one + (1 - FADED) * other for one, other in zip(text, ground, strict=True)]
    assert contrast(faded, ground) >= TEXT


def test_the_primary_color_stands_out_and_carries_white_text(theme: dict[str, Any]) -> None:
    primary = channels(theme["primaryColor"])
    assert contrast(primary, channels("#ffffff")) >= TEXT
    for ground in grounds(theme):
        assert contrast(primary, ground) >= SHAPE


def test_code_and_table_headers_can_be_read(theme: dict[str, Any]) -> None:
    assert contrast(channels(theme["codeTextColor"]), channels(theme["codeBackgroundColor"])) >= TEXT
    assert contrast(channels(theme["textColor"]), channels(theme["dataframeHeaderBackgroundColor"])) >= TEXT


def test_the_colors_of_charts_stand_out(theme: dict[str, Any]) -> None:
    for color in theme["chartCategoricalColors"]:
        assert contrast(channels(color), channels(theme["backgroundColor"])) >= SHAPE
