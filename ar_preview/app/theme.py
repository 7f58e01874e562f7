"""Colours and the style sheet, dark and light."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from ar_preview.assets import asset_path

__all__ = ["DARK", "LIGHT", "ON_PICTURE", "Theme", "current_theme", "palette", "style_sheet"]


@dataclass(frozen=True)
class Theme:
    """Colours by what they are for."""

    background: str
    surface: str
    raised: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str


DARK = Theme(
    background="#0e0f11",
    surface="#16181b",
    raised="#22252a",
    line="#2b2f35",
    text="#f2f3f5",
    muted="#989fa9",
    accent="#e9c27f",
    on_accent="#1d1608",
)
LIGHT = Theme(
    background="#eceef0",
    surface="#f8f9fa",
    raised="#ffffff",
    line="#d9dde2",
    text="#17191c",
    muted="#626a75",
    accent="#8a5f12",
    on_accent="#ffffff",
)
ON_PICTURE = Theme(
    background="rgba(14, 15, 17, 205)",
    surface="rgba(14, 15, 17, 205)",
    raised="rgba(255, 255, 255, 30)",
    line="rgba(255, 255, 255, 38)",
    text="#f6f7f8",
    muted="#b4bac3",
    accent="#e9c27f",
    on_accent="#1d1608",
)
"""What floats on the picture is dark in both."""


def current_theme() -> Theme:
    """Return the theme that the system asks for; dark where it does not say."""
    scheme = QGuiApplication.styleHints().colorScheme()
    return LIGHT if scheme == Qt.ColorScheme.Light else DARK


def palette(theme: Theme) -> QPalette:
    """Return the palette for widgets that draw themselves."""
    made = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, theme.surface),
        (roles.Base, theme.raised),
        (roles.AlternateBase, theme.surface),
        (roles.Button, theme.raised),
        (roles.ToolTipBase, theme.raised),
        (roles.WindowText, theme.text),
        (roles.Text, theme.text),
        (roles.ButtonText, theme.text),
        (roles.ToolTipText, theme.text),
        (roles.PlaceholderText, theme.muted),
        (roles.Mid, theme.line),
        (roles.Dark, theme.background),
        (roles.Highlight, theme.accent),
        (roles.HighlightedText, theme.on_accent),
        (roles.Link, theme.accent),
    ):
        made.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.muted))
    return made


def style_sheet(theme: Theme) -> str:
    """Return the style sheet of the window."""
    p = ON_PICTURE
    chevron = asset_path("icons", "chevron.svg").as_posix()
    return f"""
