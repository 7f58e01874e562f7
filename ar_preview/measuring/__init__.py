"""Measuring with things of known size: a bank card, a chessboard."""

from __future__ import annotations

from ar_preview.measuring.card import CARD_SIZE_M, CardSighting, find_card
from ar_preview.measuring.chessboard import Board, BoardCollector, CalibrationResult
from ar_preview.measuring.hand_card import HandCard, find_card_by_hand

__all__ = [
    "CARD_SIZE_M",
    "Board",
    "BoardCollector",
    "CalibrationResult",
    "CardSighting",
    "HandCard",
    "find_card",
    "find_card_by_hand",
]
