from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ar_preview.geometry import nodes_in_triangles


@given(st.lists(st.tuples(*[st.floats(-3.0, 12.0)] * 6), min_size=1, max_size=4))
def test_nodes_of_triangles_are_rebuilt_from_their_shares(numbers: list[tuple[float, ...]]) -> None:
    corners = np.array(numbers).reshape(-1, 3, 2)
    triangle, column, row, shares = nodes_in_triangles(corners, 9, 7)
    assert ((column >= 0) & (column < 9) & (row >= 0) & (row < 7)).all()
    assert (shares >= -1e-8).all()
    rebuilt = (shares[:, :, None] * corners[triangle]).sum(axis=1)
    np.testing.assert_allclose(rebuilt, np.stack([column, row], axis=-1), atol=1e-5)


def test_nodes_of_a_triangle_are_all_found() -> None:
    corners = np.array([[[0.0, 0.0], [4.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [1.0, 1.0], [3.0, 3.0]]])
    triangle, column, row, _ = nodes_in_triangles(corners, 5, 5)
    assert (triangle == 0).all()
    found = set(zip(column.tolist(), row.tolist(), strict=True))
    assert found == {(x, y) for x in range(5) for y in range(5) if x + y <= 4}
