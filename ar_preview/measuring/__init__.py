"""Measuring with things of known size: a bank card for heads, a chessboard for cameras."""

from __future__ import annotations

from ar_preview.measuring.card import CARD_SIZE_M, CardSighting, find_card
from ar_preview.measuring.chessboard import Board, BoardCollector, CalibrationResult

__all__ = [
    "CARD_SIZE_M",
    "Board",
    "BoardCollector",
    "CalibrationResult",
    "CardSighting",
    "find_card",
]
