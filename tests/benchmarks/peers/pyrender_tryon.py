"""Glasses on a face with pyrender, trimesh and MediaPipe, as one writes it in an afternoon.

Runs in an environment of its own (see README.md) and imports nothing of ours. Prints one JSON
line: CPU ms a frame by stage, medians over all frames but the first five.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time

os.environ.setdefault("PYOPENGL_PLATFORM", "egl")

import cv2
import mediapipe as mp
import numpy as np
import pyrender
import trimesh
from mediapipe.tasks.python import BaseOptions, vision

VERTICAL_FOV = np.radians(63.0)
"""Of the camera that MediaPipe's face matrix assumes."""

NASION_CM = (0.0, 3.27, 5.24)
"""Where glasses rest on the canonical face."""

LENS = (255, 255, 255, 40)

WARM_UP = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clip")
    parser.add_argument("model", help="a GLB of glasses, metres, origin at the bridge")
    parser.add_argument("weights", help="face_landmarker.task")
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--picture", help="where to write the last frame")
    options = parser.parse_args()

    capture = cv2.VideoCapture(options.clip)
    width = int(capture.get(cv2.CAP_PROP_FRAME_WIDTH))
    height = int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))
    fps = capture.get(cv2.CAP_PROP_FPS)
    landmarker = vision.FaceLandmarker.create_from_options(
        vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_path=options.weights),
            running_mode=vision.RunningMode.VIDEO,
            output_facial_transformation_matrixes=True,
        )
    )

    model = trimesh.load(options.model)
    for mesh in model.geometry.values():
        # trimesh drops KHR_materials_transmission: lenses would be white plates.
        if "lens" in mesh.visual.material.name:
            mesh.visual.material.alphaMode = "BLEND"
            mesh.visual.material.baseColorFactor = LENS
    scene = pyrender.Scene.from_trimesh_scene(model, bg_color=[0.0] * 4, ambient_light=[0.3] * 3)
    focal = 0.5 * height / np.tan(0.5 * VERTICAL_FOV)
    camera = pyrender.IntrinsicsCamera(focal, focal, width / 2, height / 2)
    scene.add(camera)
    scene.add(pyrender.DirectionalLight(intensity=3.0))
    glasses = [n for n in scene.nodes if n.mesh is not None]
    rest = {node: scene.get_pose(node) for node in glasses}
    renderer = pyrender.OffscreenRenderer(width, height)

    laps: dict[str, list[float]] = {"track": [], "render": [], "composite": []}
    for index in range(options.frames):
        found, bgr = capture.read()
        if not found:
            break
        at = [time.process_time()]
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB)
        image = mp.Image(image_format=mp.ImageFormat.SRGB, data=rgb)
        result = landmarker.detect_for_video(image, int(1000 * index / fps))
        at.append(time.process_time())
        if not result.facial_transformation_matrixes:
            continue
        camera_from_face = np.array(result.facial_transformation_matrixes[0])
        seat = np.eye(4)
        seat[:3, 3] = NASION_CM
        camera_from_glasses = camera_from_face @ seat
        camera_from_glasses[:3, 3] /= 100.0
        for node in glasses:
            scene.set_pose(node, camera_from_glasses @ rest[node])
        color, _ = renderer.render(scene, flags=pyrender.RenderFlags.RGBA)
        at.append(time.process_time())
        alpha = color[..., 3:].astype(np.float32) / 255.0
        out = (color[..., :3] * alpha + rgb * (1.0 - alpha)).astype(np.uint8)
        at.append(time.process_time())
        for stage, start, end in zip(laps, at[:-1], at[1:], strict=True):
            laps[stage].append(1e3 * (end - start))
    if options.picture:
        cv2.imwrite(options.picture, out[..., ::-1])
    print(json.dumps({k: statistics.median(v[WARM_UP:]) for k, v in laps.items()}))


if __name__ == "__main__":
    main()
