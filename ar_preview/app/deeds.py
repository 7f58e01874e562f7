"""What the actions of the window do, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ar_preview.app.window import AppWindow

__all__ = ["deeds_of"]

_SEEK_S = 5.0
_SPLIT_STEP = 0.05


def deeds_of(window: AppWindow) -> dict[str, Callable[..., object]]:
    """Return a callable for each action; those of switches take the new state.

    The parts of the window are looked up when something is done, as they are built later.
    """

    def move_split(step: float) -> None:
        window.actions_by_name["compare"].setChecked(True)
        window.mirror.move_split(window.mirror.split + step)

    def like() -> None:
        if (worn := window.wearing.latest) is not None:
            window.favourites.toggle(worn.entry)

    return {
        "previous": lambda: window.shelf.browse(-1),
        "next": lambda: window.shelf.browse(1),
        "variant": lambda: window.dressing.next_variant(),
        "take_off": lambda: window.wearing.clear(),
        "look": lambda: window.looks.toggle(),
        "favourite": like,
        "search": lambda: window.shelf.search.setFocus(),
        "adjust": lambda: window.intake.fit_own(),
        "snapshot": lambda: window.shutter.take_picture(),
        "countdown": lambda: window.stage.countdown.start(),
        "share": lambda: window.shutter.make_cards(),
        "four": lambda: window.shutter.compare_four(window.shelf.shown, window.favourites),
        "record": lambda on: window.shutter.record(on),
        "compare": lambda on: window.mirror.compare(on),
        "split_left": lambda: move_split(-_SPLIT_STEP),
        "split_right": lambda: move_split(_SPLIT_STEP),
        "measures": lambda on: window.show_measures(on),
        "mirror": lambda on: window.set_mirrored(on),
        "play": lambda: window.player.toggle(),
        "back": lambda: window.player.jump(-_SEEK_S),
        "forward": lambda: window.player.jump(_SEEK_S),
        "loop": lambda on: window.set_loop(on),
        "source": lambda: window.stage.controls.source.showMenu(),
        "open": lambda: window.intake.ask_file(),
        "folder": lambda: window.capture.choose_folder(),
        "more": lambda: window.stage.controls.more.showMenu(),
        "full_screen": lambda on: window.set_full_screen(on),
        "keys": lambda on: window.show_keys(on),
        "quit": lambda: window.close(),
    }