QMainWindow, #stage {{ background: {theme.background}; }}
#shelf, #status {{ background: {theme.surface}; }}
#shelf {{ border-top: 1px solid {theme.line}; }}
#status QLabel {{ color: {theme.muted}; font-size: 12px; }}
#caption {{ color: {theme.text}; font-size: 14px; font-weight: 600; }}
#price {{ color: {theme.muted}; font-size: 14px; }}
QListView {{ background: transparent; border: none; outline: none; }}
QLineEdit {{
  background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line};
  border-radius: 15px; padding: 5px 12px; font-size: 13px;
  selection-background-color: {theme.accent};
}}
QLineEdit:focus {{ border-color: {theme.accent}; }}
QPushButton#chip {{
  background: transparent; color: {theme.muted}; border: 1px solid transparent;
  border-radius: 15px; padding: 6px 13px; font-size: 13px;
}}
QPushButton#chip:hover {{ color: {theme.text}; }}
QPushButton#chip:checked {{ background: {theme.raised}; color: {theme.text}; }}
QPushButton#chip:focus {{ border-color: {theme.accent}; }}
QScrollBar:horizontal {{ background: transparent; height: 5px; margin: 0 6px; }}
QScrollBar::handle:horizontal {{ background: {theme.line}; border-radius: 2px; min-width: 40px; }}
QScrollBar:vertical {{ background: transparent; width: 5px; margin: 2px 0; }}
QScrollBar::handle:vertical {{ background: {p.line}; border-radius: 2px; min-height: 40px; }}
QScrollBar::add-line, QScrollBar::sub-line, QScrollBar::add-page, QScrollBar::sub-page {{
  background: none; border: none; width: 0; height: 0;
}}
QToolTip {{
  background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 4px 7px;
}}
#pill, #panel, #toast {{ background: {p.surface}; border-radius: 16px; }}
#panel {{ background: rgba(27, 30, 34, 235); }}
#pill {{ border-radius: 28px; }}
#transport {{ background: {p.surface}; border-radius: 20px; }}
#badge {{ background: {p.surface}; border-radius: 14px; }}
#stage QLabel, #sheet QLabel {{ color: {p.text}; font-size: 13px; background: transparent; }}
#stage QLabel[quiet="true"], #sheet QLabel[quiet="true"] {{ color: {p.muted}; }}
#sheet QLabel[heading="true"] {{ font-size: 15px; font-weight: 600; }}
#stage QLabel[figure="true"] {{ font-size: 20px; font-weight: 600; }}
#stage QToolButton {{
  background: transparent; border: 1px solid transparent; border-radius: 20px;
}}
#stage QToolButton:hover {{ background: {p.raised}; }}
#stage QToolButton:checked {{ background: {p.raised}; }}
#stage QToolButton:focus {{ border-color: {p.accent}; }}
#stage QToolButton#shutter {{
  background: #f6f7f8; border: 3px solid transparent; border-radius: 22px;
}}
#stage QToolButton#shutter:hover {{ background: #ffffff; }}
#stage QToolButton#shutter:focus {{ border-color: {p.accent}; }}
#transport QToolButton {{ border-radius: 17px; }}
#stage QToolButton::menu-indicator {{ image: none; }}
#looks {{ background: {p.surface}; border-radius: 18px; }}
QPushButton#look {{
  background: transparent; color: {p.muted}; border: 1px solid transparent; border-radius: 14px;
  font-size: 13px; font-weight: 600; padding: 0;
}}
QPushButton#look:checked {{ background: {p.accent}; color: {p.on_accent}; }}
QPushButton#look:focus {{ border-color: {p.accent}; }}
#stage QLabel#invitation {{
  background: {p.surface}; border-radius: 24px; padding: 12px 26px; font-size: 20px;
}}
#welcome {{ background: {theme.surface}; border: 1px solid {theme.line}; border-radius: 20px; }}
#welcome QLabel {{ color: {theme.text}; font-size: 14px; background: transparent; }}
#welcome QLabel[title="true"] {{ font-size: 26px; font-weight: 600; }}
#welcome QLabel[quiet="true"] {{ color: {theme.muted}; font-size: 12px; }}
#welcome QPushButton {{
  background: transparent; color: {theme.text}; border: 1px solid {theme.line};
  border-radius: 21px; font-size: 14px; padding: 0 18px;
}}
#welcome QPushButton:hover {{ border-color: {theme.muted}; }}
#welcome QPushButton#primary {{
  background: {theme.accent}; color: {theme.on_accent}; border: 2px solid {theme.accent};
  font-weight: 600;
}}
#welcome QPushButton:focus {{ border: 2px solid {theme.text}; }}
#panel QScrollArea, #panel_inner {{ background: transparent; }}
#stage #panel QLabel[fine="true"] {{ font-size: 11px; }}
#stage #panel QLabel[warning="true"] {{ color: #ffb86b; }}
#panel QLineEdit, #panel QComboBox {{
  background: {p.raised}; color: {p.text}; border: 1px solid {p.line}; border-radius: 9px;
  padding: 6px 10px; font-size: 13px; selection-background-color: {p.accent};
  selection-color: {p.on_accent};
}}
#panel QLineEdit:focus, #panel QComboBox:focus {{ border-color: {p.accent}; }}
#panel QComboBox::drop-down {{ border: none; width: 30px; }}
#panel QComboBox::down-arrow {{ image: url({chevron}); width: 14px; height: 14px; }}
#panel QComboBox QAbstractItemView {{
  background: #22252a; color: {p.text}; border: 1px solid {p.line}; outline: none;
  selection-background-color: {p.accent}; selection-color: {p.on_accent};
}}
#panel QPushButton {{
  background: {p.raised}; color: {p.text}; border: 1px solid transparent; border-radius: 16px;
  padding: 7px 16px; font-size: 13px;
}}
#panel QPushButton:hover {{ border-color: {p.line}; }}
#panel QPushButton:focus {{ border-color: {p.accent}; }}
#panel QPushButton#primary {{
  background: {p.accent}; color: {p.on_accent}; font-weight: 600;
}}
#panel QPushButton#primary:focus {{ border-color: {p.text}; }}
#panel QPushButton#small {{ border-radius: 12px; padding: 4px 4px; font-size: 12px; }}
#panel QPushButton#close {{ padding: 0; min-width: 30px; max-width: 30px; min-height: 30px; }}
#toast QPushButton {{
  background: transparent; color: {p.accent}; border: none; font-size: 13px; font-weight: 600;
  padding: 2px 4px;
}}
#toast QPushButton:focus {{ text-decoration: underline; }}
#stage QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {p.line}; }}
#stage QSlider::sub-page:horizontal {{ border-radius: 2px; background: {p.accent}; }}
#stage QSlider::handle:horizontal {{
  width: 14px; margin: -5px 0; border-radius: 7px; background: {p.text};
}}
#stage QSlider::handle:horizontal:focus {{ background: {p.accent}; }}
#panel QSlider::sub-page:horizontal {{ background: transparent; }}
#veil {{ background: rgba(0, 0, 0, 150); }}
#sheet {{ background: rgba(22, 24, 27, 248); border: 1px solid {p.line}; border-radius: 16px; }}
#sheet QLabel[key="true"] {{
  background: {p.raised}; border-radius: 5px; padding: 3px 9px;
}}
QMenu {{
  background: {theme.raised}; color: {theme.text}; border: 1px solid {theme.line}; padding: 5px;
}}
QMenu::item {{ padding: 6px 26px 6px 22px; border-radius: 5px; }}
QMenu::item:selected {{ background: {theme.accent}; color: {theme.on_accent}; }}
QMenu::item:disabled {{ color: {theme.muted}; background: transparent; }}
QMenu::separator {{ height: 1px; background: {theme.line}; margin: 4px 8px; }}
"""
