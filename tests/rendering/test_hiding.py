"""What is left out must not be seen; what is drawn together must stay where it is."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ar_preview.geometry import Camera, RigidTransform
from ar_preview.products.product import Material, Node
from ar_preview.rendering.hiding import behind, may_be_seen
from ar_preview.rendering.layout import MOST_NODES
from ar_preview.rendering.plan import Planner
from ar_preview.scene import Occluder, Scene
from tests.rendering.stage_kit import Stage, ball, matte, placed, product, quad

SPHERE = ball(1.0, rings=16)
CAMERA = Camera(160, 120, 500.0, 500.0, 80.0, 60.0)
MIRROR = np.diag([-1.0, 1.0, 1.0, 1.0])


def body(centre: np.ndarray, radii: np.ndarray) -> Occluder:
    """A closed ellipsoid."""
    vertices = (centre + SPHERE.positions * radii).astype(np.float32)
    return Occluder("body", vertices, SPHERE.triangles, convex=True)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_only_what_a_convex_body_covers_is_behind_it(seed: int) -> None:
    rng = np.random.default_rng(seed)
    centre = rng.uniform([-0.1, -0.1, 0.3], [0.1, 0.1, 0.6])
    radii = rng.uniform(0.02, 0.1, 3)
    points = rng.uniform([-0.3, -0.3, 0.05], [0.3, 0.3, 1.0], (400, 3))
    found = behind(points.T.astype(np.float32), body(centre, radii))

    def first_met(shrunk: float) -> np.ndarray:
        """Share of the way to each point at which the sight meets the ellipsoid, or more."""
        way, start = points / (shrunk * radii), -centre / (shrunk * radii)
        a, b, c = (way**2).sum(1), (way * start).sum(1), (start**2).sum() - 1.0
        root = b**2 - a * c
        return np.where(root > 0.0, (-b - np.sqrt(np.maximum(root, 0.0))) / a, np.inf)

    assert (first_met(1.0)[found] <= 1.0).all()
    # The sixteen rings of the body lie within a fiftieth of it.
    assert found[first_met(0.97) < 0.99].all()


@pytest.mark.parametrize("mirrored", [False, True])
def test_what_faces_away_and_what_is_hidden_changes_no_picture(
    stage: Stage, mirrored: bool
) -> None:
    worn = product(ball(0.03), quad(0.08, 0.08, z=-0.03), m=matte(0.5))
    if mirrored:
        worn = replace(worn, nodes=(replace(worn.nodes[0], parent_from_node=MIRROR),))
    far = placed(product(ball(0.02), m=matte(0.9)), z=0.9, x=-0.03)
    occluder = body(np.array([-0.02, 0.01, 0.4]), np.array([0.02, 0.03, 0.01]))
    scene = stage.scene(placed(worn), far, occluders=(occluder,))
    plan = Planner().plan(scene)
    seen = may_be_seen(plan, scene.occluders)
    assert 0.2 < seen.mean() < 0.6
    sphere = plan.draws[-1].triangles
    assert not seen[sphere].all()
    # Two-sided and without a word on its shape, nothing of it may be left out.
    told = matte(0.5, double_sided=True)
    open_scene = stage.scene(
        placed(replace(worn, materials={"m": told})),
        placed(
            replace(far.product, materials={"m": matte(0.9, double_sided=True)}), z=0.9, x=-0.03
        ),
        occluders=(replace(occluder, convex=False),),
    )
    for ours, full in zip(stage.full(scene, 90), stage.full(open_scene, 90), strict=True):
        assert np.abs(ours.astype(int) - full).max() <= 2


def test_parts_of_a_material_are_one_draw_and_stay_at_their_nodes() -> None:
    count = MOST_NODES + 3
    nodes = tuple(
        Node(
            f"link_{k}",
            None,
            RigidTransform(np.eye(3), [0.001 * k, 0.0, 0.0]).matrix,
            (quad(0.002, 0.002), quad(0.001, 0.001, z=0.001, material="glass")),
        )
        for k in range(count)
    )
    chain = replace(product(m=matte(0.5), glass=Material(transmission=1.0)), nodes=nodes)
    move = RigidTransform.from_rotation_vector([0.0, 0.3, 0.0], [0.0, 0.01, 0.0])
    item = placed(chain, nodes={"link_5": move})
    plan = Planner().plan(Scene(CAMERA, (item,)))
    solid = [d for d in plan.draws if not d.blends]
    assert [len(d.batch.nodes) for d in solid] == [MOST_NODES, 3]
    assert len(plan.draws) == 2 + count, "what is seen through is sorted one by one"
    expected = item.camera_from_product @ chain.vertices_product({"link_5": move.matrix})
    ours, theirs = (np.unique(np.round(p, 6), axis=0) for p in (plan.points_camera.T, expected))
    assert np.abs(ours - theirs).max() < 2e-6


def test_triangles_that_are_left_out_leave_every_draw_its_own() -> None:
    worn = product(ball(0.03), m=matte(0.5))
    plan = Planner().plan(Scene(CAMERA, (placed(worn), placed(worn, z=0.8))))
    kept = np.zeros(plan.corners.shape[1], bool)
    kept[plan.draws[1].triangles.start] = True
    (draw,) = plan.only(kept).draws
    assert draw.seen is not None
    assert (draw.seen == worn.nodes[0].primitives[0].triangles[:1]).all()
